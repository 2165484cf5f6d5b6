// When the next try at a socket begins and how long one may take. Without a limit on tries, but with a budget: Chromium delays
// each new WebSocket by 1 to 5 s once some 13 have failed within 3 to 6 minutes, and opens only one to a server at a time, so
// that a second one beside a hanging one gains nothing (both measured with 156). Pure: time comes in.

const SOON_MS = 300;
export const SLOWEST_MS = 1_200;
const FIRST_MS = 200; // spreads those whose server died
export const FIRST_PATIENCE_MS = 15_000; // TCP + TLS + upgrade is 3 round trips; 2G queues reach 3 s each
const PATIENCE_MS = 2_200; // TCP itself asks again after 1 s, and then ever later: a new try finds a link that is back sooner
const QUICK_TRIES = 4; // then longer ones: the link may have become a slow one

const BUDGET = 8;
const BUDGET_MS = 360_000;
export const SPARING_MS = 60_000; // beyond the budget: the rest are for signs of life

export class Retry {
  constructor() {
    this.tries = 0; // that failed since the last sign of life
    this.failures = /** @type {number[]} */ ([]); // when, since the last success
    this.rttMs = /** @type {number | null} */ (null); // of the line that was, null before any
  }

  /** @param {number} nowMs */
  failed(nowMs) {
    this.tries += 1;
    this.spent(nowMs);
  }

  /** A try was given up for a fresher one. @param {number} nowMs */
  spent(nowMs) {
    this.failures = [...this.failures.filter((at) => at > nowMs - BUDGET_MS), nowMs];
  }

  succeeded() {
    this.failures = [];
    this.sign();
  }

  /** Something says that the server can be reached: no more patience than at first. */
  sign() {
    this.tries = 0;
  }

  /**
   * How long to wait before the next try: doubling, with jitter so that a restarted server is not stormed.
   * @param {number} nowMs
   * @param {number} startedAtMs when the last one began
   * @param {number} random in [0, 1)
   */
  delayMs(nowMs, startedAtMs, random) {
    const { tries } = this;
    if (tries <= 1) return FIRST_MS * (tries + random);
    const soonMs = Math.min(SLOWEST_MS, SOON_MS * 2 ** (tries - 1)) * (0.6 + 0.6 * random);
    return this._isSparing(nowMs) ? Math.max(soonMs, startedAtMs + SPARING_MS * (0.8 + 0.4 * random) - nowMs) : soonMs;
  }

  /** How long a try may take to be welcomed, 4 round trips, before it is replaced. @param {number} nowMs */
  patienceMs(nowMs) {
    if (this._isSparing(nowMs) && this.tries) return SPARING_MS;
    if (this.rttMs === null) return FIRST_PATIENCE_MS;
    const longer = 2 ** Math.max(0, Math.min(3, this.tries - QUICK_TRIES));
    return Math.min(FIRST_PATIENCE_MS, Math.max(PATIENCE_MS, this.openingMs) * longer);
  }

  /** A try that is older than this would have been welcomed if the link had carried it from the first. */
  get openingMs() {
    return 500 + 5 * (this.rttMs ?? 500);
  }

  /** @param {number} nowMs */
  _isSparing(nowMs) {
    return this.failures.filter((at) => at > nowMs - BUDGET_MS).length >= BUDGET;
  }
}
