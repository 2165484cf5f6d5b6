// What is said of the state: the one line that tells what is happening, and the message that stands in place of all else.

import { element } from "./element.js";

/** @type {Record<Rung, Key>} */
const RUNGS = { video: "rungVideo", voice: "rungVoice", chat: "rungChat" };

/**
 * @param {Session} session
 * @param {Translate} t
 * @param {boolean} consenting the consent text is on the screen
 */
export function statusOf(session, t, consenting) {
  const name = otherName(session);
  if (session.link === "taken-over") return t("takenTitle");
  if (session.link === "refused") return t("errorTitle");
  if (session.notice) return session.notice;
  switch (session.phase) {
    case "ended":
      return t("statusEnded");
    case "joining":
      return t(session.link === "open" ? "statusJoining" : "statusOffline");
    case "reconnecting":
      return t("statusReconnecting");
    case "in-call":
      return inCall(session, t, name);
    case "waiting":
      if (session.link !== "open") return t("statusOffline");
      return session.media.asking ? t("statusAsking") : t("statusWaiting", { name });
    default:
      return idle(session, t, consenting);
  }
}

/** @param {Session} session @param {Translate} t */
export function rungText(session, t) {
  return t(RUNGS[session.rung]);
}

/** The one whom this page is about: the physician, or on her page the patient. @param {Session} session */
export function otherName({ others }) {
  const first = others.find((seat) => seat.role === "physician") || others.find((seat) => seat.role === "patient");
  return first ? first.name : "";
}

/** @param {Session} session @param {Translate} t @param {boolean} consenting */
function idle({ link, state }, t, consenting) {
  if (!state.consultation) return t("loading");
  if (link !== "open") return t("statusOffline");
  return t(consenting ? "statusConsent" : "statusIdle");
}

/** @param {Session} session @param {Translate} t @param {string} name */
function inCall(session, t, name) {
  if (session.mediaRefusal) return t(session.mediaRefusal === "room-full" ? "statusRoomFull" : "statusNoMedia");
  if (session.link !== "open") return t("statusOfflineInCall");
  if (session.media.asking) return t("statusAsking");
  const lost = session.others.find((seat) => seat.present && seat.path_lost);
  if (lost) return t("statusOtherLost", { name: lost.name });
  if (session.others.some((seat) => seat.present)) return t("statusInCall", { name });
  const gone = session.others.find((seat) => session.state.gone.includes(seat.id));
  if (gone) return t("statusOtherLeft", { name: gone.name });
  return session.me?.role === "physician" ? t("waitingFor", { name }) : t("statusAlone", { name });
}

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
