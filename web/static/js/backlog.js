// Notices sound that waits far longer than it must: after a jam a browser's jitter buffer needs half a minute to come down by
// itself, and people talk over each other meanwhile. Says which buffers to empty. Pure: time comes in.

const TOO_LONG_MS = 200; // beyond what was asked for: with the way there it is ITU-T G.114's limit for talking comfortably
const OWN_CHOICE_MS = 200; // what a browser waits by itself on a fair link
const STEADY_MS = 700;
const CHOPPED = 0.03; // concealed of what is played: the buffer has no more than it needs
const AGAIN_MS = 3_000; // the jam's last packets may come after the first emptying
const GIVE_UP_MS = 30_000; // where it is needed after all, because the link jitters so much
const TRIES = 2;

export class Backlog {
  constructor() {
    this.buffers = /** @type {Map<string, Buffer>} */ (new Map());
  }

  /**
   * @param {number} nowMs
   * @param {number | null} askedMs
   * @param {Sound[]} sounds
   * @returns {string[]} mids to empty now
   */
  step(nowMs, askedMs, sounds) {
    const limitMs = (askedMs ?? OWN_CHOICE_MS) + TOO_LONG_MS;
    return sounds.filter((sound) => this._isStuck(nowMs, limitMs, sound)).map(({ mid }) => mid);
  }

  /** @param {number} nowMs @param {number} limitMs @param {Sound} sound */
  _isStuck(nowMs, limitMs, { mid, waitedS, emitted, concealed }) {
    const buffer = this.buffers.get(mid) || { waitedS, emitted, concealed, sinceMs: null, restsUntilMs: 0, tries: 0 };
    this.buffers.set(mid, buffer);
    const delayMs = (1000 * (waitedS - buffer.waitedS)) / (emitted - buffer.emitted || 1);
    const heard = concealed - buffer.concealed < CHOPPED * (emitted - buffer.emitted);
    const late = heard && delayMs > limitMs;
    Object.assign(buffer, { waitedS, emitted, concealed, sinceMs: late ? buffer.sinceMs ?? nowMs : null });
    if (buffer.sinceMs === null || nowMs - buffer.sinceMs < STEADY_MS || nowMs < buffer.restsUntilMs) return false;
    buffer.tries = nowMs > buffer.restsUntilMs + GIVE_UP_MS ? 1 : buffer.tries + 1;
    buffer.restsUntilMs = nowMs + (buffer.tries >= TRIES ? GIVE_UP_MS : AGAIN_MS);
    return true;
  }
}
