// The WebSocket protocol of signaling/protocol.py, version 1, as JSDoc types. Types and two functions; no state, no DOM.

export const VERSION = 1;

export const CLOSE = {
  goingAway: 1001,
  takenOver: 4001,
  badMessage: 4002,
  unknownToken: 4003,
  tooMany: 4004,
  slowReader: 4005,
  badVersion: 4006,
};

/** @typedef {"es" | "en"} Lang */
/** @typedef {"patient" | "physician" | "companion"} Role */
/** @typedef {"denied" | "busy" | "absent" | "unsupported"} Problem why a camera or microphone cannot be used */

// --- from the page

/** @typedef {{type: "hello", v: number, token: string, client_id: string, after: string | null, lang: Lang}} Hello */
/** @typedef {{type: "consent", text_version: string, text_sha256: string, lang: Lang}} Consent */
/** @typedef {{type: "arrive"}} Arrive */
/** @typedef {{type: "admit", seat: string}} Admit */
/** @typedef {{type: "chat", text: string}} SendChat */
/** @typedef {{type: "set_media", audio: boolean, video: boolean, problem: Problem | null}} SetMedia */
/** @typedef {{type: "leave"}} Leave */
/** @typedef {{type: "end", reason: "completed" | "interrupted"}} End */
/** @typedef {Consent | Arrive | Admit | SendChat | SetMedia | Leave | End} Act what a command asks for, before it has an id */
/** @typedef {Act & {id: string}} Command */
/** @typedef {{type: "offer", request: number, sdp: string, restart: boolean}} Offer */
/** @typedef {{type: "fetch", after: string | null}} Fetch */
/** @typedef {{type: "ping", n: number}} Ping */
/** @typedef {Hello | Command | Offer | Fetch | Ping} FromPage */

// --- to the page

/**
 * @typedef {object} Seat
 * @property {string} id
 * @property {Role} role
 * @property {string} name
 * @property {boolean} consented
 * @property {boolean} arrived
 * @property {boolean} admitted
 * @property {boolean} present has a media session and has not left
 * @property {boolean} path_lost
 * @property {boolean} audio
 * @property {boolean} video
 * @property {string | null} problem
 */
/**
 * @typedef {object} Consultation
 * @property {string} id
 * @property {"scheduled" | "in-progress" | "ended"} status
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {string} clinic
 * @property {string} reason
 * @property {Seat[]} seats
 * @property {string | null} upto
 */
/** @typedef {{version: string, lang: Lang, sha256: string, paragraphs: string[]}} ConsentText */
/** @typedef {{urls: string[], username: string, credential: string}} IceServer */
/** @typedef {{audio_mid: string | null, video_mid: string | null, seat: string | null}} RoomSlot */

/**
 * @typedef {{type: "consented", seat: string} | {type: "arrived", seat: string}
 *   | {type: "admitted", seat: string, by: string} | {type: "joined", seat: string, generation: number}
 *   | {type: "left", seat: string, reason: "hung-up" | "closed"} | {type: "path_lost", seat: string}
 *   | {type: "path_back", seat: string}
 *   | {type: "media_changed", seat: string, audio: boolean, video: boolean, problem: Problem | null}
 *   | {type: "level_changed", seat: string, direction: "up" | "down", level: string, reason: string}
 *   | {type: "chat", seat: string, text: string, command_id: string}
 *   | {type: "ended", by: string, reason: "completed" | "interrupted" | "expired"}} Fact
 */
/** @typedef {{id: string, at_ms: number, event: Fact}} StoredEvent */

/**
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {number} v
 * @property {string} seat
 * @property {Consultation} consultation
 * @property {ConsentText} consent
 * @property {IceServer[]} ice_servers
 * @property {number} slots
 * @property {StoredEvent[]} events
 * @property {boolean} more
 */
/** @typedef {{type: "events", events: StoredEvent[], more: boolean}} Events */
/** @typedef {{type: "ack", id: string}} Ack */
/** @typedef {{type: "refused", id: string, code: string, message: string}} Refused */
/** @typedef {{type: "answer", request: number, sdp: string, slots: RoomSlot[]}} Answer */
/** @typedef {"restart-unknown" | "retry" | "bad-offer" | "room-full" | "not-admitted" | "ended"} NoAnswerCode */
/** @typedef {{type: "no_answer", request: number, code: NoAnswerCode, after_ms: number}} NoAnswer */
/** @typedef {{type: "slots", slots: RoomSlot[]}} Slots */
/** @typedef {{type: "renegotiate"}} Renegotiate */
/** @typedef {{type: "speaking", seat: string, speaking: boolean}} Speaking */
/**
 * @typedef {object} Quality
 * @property {"quality"} type
 * @property {string} seat
 * @property {number | null} rtt_ms
 * @property {number} up_bps
 * @property {number} down_bps
 * @property {number} up_loss
 * @property {number} down_loss
 */
/** @typedef {{type: "taken_over"}} TakenOver */
/** @typedef {{type: "pong", n: number}} Pong */
/** @typedef {{type: "error", code: string, message: string, fatal: boolean}} ServerError */
/**
 * @typedef {Welcome | Events | Ack | Refused | Answer | NoAnswer | Slots | Renegotiate | Speaking | Quality | TakenOver
 *   | Pong | ServerError} ToPage
 */

/** @param {FromPage} message @returns {string} */
export function encode(message) {
  return JSON.stringify(message);
}

/**
 * The message in one WebSocket frame; null for what is none, so that a newer server cannot break an older page.
 * @param {unknown} data
 * @returns {ToPage | null}
 */
export function decode(data) {
  if (typeof data !== "string") return null;
  try {
    const message = JSON.parse(data);
    return message && typeof message.type === "string" ? message : null;
  } catch {
    return null;
  }
}
