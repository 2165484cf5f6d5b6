// What is said of the state: the one line that tells what is happening, and the message that stands in place of all else.

import { exchangeOf, isTexting, worstOf } from "../levels.js";
import { element } from "./element.js";
import { LONG_MS } from "./outage.js";

const BRIEF_MS = 2_000; // the server is often back before anybody could have read that it was away

/** @type {Record<Kind, Key>} */
const RUNGS = { video: "rungVideo", voice: "rungVoice", text: "rungChat" };

/**
 * @param {Session} session
 * @param {Translate} t
 * @param {boolean} consenting the consent text is on the screen
 * @param {string} ladder what is to be said of the ladder, if anything is
 * @param {number} awayMs for how long a way has been lost
 */
export function statusOf(session, t, consenting, ladder, awayMs) {
  const name = otherName(session);
  if (session.link === "taken-over") return t("takenTitle");
  if (session.link === "refused") return t("errorTitle");
  if (session.notice) return session.notice;
  if (session.overPolling && isTexting(session)) return t("statusPolling");
  switch (session.phase) {
    case "ended":
      return t("statusEnded");
    case "joining":
      return t(session.link === "open" ? "statusJoining" : "statusOffline");
    case "reconnecting":
      return awayMs < LONG_MS ? `${t("lostTitle")}. ${t("lostCalm")}` : t("lostKept");
    case "in-call":
      return inCall(session, t, name, ladder, awayMs);
    case "waiting":
      if (session.media.asking) return t("statusAsking");
      return unsettled(session, t) || t("statusWaiting", { name });
    default:
      return idle(session, t, consenting);
  }
}

/** The best that goes either way, of what is switched on. @param {Session} session @param {Translate} t */
export function rungText(session, t) {
  const { incoming, outgoing } = exchangeOf(session);
  const carried = worstOf(incoming, outgoing) === incoming ? outgoing : incoming;
  return t(RUNGS[worstOf(carried, session.rung === "chat" ? "text" : session.rung)]);
}

/** The one whom this page is about: the physician, or on her page the patient. @param {Session} session */
export function otherName({ me, others }) {
  const physician = others.find((seat) => seat.role === "physician" && !seat.handed) || others.find((seat) => seat.role === "physician");
  const patient = others.find((seat) => seat.role === "patient");
  const first = me?.role === "physician" ? patient || physician : physician || patient;
  return first ? first.name : "";
}

/** @param {Session} session @param {Translate} t @param {boolean} consenting */
function idle(session, t, consenting) {
  return unsettled(session, t) || t(consenting ? "statusConsent" : "statusIdle");
}

/** The line to the server, where it is not as it should be. @param {Session} session @param {Translate} t */
function unsettled({ link, saving, state }, t) {
  if (link === "lost" || (link !== "open" && state.consultation)) return t("statusOffline");
  if (!state.consultation) return t("loading");
  return saving && t("statusSaving");
}

/** @param {Session} session @param {Translate} t @param {string} name @param {string} ladder @param {number} awayMs */
function inCall(session, t, name, ladder, awayMs) {
  if (session.mediaRefusal) return t(session.mediaRefusal === "room-full" ? "statusRoomFull" : "statusNoMedia");
  if (session.link !== "open" && awayMs >= BRIEF_MS && !session.uplinkLost) return t("statusOfflineInCall");
  if (session.media.asking) return t("statusAsking");
  const lost = session.others.find((seat) => seat.present && seat.path_lost);
  if (lost) return t("statusOtherLost", { name: lost.name });
  if (ladder) return ladder;
  if (session.saving) return t("statusSaving");
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
 * @param {Language} language
 * @returns {Message | null}
 */
export function messageOf(session, language) {
  const { t } = language;
  if (session.phase === "ended") return ended(session, language);
  if (session.link === "taken-over") {
    const button = { label: /** @type {Key} */ ("useHere"), press: () => session.useHere() };
    return { name: "taken", title: "takenTitle", text: t("takenText"), button };
  }
  return session.link === "refused" ? refused(session, t) : null;
}

/** @param {Session} session @param {Language} language @returns {Message} */
function ended({ me, state, dataBytes }, { t, megabytes }) {
  const used = dataBytes ? ` ${t("dataTotal", { amount: megabytes(dataBytes) })}` : "";
  const more = t("endedClose") + used;
  if (me?.role === "physician") return { name: "ended", title: "endedTitle", text: t("endedThanksPhysician"), more };
  const clinic = state.consultation?.clinic || "";
  const text = state.endedReason === "expired" ? t("endedExpired", { clinic }) : t("endedThanks", { name: me?.name || "" });
  return { name: "ended", title: "endedTitle", text, more };
}

/** In the server's words, but for a page that is too old to ask it. @param {Session} session @param {Translate} t @returns {Message} */
function refused({ fatal: code, notice }, t) {
  if (code !== "unsupported-version") return { name: code, title: "errorTitle", text: notice };
  const button = { label: /** @type {Key} */ ("reload"), press: () => location.reload() };
  return { name: code, title: "errorTitle", text: t("errorVersion"), button };
}
