// Whole-page messages: ended, open elsewhere, a link that does not work. One heading, one thought, one thing to do.

import { element } from "./element.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../language.js").Translate} Translate */
/** @typedef {import("../language.js").Key} Key */
/** @typedef {{name: string, title: Key, text: string, more?: string, button?: {label: Key, press: () => void}}} Message */

export class Notice {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.shown = "";
    this.root = element("section", { class: "card notice" });
  }

  /** @param {Message} message */
  show({ name, title, text, more, button }) {
    if (this.shown === name) return;
    this.shown = name;
    this.root.replaceChildren(element("h1", { tabindex: "-1" }, this.t(title)), element("p", { class: "lead" }, text));
    if (more) this.root.append(element("p", {}, more));
    if (button) this.root.append(element("button", { class: "primary", type: "button", onclick: button.press }, this.t(button.label)));
  }
}

/**
 * The message that stands in place of everything else, if there is one.
 * @param {Session} session
 * @param {Translate} t
 * @returns {Message | null}
 */
export function messageOf(session, t) {
  if (session.phase === "ended") return ended(session, t);
  if (session.link === "taken-over") {
    const button = { label: /** @type {Key} */ ("useHere"), press: () => session.useHere() };
    return { name: "taken", title: "takenTitle", text: t("takenText"), button };
  }
  return session.link === "refused" ? refused(session.fatal, t) : null;
}

/** @param {Session} session @param {Translate} t @returns {Message} */
function ended({ me, state }, t) {
  const more = t("endedClose");
  if (me?.role === "physician") return { name: "ended", title: "endedTitle", text: t("endedThanksPhysician"), more };
  const clinic = state.consultation?.clinic || "";
  const text = state.endedReason === "expired" ? t("endedExpired", { clinic }) : t("endedThanks", { name: me?.name || "" });
  return { name: "ended", title: "endedTitle", text, more };
}

/** @param {string} code @param {Translate} t @returns {Message} */
function refused(code, t) {
  if (code === "token-expired") return { name: code, title: "errorTitle", text: t("errorExpiredToken") };
  if (code !== "unsupported-version") return { name: code, title: "errorTitle", text: t("errorUnknownToken") };
  const button = { label: /** @type {Key} */ ("reload"), press: () => location.reload() };
  return { name: code, title: "errorTitle", text: t("errorVersion"), button };
}
