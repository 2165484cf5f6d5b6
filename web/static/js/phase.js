// Which of the page's states holds, and which rung the call is on. Pure tables over what the session knows.

/** @param {PhaseFacts} now @returns {Phase} */
export function phaseOf({ ended, wanted, admitted, online, mediaPossible, path, wasUp }) {
  if (ended) return "ended";
  if (!wanted) return "idle";
  if (!admitted) return "waiting";
  if (!mediaPossible) return online ? "in-call" : "reconnecting";
  if (path === "up") return "in-call"; // the server may be away: media flows on without it
  return wasUp ? "reconnecting" : "joining";
}

/**
 * What the call consists of, seen from this page: the best of what is sent and what is received.
 * @param {{audio: boolean, video: boolean}[]} senders own devices and those of the others who are here
 * @param {boolean} mediaUp
 * @returns {Rung}
 */
export function rungOf(senders, mediaUp) {
  if (!mediaUp) return "chat";
  if (senders.some((sender) => sender.video)) return "video";
  return senders.some((sender) => sender.audio) ? "voice" : "chat";
}
