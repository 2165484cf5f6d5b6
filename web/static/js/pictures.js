// Whose picture can be shown: one that is ordered and moves. A picture that stops is hidden before it looks frozen. Pure: time
// comes in.

export const STALLED_MS = 700; // at 5 frames a second three are missing

export class Pictures {
  constructor() {
    this.seats = /** @type {Map<string, Picture>} */ (new Map());
  }

  /** What is sent to us from now on. @param {{seat: string, video: boolean}[]} receives */
  order(receives) {
    for (const seat of this.seats.keys()) if (!receives.some((each) => each.seat === seat && each.video)) this.seats.delete(seat);
    for (const { seat, video } of receives) if (video && !this.seats.has(seat)) this.seats.set(seat, { mark: null, frameAtMs: null, shown: false, began: false });
  }

  /**
   * @param {number} nowMs
   * @param {string} seat
   * @param {number | null} mark differs with every frame; null: none yet
   * @returns {boolean} whether it is shown or hidden from now on, and was not before
   */
  step(nowMs, seat, mark) {
    const picture = this.seats.get(seat);
    if (!picture) return false;
    // The first mark may be that of a frame from before the order.
    const fresh = picture.frameAtMs !== null && nowMs - picture.frameAtMs < STALLED_MS;
    const before = picture.shown;
    picture.shown &&= fresh;
    if (mark !== null && mark !== picture.mark && picture.mark !== null) {
      picture.shown = fresh; // one frame is none: a buffer that waits for repairs shows the first at once, and the next when it is full
      picture.frameAtMs = nowMs;
    }
    picture.mark = mark ?? picture.mark ?? 0;
    picture.began ||= picture.shown;
    return picture.shown !== before;
  }

  /** @param {string} seat */
  shows(seat) {
    return Boolean(this.seats.get(seat)?.shown);
  }

  /** @param {string} seat @returns {"starting" | "stalled" | null} null: shown, or not ordered */
  lacks(seat) {
    const picture = this.seats.get(seat);
    if (!picture || picture.shown) return null;
    return picture.began ? "stalled" : "starting";
  }
}
