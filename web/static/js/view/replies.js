// Short answers and questions for one tap: for those who cannot type well, and where only text goes.

import { element } from "./element.js";

/** @type {Record<Role, Key[]>} */
const REPLIES = {
  patient: ["replyYes", "replyNo", "replyMute", "replyHurts", "replyWait", "replyUnclear"],
  companion: ["replyYes", "replyNo", "replyMute", "replyWait", "replyUnclear"],
  physician: ["askHear", "askWhere", "askSince", "askPain", "askFever", "askWait", "askWrite"],
};
const PAIN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export class Replies {
  /** @param {Translate} t @param {(text: string) => void} onSay */
  constructor(t, onSay) {
    this.t = t;
    this.onSay = onSay;
    this.role = /** @type {Role | null} */ (null);
    this.scale = element("div", { class: "scale", role: "group", "aria-label": t("pain"), hidden: true },
      element("span", { class: "scale-word" }, t("painLead")),
      ...PAIN.map((value) => element("button", { type: "button", class: "reply", "aria-label": t("painIs", { value }), onclick: () => this._hurts(value) }, String(value))));
    this.pain = element("button", { type: "button", class: "reply", "aria-expanded": "false", "data-testid": "pain", onclick: () => this._open(Boolean(this.scale.hidden)) }, t("pain"));
    this.row = element("div", { class: "reply-row", role: "group", "aria-label": t("replies") });
    this.root = element("div", { class: "replies", hidden: true }, this.scale, this.row);
  }

  /** @param {Session} session @param {boolean} wanted */
  update(session, wanted) {
    const role = session.me?.role;
    this.root.hidden = !wanted || !role;
    if (!role || role === this.role) return;
    this.role = role;
    this.row.replaceChildren(...REPLIES[role].map((key) => this._reply(this.t(key))));
    if (role === "patient") this.row.insertBefore(this.pain, this.row.children[3]);
  }

  /** @param {string} text */
  _reply(text) {
    return element("button", { type: "button", class: "reply", "data-testid": "quick-reply", onclick: () => this.onSay(text) }, text);
  }

  /** @param {number} value */
  _hurts(value) {
    this._open(false);
    this.pain.focus();
    this.onSay(this.t("painIs", { value }));
  }

  /** @param {boolean} open */
  _open(open) {
    this.scale.hidden = !open;
    this.pain.setAttribute("aria-expanded", String(open));
  }
}
