// One consultation as a physician works in it: who is here, the call, the chat, the link. Shows what its session says. A page
// may have several, and shows one of them at a time: the others go on, unseen.

import { isTexting } from "../levels.js";
import { AwakeScreen, focusOn } from "../page.js";
import { Chat } from "./chat.js";
import { ConfirmEnd } from "./confirm.js";
import { element, setText } from "./element.js";
import { ProblemHelp } from "./help.js";
import { History } from "./history.js";
import { LinkPanel } from "./link.js";
import { Notes } from "./notes.js";
import { Outage } from "./outage.js";
import { Person, mayBeAdmitted } from "./person.js";
import { Room } from "./room.js";
import { Sentence } from "./sentence.js";
import { SelfView } from "./stage.js";
import { Notice, messageOf, otherName, statusOf } from "./status.js";

/** @type {Key[]} */
const QUESTIONS = ["askHear", "askWhere", "askSince", "askPain", "askFever", "askWait", "askWrite"];

export class Workplace {
  /**
   * @param {Language} language
   * @param {(onChange: () => void) => Session} start
   * @param {WorkplaceOptions} options
   */
  constructor(language, start, options) {
    const { t } = language;
    this.language = language;
    this.t = t;
    this.options = options;
    this.shown = true;
    this.left = false;
    this.unread = 0;
    this.waiting = /** @type {Seat[]} */ ([]);
    this.cards = /** @type {Map<string, Person>} */ (new Map());
    this.section = /** @type {HTMLElement | null} */ (null);
    this.session = start(() => this.show());
    this.awake = new AwakeScreen();
    this.status = element("p", { class: "status", role: "status", "data-testid": "status" }, t("loading"));
    this.desk = this.buildDesk();
    this.confirm = new ConfirmEnd(t, () => this.session.end());
    this.sentence = new Sentence(t, () => this.show());
    this.outage = new Outage(t, this.session, () => this.show());
    this.room = new Room(language, this.session, this.outage, { toggleChat: () => this.options.openChat(), end: () => this.confirm.open(otherName(this.session)) });
    this.notice = new Notice(t);
    this.self = new SelfView(t);
    this.problem = new ProblemHelp(t, this.session.media, navigator.userAgent);
    this.chat = new Chat(language, (text) => this.session.say(text), QUESTIONS);
    this.link = new LinkPanel(language, (hold) => this.session.setPreference({ hold }));
    this.history = new History(language);
    this.notes = new Notes(language, (text) => this.session.writeNote(text));
    this.people = element("div", { class: "people" });
    this.sections = [this.desk, this.room.root, this.notice.root];
    this.messages = element("section", { class: "card messages-card", "aria-label": t("chatTitle") }, element("h2", {}, t("chatTitle")), this.chat.root);
    this.front = element("div", { class: "front" }, this.status, ...this.sections, this.link.root, this.history.root, this.confirm.root);
    this.room.selfPlace.append(this.self.root);
    this.room.problemPlace.append(this.problem.root);
    this.built = true;
    this.show();
  }

  buildDesk() {
    const { t } = this;
    this.hint = element("p", { class: "lead" });
    this.stillOpen = element("p", {}, t("stillOpen"));
    this.busy = element("p", { class: "hint" });
    this.join = element("button", { class: "primary", type: "button", "data-testid": "join", disabled: true, onclick: () => this.session.join() });
    return element("section", { class: "card desk" }, element("h1", { tabindex: "-1" }, this.options.title), this.hint, this.stillOpen, this.join, this.busy,
      element("p", { class: "hint" }, t("consoleIntro")));
  }

  /** Only what is in sight speaks, and shapes the page. @param {boolean} shown */
  reveal(shown) {
    this.shown = shown;
    this.front.hidden = !shown;
    this.show();
    if (shown) this.chat.reveal();
  }

  show() {
    if (!this.built) return; // the first change comes while the page is still being built
    const { session } = this;
    const { phase } = session;
    this.left = phase === "idle" ? this.left : true;
    this.outage.update();
    setText(this.status, statusOf(session, this.t, false, this.sentence.of(session, otherName(session)), this.outage.ms));
    this.showPeople();
    this.showSection(this.choose());
    this.update();
    if (this.shown) this.shape();
    this.awake.keep(phase === "in-call" || phase === "reconnecting");
    this.options.onChange();
  }

  /** What the page's styles look at. */
  shape() {
    const { dataset, classList } = document.documentElement;
    const inRoom = this.section === this.room.root;
    dataset.state = this.session.phase;
    dataset.link = this.session.link;
    dataset.unsettled = String(Boolean(this.session.saving || this.outage.what));
    classList.toggle("calling", inRoom);
    classList.toggle("noticed", this.section === this.notice.root);
    classList.toggle("writing", inRoom && isTexting(this.session));
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
    if (this.section === this.room.root) this.room.clear();
    if (this.section && this.shown) focusOn(section);
    this.section = section;
  }

  showPeople() {
    const { session } = this;
    const here = session.others.filter(({ role }) => role !== "physician");
    for (const [id, card] of this.cards) if (!here.some((seat) => seat.id === id)) this.removeCard(id, card);
    for (const seat of here) {
      const card = this.cards.get(seat.id) || new Person(this.language, () => session.admit(seat.id));
      if (!this.cards.has(seat.id)) this.people.append(card.root);
      this.cards.set(seat.id, card);
      card.update(session, seat, !this.options.busyWith());
    }
    this.waiting = here.filter(mayBeAdmitted);
    const [first] = this.waiting;
    const hint = first ? this.t("consoleHere", { name: first.name }) : this.t("consoleNobody");
    if (this.hint) setText(this.hint, hint);
  }

  /** @param {string} id @param {Person} card */
  removeCard(id, card) {
    card.root.remove();
    this.cards.delete(id);
  }

  update() {
    const { session, t, join, stillOpen, busy } = this;
    this.unread = this.chat.update(session, this.shown && this.options.seesChat());
    this.self.update(session);
    this.problem.update();
    this.notes.update(session);
    const inRoom = this.section === this.room.root;
    if (inRoom) this.room.update(session, false, this.options.seesChat() ? 0 : this.unread);
    this.link.update(session, inRoom ? this.patient : undefined);
    this.history.update(session);
    this.history.root.hidden = !inRoom && session.phase !== "ended";
    if (!join || !stillOpen || !busy) return;
    const other = this.options.busyWith();
    join.disabled = !session.state.consultation || Boolean(other);
    stillOpen.hidden = !this.left;
    busy.hidden = !other;
    if (other) setText(busy, t("busyWith", { name: other }));
    join.className = this.waiting.length ? "secondary" : "primary"; // letting somebody in comes first
    setText(join, t(this.left ? "consoleBack" : "consoleJoin"));
  }

  get patient() {
    return this.session.others.find(({ role }) => role === "patient");
  }
}
