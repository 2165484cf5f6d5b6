// The physician's page: who is here, who waits, the call, the chat, and the end. Shows what the session says.

import { isTexting } from "./levels.js";
import { Notebook } from "./notebook.js";
import { AwakeScreen, focusOn, startLanguage, startServiceWorker, startSession, switchLanguage } from "./page.js";
import { Chat } from "./view/chat.js";
import { Chime } from "./view/chime.js";
import { ConfirmEnd } from "./view/confirm.js";
import { element, setText } from "./view/element.js";
import { Header } from "./view/header.js";
import { HELP_TEXTS, ProblemHelp } from "./view/help.js";
import { History } from "./view/history.js";
import { LinkPanel } from "./view/link.js";
import { Notes } from "./view/notes.js";
import { Outage } from "./view/outage.js";
import { Person, mayBeAdmitted } from "./view/person.js";
import { Room } from "./view/room.js";
import { Sentence } from "./view/sentence.js";
import { SelfView } from "./view/stage.js";
import { Notice, messageOf, otherName, statusOf } from "./view/status.js";

/** @type {Key[]} */
const QUESTIONS = ["askHear", "askWhere", "askSince", "askPain", "askFever", "askWait", "askWrite"];

class PhysicianPage {
  /** @param {Language} language */
  constructor(language) {
    const { t } = language;
    this.language = language;
    this.t = t;
    this.left = false;
    this.waiting = /** @type {string[]} */ ([]);
    this.people = /** @type {Map<string, Person>} */ (new Map());
    this.section = /** @type {HTMLElement | null} */ (null);
    this.session = startSession(language, () => this.show(), Notebook);
    this.awake = new AwakeScreen();
    this.chime = new Chime();
    this.header = new Header(language, () => switchLanguage(language));
    this.status = element("p", { class: "status", role: "status", "data-testid": "status" }, t("loading"));
    this.desk = this.buildDesk();
    this.confirm = new ConfirmEnd(t, () => this.session.end());
    this.sentence = new Sentence(t, () => this.show());
    this.outage = new Outage(t, this.session, () => this.show());
    this.room = new Room(language, this.session, this.outage, { toggleChat: () => this.showChat(), end: () => this.confirm.open(otherName(this.session)) });
    this.notice = new Notice(t);
    this.self = new SelfView(t);
    this.problem = new ProblemHelp(t, this.session.media, navigator.userAgent);
    this.chat = new Chat(language, (text) => this.session.say(text), QUESTIONS);
    this.link = new LinkPanel(language, (hold) => this.session.setPreference({ hold }));
    this.history = new History(language);
    this.notes = new Notes(language, (text) => this.session.writeNote(text));
    this.persons = element("div", { class: "people" });
    this.sections = [this.desk, this.room.root, this.notice.root];
    this.messages = element("section", { class: "card messages-card", "aria-label": t("chatTitle") }, element("h2", {}, t("chatTitle")), this.chat.root);
    this.side = element("aside", { class: "side" }, this.persons, this.notes.root, this.messages);
    const main = element("main", { class: "console" }, element("div", { class: "front" }, this.status, ...this.sections, this.link.root, this.history.root), this.side);
    document.body.replaceChildren(this.header.root, main, this.confirm.root);
    this.room.selfPlace.append(this.self.root);
    this.room.problemPlace.append(this.problem.root);
    this.show();
  }

  buildDesk() {
    const { t } = this;
    this.hint = element("p", { class: "lead" });
    this.stillOpen = element("p", {}, t("stillOpen"));
    this.join = element("button", { class: "primary", type: "button", "data-testid": "join", disabled: true, onclick: () => this.session.join() });
    return element("section", { class: "card desk" }, element("h1", { tabindex: "-1" }, t("consoleTitle")), this.hint, this.stillOpen, this.join,
      element("p", { class: "hint" }, t("consoleIntro")));
  }

  show() {
    if (!this.side) return; // the first change comes while the page is still being built
    const { session } = this;
    const { phase } = session;
    this.left = phase === "idle" ? this.left : true;
    document.documentElement.dataset.state = phase;
    document.documentElement.dataset.link = session.link;
    this.header.update(session.state.consultation?.clinic || "");
    this.outage.update();
    document.documentElement.dataset.unsettled = String(Boolean(session.saving || this.outage.what));
    setText(this.status, statusOf(session, this.t, false, this.sentence.of(session, otherName(session)), this.outage.ms));
    this.showPeople();
    this.announceArrivals();
    this.showSection(this.choose());
    this.update();
    this.awake.keep(phase === "in-call" || phase === "reconnecting");
  }

  /** @returns {HTMLElement} */
  choose() {
    const message = messageOf(this.session, this.language);
    if (message) this.notice.show(message);
    if (message) return this.notice.root;
    return this.session.phase === "idle" ? this.desk : this.room.root;
  }

  /** @param {HTMLElement} section */
  showSection(section) {
    if (section === this.section) return;
    for (const each of this.sections) each.hidden = each !== section;
    document.documentElement.classList.toggle("calling", section === this.room.root);
    if (this.section === this.room.root) this.room.clear();
    if (this.section) focusOn(section);
    document.documentElement.classList.toggle("noticed", section === this.notice.root);
    this.section = section;
  }

  showPeople() {
    for (const seat of this.session.others) {
      if (seat.role === "physician") continue;
      const person = this.people.get(seat.id) || new Person(this.language, () => this.session.admit(seat.id));
      if (!this.people.has(seat.id)) this.persons.append(person.root);
      this.people.set(seat.id, person);
      person.update(this.session, seat);
    }
  }

  /** A chime and the tab's title call a physician who is looking elsewhere. */
  announceArrivals() {
    const waiting = this.session.others.filter(mayBeAdmitted);
    if (waiting.some((seat) => !this.waiting.includes(seat.id))) this.chime.ring();
    this.waiting = waiting.map((seat) => seat.id);
    const title = waiting.length ? this.t("titleWaiting", { name: waiting[0].name }) : this.t("consoleTitle");
    if (document.title !== title) document.title = title;
    const hint = waiting.length ? this.t("consoleHere", { name: waiting[0].name }) : this.t("consoleNobody");
    if (this.hint) setText(this.hint, hint);
  }

  /** After the end the notes stay, to be read. */
  showSide() {
    if (!this.side || !this.messages) return;
    const ended = this.session.phase === "ended";
    this.side.hidden = this.section === this.notice.root && !ended;
    this.persons.hidden = this.messages.hidden = ended;
    this.notes.update(this.session);
  }

  update() {
    const { session, t, join, stillOpen } = this;
    this.showSide();
    this.chat.update(session, true);
    this.self.update(session);
    this.problem.update();
    const inRoom = this.section === this.room.root;
    if (inRoom) this.room.update(session, false, 0);
    document.documentElement.classList.toggle("writing", inRoom && isTexting(session));
    this.link.update(session, inRoom ? this.subject : undefined);
    this.history.update(session);
    this.history.root.hidden = !inRoom && session.phase !== "ended";
    if (!join || !stillOpen) return;
    join.disabled = !session.state.consultation;
    stillOpen.hidden = !this.left;
    join.className = this.waiting.length ? "secondary" : "primary"; // letting somebody in comes first
    setText(join, t(this.left ? "consoleBack" : "consoleJoin"));
  }

  /** Whose link is shown: the patient's. */
  get subject() {
    return this.session.others.find(({ role }) => role === "patient");
  }

  /** The chat is always on this page: on a phone, below the call. */
  showChat() {
    this.chat.input.scrollIntoView({ block: "end" });
    this.chat.input.focus();
  }
}

const TEXTS = { es: () => import("./texts/es-console.js"), en: () => import("./texts/en-console.js") };
void startLanguage(TEXTS, HELP_TEXTS).then((language) => new PhysicianPage(language));
void startServiceWorker();
