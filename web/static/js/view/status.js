// The one line that says what is happening, in the words of whoever looks. Pure: session in, text out.

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../language.js").Translate} Translate */
/** @typedef {import("../language.js").Key} Key */

/** @type {Record<import("../phase.js").Rung, Key>} */
const RUNGS = { video: "rungVideo", voice: "rungVoice", chat: "rungChat" };

/**
 * @param {Session} session
 * @param {Translate} t
 * @param {boolean} consenting the consent text is on the screen
 * @returns {string}
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

/** @param {Session} session @param {Translate} t @returns {string} */
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
