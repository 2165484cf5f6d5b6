// The patient's page (and a companion's): appointment, consent, waiting room, call, end. Shows what the session says.

import { isTexting } from "./levels.js";
import { AwakeScreen, focusOn, later, startLanguage, startServiceWorker, startSession, switchLanguage } from "./page.js";
import { newId } from "./session.js";
import { Chat } from "./view/chat.js";
import { Chime } from "./view/chime.js";
import { element, icon, setText } from "./view/element.js";
import { Appointment, Consent, Waiting } from "./view/entrance.js";
import { Header } from "./view/header.js";
import { Outage } from "./view/outage.js";
import { Room } from "./view/room.js";
import { Sentence } from "./view/sentence.js";
import { SelfView } from "./view/stage.js";
import { Notice, messageOf, otherName, statusOf } from "./view/status.js";

const CALLED_MS = 30_000;
const WIDE = window.matchMedia("(min-width: 56rem)");

/** @type {Key[]} */
const ANSWERS = ["replyYes", "replyNo", "pain", "replyHurts", "replyUnclear", "replyWait", "replyMute"];

class PatientPage {
  /** @param {Language} language */
  constructor(language) {
    const { t } = language;
    this.language = language;
    this.t = t;
    this.consenting = false;
    this.left = false;
    this.phase = /** @type {Phase} */ ("idle");
    this.chatOpen = WIDE.matches;
    this.section = /** @type {HTMLElement | null} */ (null);
    this.session = startSession(language, () => this.show());
    this.awake = new AwakeScreen();
    this.header = new Header(language, () => switchLanguage(language));
    this.status = element("p", { class: "status", role: "status", "data-testid": "status" }, t("loading"));
    this.appointment = new Appointment(language, this.session, () => this.join());
    this.chime = new Chime();
    this.help = /** @type {Help | null} */ (null);
    this.helpPlace = element("div");
    this.browserPlace = element("div");
    this.visit = /** @type {Visit | null} */ (null);
    this.visitPlace = element("div");
    this.checkPlace = element("div", { hidden: true });
    this.loading = /** @type {Set<string>} */ (new Set());
    this.consent = new Consent(language, { accept: (given) => this.accept(given), later: () => this.consentLater() });
    this.waiting = new Waiting(language, this.session, this.chime);
    this.sentence = new Sentence(t, () => this.show());
    this.outage = new Outage(t, this.session, () => this.show());
    this.room = new Room(language, this.session, this.outage, { toggleChat: () => this.toggleChat() });
    this.notice = new Notice(t);
    this.self = new SelfView(t);
    this.chat = new Chat(language, (text) => this.session.say(text), ANSWERS);
    this.sections = [this.appointment.root, this.consent.root, this.waiting.root, this.room.root, this.notice.root, this.checkPlace];
    const main = element("main", {}, this.status, this.browserPlace, ...this.sections, this.visitPlace);
    document.body.replaceChildren(this.header.root, main);
    this.show();
  }

  join() {
    this.consenting = Boolean(this.session.consent);
    if (this.consenting) this.show();
    else this.session.join();
  }

  /** @param {ConsentGiven} given */
  accept(given) {
    this.consenting = false;
    this.session.acceptConsent(given);
    this.session.join();
  }

  consentLater() {
    this.consenting = false;
    this.session.denied = "";
    this.show();
  }

  toggleChat() {
    this.chatOpen = !this.chatOpen;
    this.show();
    if (this.chatOpen) this.chat.reveal();
    (this.chatOpen ? this.chat.input : this.room.controls.chat.root).focus();
  }

  show() {
    if (!this.notice) return; // the first change comes while the page is still being built
    const { session, t } = this;
    const { phase } = session;
    if (this.phase === "waiting" && session.me?.admitted) this.called();
    this.phase = phase;
    this.consenting = Boolean(session.consent && (this.consenting || session.denied));
    this.left = phase === "idle" ? this.left : phase !== "waiting";
    document.documentElement.dataset.state = phase;
    document.documentElement.dataset.link = session.link;
    this.header.update(session.state.consultation?.clinic || "");
    this.outage.update();
    document.documentElement.dataset.unsettled = String(Boolean(session.saving || this.outage.what));
    setText(this.status, statusOf(session, t, this.consenting, this.sentence.of(session, otherName(session)), this.outage.ms));
    this.showSection(this.choose());
    this.update();
    this.awake.keep(phase === "in-call" || phase === "reconnecting");
  }

  /** The physician lets them in: whoever looks elsewhere hears, feels and reads it. */
  called() {
    this.session.onTest?.(null); // the call needs the link
    this.chime.ring();
    navigator.vibrate?.([300, 150, 300]);
    const title = document.title;
    document.title = this.t("calledTitle");
    const seen = () => void (document.hidden || (document.title = title));
    document.addEventListener("visibilitychange", seen, { once: true });
    setTimeout(seen, CALLED_MS);
  }

  /** A part that most visits do not need, or not yet. @param {string} name @param {() => Promise<void>} load */
  load(name, load) {
    if (this.loading.has(name)) return;
    this.loading.add(name);
    void later(load).then(() => this.show());
  }

  /** @returns {HTMLElement} the one section that holds now */
  choose() {
    if (this.session.fatal === "check-needed") {
      this.load("check", () => this.loadCheck());
      return this.checkPlace;
    }
    const message = messageOf(this.session, this.language);
    if (message) {
      this.notice.show(message);
      return this.notice.root;
    }
    // A page that was loaded while the server is away knows of no appointment yet.
    if (this.session.phase === "waiting" && this.session.me) return this.waiting.root;
    if (this.session.phase !== "idle" && this.session.me) return this.room.root;
    return this.consenting ? this.consent.root : this.appointment.root;
  }

  /** @param {HTMLElement} section */
  showSection(section) {
    if (section === this.section) return;
    for (const each of this.sections) each.hidden = each !== section;
    document.documentElement.classList.toggle("calling", section === this.room.root);
    if (section === this.room.root && !this.session.mediaPossible) this.chatOpen = true; // the chat is the call
    if (section === this.waiting.root || section === this.room.root) this.moveInto(section === this.room.root ? this.room : this.waiting);
    if (this.section === this.room.root) this.room.clear();
    if (this.section) focusOn(section);
    document.documentElement.classList.toggle("noticed", section === this.notice.root || section === this.checkPlace);
    this.section = section;
  }

  /** @param {Room | Waiting} place */
  moveInto({ selfPlace, problemPlace, chatPlace }) {
    this.self.moveTo(selfPlace);
    problemPlace.append(this.helpPlace);
    chatPlace.append(this.chat.root);
    this.chat.reveal();
  }

  update() {
    const { session } = this;
    const inRoom = this.section === this.room.root;
    const chatOpen = this.chatOpen || isTexting(session);
    const unread = this.chat.update(session, inRoom ? chatOpen : this.section === this.waiting.root);
    this.appointment.update(session, this.left);
    this.updateHelp();
    this.updateVisit();
    this.consent.update(session);
    this.self.update(session);
    this.help?.problem.update();
    this.waiting.update(session);
    this.waiting.meter.follow(this.section === this.waiting.root ? session.media.audio : null);
    if (inRoom) this.showRoom(chatOpen, unread);
  }

  updateHelp() {
    const { environment, media } = this.session;
    const able = environment.rtc && environment.devices;
    if (!able || media.problem) this.load("help", () => this.loadHelp());
    this.browserPlace.hidden = Boolean(able) || this.section !== this.appointment.root;
  }

  async loadHelp() {
    const { BrowserHelp, HELP_TEXTS, ProblemHelp } = await import("./view/help.js");
    await this.language.add(HELP_TEXTS);
    this.help = { problem: new ProblemHelp(this.t, this.session.media, navigator.userAgent), browser: new BrowserHelp(this.t, location, navigator.userAgent) };
    this.help.browser.root.hidden = false;
    this.browserPlace.append(this.help.browser.root);
    this.helpPlace.append(this.help.problem.root);
  }

  /** Questions from the consent on, until the call; what was prescribed when it is over. */
  updateVisit() {
    const { session, visit, visitPlace } = this;
    if (session.me?.role === "patient") this.load("visit", () => this.loadVisit());
    const before = this.section === this.waiting.root || (this.section === this.appointment.root && session.me?.consented && !session.consent);
    const after = this.section === this.notice.root && session.phase === "ended";
    visitPlace.hidden = !before && !after;
    if (!visit || visitPlace.hidden) return;
    const shown = after ? visit.after : visit.triage;
    if (visitPlace.firstChild !== shown.root) visitPlace.replaceChildren(shown.root);
    if (after) visit.after.begin(!/expired|cancelled/.test(session.state.endedReason));
    if (this.section !== this.waiting.root) return;
    this.waiting.sound.root.after(visit.line.root);
    void visit.line.begin();
  }

  async loadVisit() {
    const { openVisit } = await import("./visit.js");
    this.visit ||= await openVisit(this.language, this.session, { element, setText, icon }, newId);
  }

  async loadCheck() {
    const { Check } = await import("./view/check.js");
    const { environment } = this.session;
    const check = await Check.make(this.language, { element, setText, icon }, environment.token.split(".")[0], (proof) => {
      environment.memory.keepProof(proof);
      location.reload();
    });
    this.checkPlace.replaceChildren(check.root);
    check.input.focus();
  }

  /** @param {boolean} chatOpen @param {number} unread */
  showRoom(chatOpen, unread) {
    const opens = this.room.panel.hidden && chatOpen;
    this.room.update(this.session, chatOpen, unread);
    document.documentElement.classList.toggle("texting", isTexting(this.session));
    if (opens) this.chat.reveal();
    if (opens && document.activeElement === document.body) focusOn(this.room.root); // the button that had it stepped back
    if (this.chat.input.value) this.chatOpen = chatOpen; // what is being written stays in sight when the voice is back
  }
}

void startLanguage().then((language) => new PatientPage(language));
void startServiceWorker();
