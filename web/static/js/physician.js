// The physician's page for one call, by its link: who is here, who waits, the call, the chat, and the end.

import { Notebook } from "./notebook.js";
import { startLanguage, startServiceWorker, startSession, switchLanguage } from "./page.js";
import { Chime } from "./view/chime.js";
import { element } from "./view/element.js";
import { Header } from "./view/header.js";
import { HELP_TEXTS } from "./view/help.js";
import { Workplace } from "./view/workplace.js";

class PhysicianPage {
  /** @param {Language} language */
  constructor(language) {
    const { t } = language;
    this.t = t;
    this.waiting = /** @type {string[]} */ ([]);
    this.chime = new Chime();
    this.header = new Header(language, () => switchLanguage(language));
    this.place = new Workplace(language, (onChange) => startSession(language, onChange, Notebook), {
      title: t("consoleTitle"), openChat: () => this.showChat(), seesChat: () => true, busyWith: () => "", onChange: () => this.show(),
    });
    const { front, people, notes, messages } = this.place;
    this.side = element("aside", { class: "side" }, people, notes.root, messages);
    document.body.replaceChildren(this.header.root, element("main", { class: "console" }, front, this.side));
    this.show();
  }

  show() {
    if (!this.side) return; // the first change comes while the page is still being built
    const { session, section, notice, people, messages } = this.place;
    this.header.update(session.state.consultation?.clinic || "");
    const ended = session.phase === "ended";
    this.side.hidden = section === notice.root && !ended; // after the end the notes stay, to be read
    people.hidden = messages.hidden = ended;
    this.announceArrivals();
  }

  /** A chime and the tab's title call a physician who is looking elsewhere. */
  announceArrivals() {
    const { waiting } = this.place;
    if (waiting.some((seat) => !this.waiting.includes(seat.id))) this.chime.ring();
    this.waiting = waiting.map((seat) => seat.id);
    const title = waiting.length ? this.t("titleWaiting", { name: waiting[0].name }) : this.t("consoleTitle");
    if (document.title !== title) document.title = title;
  }

  /** The chat is always on this page: on a phone, below the call. */
  showChat() {
    const { input } = this.place.chat;
    input.scrollIntoView({ block: "end" });
    input.focus();
  }
}

const TEXTS = { es: () => import("./texts/es-console.js"), en: () => import("./texts/en-console.js") };
void startLanguage(TEXTS, HELP_TEXTS).then((language) => new PhysicianPage(language));
void startServiceWorker();
