// The way out of in-app browsers and others that cannot make video calls: open it elsewhere, or go on by chat.

import { element, setText } from "./element.js";

/** @typedef {import("../language.js").Translate} Translate */

export class BrowserHelp {
  /**
   * @param {Translate} t
   * @param {Location} place
   * @param {string} userAgent
   */
  constructor(t, place, userAgent) {
    this.t = t;
    this.place = place;
    this.copied = element("p", { class: "hint" });
    /** @type {HTMLElement[]} */
    const ways = [element("button", { class: "secondary", type: "button", "data-testid": "copy-link", onclick: () => this._copy() }, t("copyLink"))];
    if (/Android/.test(userAgent)) ways.unshift(element("a", { class: "button primary", href: chromeIntent(place) }, t("browserOpen")));
    this.root = element("section", { class: "card browser", hidden: true, "data-testid": "browser-help" },
      element("h2", {}, t("browserTitle")), element("p", {}, t("browserText")),
      ...(/iPhone|iPad/.test(userAgent) ? [element("p", {}, t("browserHowIphone"))] : []),
      element("div", { class: "buttons" }, ...ways), this.copied);
  }

  async _copy() {
    try {
      await navigator.clipboard.writeText(this.place.href);
      setText(this.copied, this.t("copied"));
    } catch {
      // In-app browsers often forbid the clipboard: then people can copy it themselves.
      this.copied.replaceChildren(element("input", { readonly: true, value: this.place.href, "aria-label": this.t("copyLink") }));
    }
  }
}

/** Android's way to leave an in-app browser. @param {Location} place */
function chromeIntent({ host, pathname, protocol }) {
  return `intent://${host}${pathname}#Intent;scheme=${protocol.slice(0, -1)};package=com.android.chrome;end`;
}
