// Notices sound that waits far longer than it must: after a jam a browser's jitter buffer needs half a minute to come down by
// itself, and people talk over each other meanwhile. Says which buffers to empty. Pure: time comes in.

const TOO_LONG_MS = 200; // beyond what was asked for: with the way there it is ITU-T G.114's limit for talking comfortably
const OWN_CHOICE_MS = 200; // what a browser waits by itself on a fair link
const STEADY_MS = 350; // two looks and more: a buffer that still fills is not to be emptied yet
const FILLS = 1.1;
const CHOPPED = 0.03; // concealed of what is played: the buffer has no more than it needs
const CHOKED_SAMPLES = 9_600; // made up from one look to the next, 0.2 s: a jam
const AFTER_JAM_MS = 4_000; // what waits then is the jam's, and what shows of it lags behind: it is emptied sooner
const AFTER_JAM_TOO_LONG_MS = 50;
const AFTER_JAM_CHOPPED = 0.1;
const AGAIN_MS = 3_000; // the jam's last packets may come after the first emptying
const GIVE_UP_MS = 30_000; // where it is needed after all, because the link jitters so much
const TRIES = 2;

export class Backlog {
  constructor() {
    this.buffers = /** @type {Map<string, Buffer>} */ (new Map());
    this.suspects = false; // whether to look again soon
  }

  /**
   * @param {number} nowMs
   * @param {number | null} askedMs
   * @param {Sound[]} sounds
   * @returns {string[]} mids to empty now
   */
  step(nowMs, askedMs, sounds) {
    const limitMs = askedMs === null ? OWN_CHOICE_MS : 1.5 * askedMs; // a buffer that repairs are waited for swings
    this.suspects = false;
    return sounds.filter((sound) => this._isStuck(nowMs, limitMs, sound)).map(({ mid }) => mid);
  }

  /** @param {number} nowMs @param {number} limitMs @param {Sound} sound */
  _isStuck(nowMs, limitMs, { mid, waitedS, emitted, concealed }) {
    const buffer = this.buffers.get(mid) || { waitedS, emitted, concealed, delayMs: 0, sinceMs: null, chokedAtMs: -Infinity, restsUntilMs: 0, tries: 0 };
    this.buffers.set(mid, buffer);
    const [played, made] = [emitted - buffer.emitted, concealed - buffer.concealed];
    const delayMs = (1000 * (waitedS - buffer.waitedS)) / (played || 1);
    if (made >= CHOKED_SAMPLES) buffer.chokedAtMs = nowMs;
    const afterJam = nowMs - buffer.chokedAtMs < AFTER_JAM_MS;
    const late = made < (afterJam ? AFTER_JAM_CHOPPED : CHOPPED) * played && delayMs > limitMs + (afterJam ? AFTER_JAM_TOO_LONG_MS : TOO_LONG_MS);
    const steady = afterJam || delayMs < FILLS * buffer.delayMs;
    Object.assign(buffer, { waitedS, emitted, concealed, delayMs, sinceMs: late ? buffer.sinceMs ?? nowMs : null });
    this.suspects ||= (late || afterJam) && nowMs >= buffer.restsUntilMs;
    if (buffer.sinceMs === null || nowMs < buffer.restsUntilMs) return false;
    if (!steady || nowMs - buffer.sinceMs < STEADY_MS) return false;
    buffer.tries = nowMs > buffer.restsUntilMs + GIVE_UP_MS ? 1 : buffer.tries + 1;
    buffer.restsUntilMs = nowMs + (buffer.tries >= TRIES ? GIVE_UP_MS : AGAIN_MS);
    return true;
  }
}
