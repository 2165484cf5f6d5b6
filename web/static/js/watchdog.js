// Judges the media path from what came in lately, and says when to restart ICE and when to start over. Pure: time comes in.

/**
 * A healthy path brings the SFU's RTCP twice a second and STUN answers at least every 2.5 s (libwebrtc's stable ping),
 * so four silent seconds are no jitter. Browsers themselves take 5 to 15 s to say `disconnected`.
 */
export const SILENT_MS = 4_000;
const RESTART_PATIENCE_MS = 6_000; // an ICE restart is 2-3 round trips
const REOPEN_PATIENCE_MS = [10_000, 15_000, 20_000, 30_000]; // a new connection is 7-9, and 2G round trips reach 2 s

export class Watchdog {
  /** @param {number} nowMs when the connection's first offer was made */
  constructor(nowMs) {
    this.inbound = 0;
    this.heardAtMs = -Infinity;
    this.actedAtMs = nowMs;
    this.last = /** @type {Remedy} */ (null); // what was tried since media last flowed
    this.reopens = 0;
    this.wasUp = false;
    this.connected = false; // this very connection has been
  }

  /**
   * @param {number} nowMs
   * @param {PathSample} sample
   * @param {boolean} canAct whether an offer could be sent now
   * @returns {{path: Path, remedy: Remedy, heard: boolean}} `heard`: something came after a silence
   */
  step(nowMs, { state, inbound }, canAct) {
    const grew = inbound !== this.inbound;
    const heard = grew && nowMs - this.heardAtMs >= SILENT_MS;
    if (grew) this.heardAtMs = nowMs;
    this.inbound = inbound;
    const receives = nowMs - this.heardAtMs < SILENT_MS;
    if (state === "connected" && receives) return { ...this._healthy(), heard };
    const remedy = canAct ? this._remedy(nowMs) : null;
    // Only our uplink is dead: go on hearing and seeing, look for another way, and never let go of this one.
    if (receives && this.connected) return { path: "up", remedy: remedy && "restart", heard };
    return { path: this.wasUp ? "lost" : "opening", remedy, heard };
  }

  /**
   * Something was done about the path, for whatever reason: give it time to work.
   * @param {number} nowMs
   * @param {"restart" | "reopen"} remedy
   */
  acted(nowMs, remedy) {
    if (remedy === "reopen" && this.last !== null) this.reopens += 1;
    this.last = remedy;
    this.actedAtMs = nowMs;
    if (remedy === "restart") return;
    this.connected = false;
    this.inbound = 0; // a new connection counts from 0
    this.heardAtMs = -Infinity;
  }

  /** @returns {{path: Path, remedy: Remedy}} */
  _healthy() {
    this.wasUp = this.connected = true;
    this.last = null;
    this.reopens = 0;
    return { path: "up", remedy: null };
  }

  /** @param {number} nowMs @returns {Remedy} */
  _remedy(nowMs) {
    if (this.last !== null && nowMs - this.actedAtMs < this._patienceMs()) return null;
    return this.last === null ? "restart" : "reopen";
  }

  _patienceMs() {
    if (this.last === "restart") return RESTART_PATIENCE_MS;
    return REOPEN_PATIENCE_MS[Math.min(this.reopens, REOPEN_PATIENCE_MS.length - 1)];
  }
}
