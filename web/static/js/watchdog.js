// Judges the media path from what came in lately, and says when to look for another way, when to ask the server for an ICE
// restart, and when to start over. Pure: time comes in.

/**
 * A healthy path brings the SFU's RTCP twice a second and STUN answers at least every 2.5 s (libwebrtc's stable ping),
 * so four silent seconds are no jitter. Browsers themselves take 5 to 15 s to say `disconnected`.
 */
export const SILENT_MS = 4_000;
const SOUND_SILENT_MS = 2_000; // where a packet should come every 20 to 60 ms
const SOUND_LATELY_MS = 1_000;
export const SUSPICIOUS_MS = 3_000; // how long a sign of a changed network is remembered
const SUSPECT_SILENT_MS = 350;
const SUSPECT_IDLE_MS = 1_000;

/** To look for another way costs little: it is done long before a path is called lost, after a pause that this link never made. */
const DOUBT_MS = 500;
const UNUSUAL = 1.5;
const OUTAGE_MS = 1_500; // no habit of a link
const REMEMBERED = 0.996; // of the longest pause, with every look, some ten a second

/** Checks of our own go on for about 15 s (libwebrtc), 20 a second: into a dead link for a minute, then only on a sign of life. */
const MOVE_AGAIN_MS = 12_000;
const MOVES = 5;
const FAR_MS = 1_000; // until the round trip is known
const SLOWEST_MS = 30_000;
const ANSWERED_LATELY_MS = 5_000;

export class Watchdog {
  /** @param {number} nowMs when the connection's first offer was made */
  constructor(nowMs) {
    this.inbound = this.sound = 0;
    this.heardAtMs = this.soundAtMs = this.suspiciousUntilMs = -Infinity;
    this.actedAtMs = nowMs;
    this.last = /** @type {Remedy} */ (null); // what was tried since media last flowed
    this.moves = 0;
    this.tries = 0; // beyond the first, of those that ask the server
    this.wasUp = false;
    this.connected = false; // this very connection has been
    this.rttMs = FAR_MS;
    this.pauseMs = 0; // the longest lately without sound
  }

  /**
   * @param {number} nowMs
   * @param {PathSample} sample
   * @param {number | null} answeredAtMs when the server last answered on the line that an offer would take; null: there is none
   * @returns {{path: Path, remedy: Remedy, heard: boolean}} `heard`: something came after a silence
   */
  step(nowMs, { state, inbound, sound, rttMs }, answeredAtMs) {
    const silentMs = this._silentMs();
    const grew = inbound !== this.inbound;
    const heard = grew && nowMs - this.heardAtMs >= silentMs;
    if (grew) this.heardAtMs = nowMs;
    if (sound !== this.sound) this.soundAtMs = nowMs;
    [this.inbound, this.sound, this.rttMs] = [inbound, sound, rttMs ?? this.rttMs];
    const receives = nowMs - this.heardAtMs < silentMs;
    if (state === "connected" && receives) return { path: "up", remedy: this._healthy(nowMs), heard };
    // Only our uplink is dead: go on hearing and seeing, look for another way, and never let go of this one.
    const holds = receives && this.connected;
    // In a jam an offer is two seconds of the line: it goes out only where something came back since the silence began.
    const canAsk = answeredAtMs !== null && answeredAtMs > (holds ? nowMs - ANSWERED_LATELY_MS : this.heardAtMs);
    const remedy = this._remedy(nowMs, canAsk, holds);
    if (holds) return { path: "up", remedy, heard };
    return { path: this.wasUp ? "lost" : "opening", remedy, heard };
  }

  /**
   * Something was done about the path, for whatever reason: give it time to work.
   * @param {number} nowMs
   * @param {"move" | "restart" | "reopen"} remedy
   */
  acted(nowMs, remedy) {
    if (remedy === "move") this.moves += 1;
    else if (this.last === "restart" || this.last === "reopen") this.tries += 1;
    this.last = remedy;
    this.actedAtMs = nowMs;
    if (remedy !== "reopen") return;
    this.connected = false;
    this.inbound = this.sound = 0; // a new connection counts from 0
    this.heardAtMs = this.soundAtMs = -Infinity;
  }

  /** The network may have changed, or be back: no patience with what was tried before. @param {number} nowMs */
  suspect(nowMs) {
    this.suspiciousUntilMs = nowMs + SUSPICIOUS_MS;
    if (this.connected) [this.last, this.moves] = [null, 0];
  }

  /** Sound came, after so long without any. @param {number} ms */
  paused(ms) {
    if (ms < OUTAGE_MS) this.pauseMs = Math.max(ms, this.pauseMs * REMEMBERED);
  }

  /** Whether a new connection is still being given its time. @param {number} nowMs */
  isOpening(nowMs) {
    return !this.connected && this.last === "reopen" && nowMs - this.actedAtMs < this._patienceMs();
  }

  /** How long nothing may come, judged by what came when something did. */
  _silentMs() {
    return this._sounded ? Math.min(SILENT_MS, SOUND_SILENT_MS + 2 * this.rttMs) : SILENT_MS;
  }

  /** After how long a silence another way is looked for. @param {number} nowMs */
  _doubtMs(nowMs) {
    if (nowMs < this.suspiciousUntilMs) return (this._sounded ? SUSPECT_SILENT_MS : SUSPECT_IDLE_MS) + this.rttMs;
    return this._sounded ? Math.max(DOUBT_MS, UNUSUAL * this.pauseMs) + this.rttMs : Infinity;
  }

  get _sounded() {
    return this.soundAtMs > this.heardAtMs - SOUND_LATELY_MS;
  }

  /** @param {number} nowMs @returns {Remedy} */
  _healthy(nowMs) {
    if (this.connected && nowMs - this.heardAtMs > this._doubtMs(nowMs)) return this.moves ? null : "move";
    this.wasUp = this.connected = true;
    this.last = null;
    this.moves = this.tries = 0;
    return null;
  }

  /** @param {number} nowMs @param {boolean} canAsk @param {boolean} holds @returns {Remedy} */
  _remedy(nowMs, canAsk, holds) {
    const sinceMs = nowMs - this.actedAtMs;
    if (this.last === null && this.connected) return "move";
    if (canAsk) return this.last === null || sinceMs >= this._patienceMs() ? this._asked(holds) : null;
    const again = this.connected && this.moves < MOVES && sinceMs >= MOVE_AGAIN_MS;
    return again ? "move" : null;
  }

  /** @param {boolean} holds @returns {Remedy} */
  _asked(holds) {
    return holds || this.last === "move" ? "restart" : "reopen";
  }

  /** In round trips: checks of our own take 1, an ICE restart 2 to 3, a new connection 5; old phones and queues the rest. */
  _patienceMs() {
    const { last, rttMs, tries } = this;
    if (last === "move") return 1_000 + 2 * rttMs;
    return Math.min(SLOWEST_MS, (last === "restart" ? 2_000 + 4 * rttMs : 5_000 + 7 * rttMs) * 1.5 ** tries);
  }
}
