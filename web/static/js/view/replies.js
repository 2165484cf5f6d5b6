// Short answers and questions for one tap: for those who cannot type well, and where only text goes.

import { element } from "./element.js";

const PAIN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export class Replies {
  /** @param {Translate} t @param {(text: string) => void} onSay @param {Key[]} replies `pain` opens a scale */
  constructor(t, onSay, replies) {
    this.t = t;
    this.onSay = onSay;
    this.scale = element("div", { class: "scale", role: "group", "aria-label": t("pain"), hidden: true },
      element("span", { class: "scale-word" }, t("painLead")),
      ...PAIN.map((value) => reply(String(value), () => this._hurts(value), { "aria-label": t("painIs", { value }) })));
    this.pain = reply(t("pain"), () => this._open(Boolean(this.scale.hidden)), { "aria-expanded": "false", "data-testid": "pain" });
    const row = replies.map((key) => (key === "pain" ? this.pain : reply(t(key), () => onSay(t(key)), { "data-testid": "quick-reply" })));
    this.root = element("div", { class: "replies", hidden: true }, this.scale,
      element("div", { class: "reply-row", role: "group", "aria-label": t("replies") }, ...row));
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

/** @param {string} text @param {() => void} onclick @param {Attributes} attributes */
function reply(text, onclick, attributes) {
  return element("button", { type: "button", class: "reply", onclick, ...attributes }, text);
}
