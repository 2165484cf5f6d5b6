// While a way is lost: what happens, how long it has lasted, told calmly, and a button for those who would rather not wait.

import { element, setText } from "./element.js";

export const LONG_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const TRYING_MS = 3_000;

/** Which way is lost now: the own one, the server's, or another one's; empty: none. @param {Session} session */
export function awayOf({ phase, link, others }) {
  if (phase === "reconnecting") return "path";
  if (link !== "open") return "line";
  return others.find((seat) => seat.present && seat.path_lost)?.id || "";
}

/** "20 s", "2 min", "1 h 5 min", in steps that hurry nobody; empty for the first seconds. @param {number} ms */
export function spanOf(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (!minutes) return ms < 10_000 ? "" : `${Math.floor(ms / 10_000)}0\u00a0s`;
  const hours = Math.floor(minutes / 60);
  return `${hours ? `${hours}\u00a0h ` : ""}${minutes % 60}\u00a0min`;
}

export class Outage {
  /** @param {Translate} t @param {Session} session @param {() => void} onLook the page shows itself again as time passes */
  constructor(t, session, onLook) {
    this.t = t;
    this.session = session;
    this.onLook = onLook;
    this.what = "";
    this.sinceMs = this.ms = this.timer = 0;
    this.calm = element("p");
    this.time = element("p", { class: "hint" });
    this.again = element("button", { class: "primary", type: "button", "data-testid": "reconnect", onclick: () => this._again() }, t("reconnectNow"));
    this.root = element("div", { class: "card outage", "data-testid": "outage", hidden: true }, element("h2", {}, t("lostTitle")), this.calm, this.time, this.again);
  }

  /** How long it has lasted, in words. */
  get span() {
    return spanOf(this.ms);
  }

  update() {
    const what = awayOf(this.session);
    if (what !== this.what) this._begin(what);
    this.ms = what ? performance.now() - this.sinceMs : 0;
    const hidden = what !== "path";
    // Who had pressed the button goes on in the call.
    if (hidden && document.activeElement === this.again) /** @type {HTMLElement | null} */ (this.root.closest("section"))?.focus();
    this.root.hidden = hidden;
    setText(this.calm, this.t(this.ms < LONG_MS ? "lostCalm" : "lostKept"));
    setText(this.time, this.span && this.t("lostFor", { time: this.span }));
  }

  /** @param {string} what */
  _begin(what) {
    this.what = what;
    this.sinceMs = performance.now();
    clearInterval(this.timer);
    if (what) this.timer = window.setInterval(this.onLook, LOOK_EVERY_MS);
  }

  /** Says that the press was heard: the try itself may take a while. */
  _again() {
    this.session.reconnectNow();
    setText(this.again, this.t("reconnecting"));
    setTimeout(() => setText(this.again, this.t("reconnectNow")), TRYING_MS);
  }
}
