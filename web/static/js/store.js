// What the page knows of the consultation: the welcome's state plus the timeline's events, as clinic/events.py defines them.
// Pure: every function takes a state and gives the next one.

const GONE = { arrived: false, present: false, path_lost: false };

/** @type {State} */
export const EMPTY = { me: "", consultation: null, messages: [], arrivedAtMs: {}, gone: [], levels: [], endedReason: "", seen: null };

/** @param {State} state @param {Welcome} welcome @returns {State} */
export function welcomed(state, welcome) {
  return applied({ ...state, me: welcome.seat, consultation: welcome.consultation }, welcome.events);
}

/** @param {State} state @param {StoredEvent[]} events @returns {State} */
export function applied(state, events) {
  return events.reduce(applyOne, state);
}

/** @param {State} state */
export function ownSeat(state) {
  return seatOf(state, state.me);
}

/** @param {State} state @param {string} id */
export function seatOf(state, id) {
  return state.consultation?.seats.find((seat) => seat.id === id);
}

/** Stream ids are `<ms>-<n>`; both parts compare as numbers. @param {string | null} id @param {string | null} other */
export function isAfter(id, other) {
  if (!id || !other) return Boolean(id);
  const [ms, n] = id.split("-").map(Number);
  const [otherMs, otherN] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}

/** @param {State} state @param {StoredEvent} stored @returns {State} */
function applyOne(state, stored) {
  if (!isAfter(stored.id, state.seen)) return state;
  const next = { ...remembered(state, stored), seen: stored.id };
  const { consultation } = next;
  if (!consultation || !isAfter(stored.id, consultation.upto)) return next;
  return { ...next, consultation: { ...changed(consultation, stored.event), upto: stored.id } };
}

/**
 * What is kept of an event even when the welcome's state already holds its outcome.
 * @param {State} state
 * @param {StoredEvent} stored
 * @returns {State}
 */
function remembered(state, { id, at_ms: atMs, event }) {
  if (event.type === "arrived") return { ...state, arrivedAtMs: { ...state.arrivedAtMs, [event.seat]: atMs } };
  if (event.type === "left") return { ...state, gone: [...state.gone, event.seat] };
  if (event.type === "joined") return { ...state, gone: state.gone.filter((seat) => seat !== event.seat) };
  if (event.type === "level_changed") return { ...state, levels: [...state.levels, { ...event, atMs }] };
  if (event.type === "ended") return { ...state, endedReason: event.reason };
  if (event.type !== "chat") return state;
  const message = { id, atMs, seat: event.seat, text: event.text, commandId: event.command_id };
  return { ...state, messages: [...state.messages, message] };
}

/** @param {Consultation} consultation @param {Fact} fact @returns {Consultation} */
function changed(consultation, fact) {
  if (fact.type === "ended") {
    return { ...consultation, status: "ended", seats: consultation.seats.map((seat) => ({ ...seat, ...GONE })) };
  }
  if (fact.type === "note_saved") return { ...consultation, note: fact.text, note_id: fact.command_id };
  if (fact.type === "invited") return { ...consultation, seats: [...consultation.seats, newSeat(fact, "companion")] };
  if (fact.type === "handed_over") return handedOver(consultation, fact);
  const status = fact.type === "joined" || fact.type === "admitted" ? "in-progress" : consultation.status;
  const seats = consultation.seats.map((seat) => (seat.id === fact.seat ? { ...seat, ...seatChange(fact, seat) } : seat));
  return { ...consultation, status, seats };
}

/** What is not there is false. @param {{seat: string, name: string, language?: string}} fact @param {Role} role @returns {Seat} */
function newSeat({ seat, name, language = "" }, role) {
  return /** @type {any} */ ({ id: seat, role, name, language, audio: true, video: true, up_level: "V3", down_level: "V3", level_reason: "start", hold: "video" });
}

/** @param {Consultation} consultation @param {Extract<Fact, {type: "handed_over"}>} fact @returns {Consultation} */
function handedOver(consultation, fact) {
  const given = fact.stays ? { handed: true } : { ...GONE, handed: true, revoked: true };
  const seats = consultation.seats.map((seat) => (seat.id === fact.giver ? { ...seat, ...given } : seat));
  return { ...consultation, seats: [...seats, newSeat(fact, "physician")] };
}

/** @param {Exclude<Fact, {type: "ended" | "note_saved" | "invited" | "handed_over"}>} fact @param {Seat} seat @returns {Partial<Seat>} */
function seatChange(fact, seat) {
  switch (fact.type) {
    case "consented":
      return { consented: true };
    case "consent_withdrawn":
      return { consented: false };
    case "arrived":
      return { arrived: true };
    case "admitted":
      return { admitted: true };
    case "joined":
      return { present: true, path_lost: false };
    case "left":
      return seat.handed ? { ...GONE, revoked: true } : GONE;
    case "revoked":
      return { ...GONE, revoked: true };
    case "path_lost":
      return { path_lost: true };
    case "path_back":
      return { path_lost: false };
    case "media_changed":
      return { audio: fact.audio, video: fact.video, problem: fact.problem };
    case "level_changed":
      return { [`${fact.direction}_level`]: fact.level, level_reason: fact.reason };
    case "preference_changed":
      return { hold: fact.hold, save_data: fact.save_data };
    default:
      return {};
  }
}
