/// <reference path="../../../record.d.ts" />
// What a seat's link was like over time, each way: from the steps of its timeline to stretches that can be drawn. Pure.

/** @typedef {{fromMs: number, untilMs: number, level: Level | null}} Stretch `level` null: nothing got through */
/** @typedef {{atMs: number, bps: number, loss: number}} Sample what the media server measured one way */
/** @typedef {Record<"video" | "voice" | "text" | "away", number>} Shares milliseconds of each */

/** @type {("up" | "down")[]} */
export const WAYS = ["up", "down"];
/** @type {Level[]} */
export const LEVELS = ["T", "A0", "A1", "A2", "V0", "V1", "V2", "V3"];

/** @param {Level | null} level */
export function kindOf(level) {
  if (!level) return "away";
  return level === "T" ? "text" : level.startsWith("V") ? "video" : "voice";
}

/**
 * One way of one seat, from its first joining on. Each media session begins at `V3` until media tells.
 * @param {VisitStep[]} steps oldest first @param {string} seat @param {"up" | "down"} way @param {number} untilMs
 * @returns {Stretch[]}
 */
export function stretches(steps, seat, way, untilMs) {
  const state = { there: false, lost: false, level: /** @type {Level} */ ("V3") };
  const found = /** @type {Stretch[]} */ ([]);
  let began = false;
  for (const step of steps) {
    if (step.type === "ended") close(found, step.at_ms);
    if (step.seat !== seat || !moves(state, step, way)) continue;
    began = true;
    const level = state.there && !state.lost ? state.level : null;
    if (found.at(-1)?.level === level && found.at(-1)?.untilMs === Infinity) continue;
    close(found, step.at_ms);
    found.push({ fromMs: step.at_ms, untilMs: Infinity, level });
  }
  close(found, untilMs);
  return began ? found.filter((each) => each.untilMs > each.fromMs) : [];
}

/** @param {{there: boolean, lost: boolean, level: Level}} state @param {VisitStep} step @param {"up" | "down"} way whether it was about this way */
function moves(state, step, way) {
  switch (step.type) {
    case "joined":
      Object.assign(state, { there: true, lost: false, level: "V3" });
      return true;
    case "left":
      state.there = false;
      return true;
    case "path_lost":
    case "path_back":
      state.lost = step.type === "path_lost";
      return true;
    case "level_changed":
      if (step.direction !== way || !step.level) return false;
      Object.assign(state, { there: true, level: step.level });
      return true;
    default:
      return false;
  }
}

/** @param {Stretch[]} found @param {number} atMs */
function close(found, atMs) {
  const last = found.at(-1);
  if (last && last.untilMs === Infinity) last.untilMs = atMs;
}

/** @param {Stretch[]} lane @returns {Shares} */
export function sharesOf(lane) {
  const shares = { video: 0, voice: 0, text: 0, away: 0 };
  for (const { fromMs, untilMs, level } of lane) shares[kindOf(level)] += untilMs - fromMs;
  return shares;
}

/** Where a rate stands between the least and the most that the ladder knows, 0 to 1: each step up is a doubling. @param {number} bps */
export function heightOf(bps) {
  const [least, most] = [8_000, 2_048_000];
  return Math.min(1, Math.max(0, Math.log2(Math.max(bps, 1) / least) / Math.log2(most / least)));
}

/** Measures of many seats, the last half hour of each, thinned out. */
export class Samples {
  constructor(everyMs = 4_000, keepMs = 30 * 60_000) {
    this.everyMs = everyMs;
    this.keepMs = keepMs;
    this.lanes = /** @type {Map<string, Sample[]>} */ (new Map());
  }

  /** @param {Quality} quality @param {number} atMs */
  add(quality, atMs) {
    this.put(`${quality.seat}/up`, { atMs, bps: quality.up_capacity_bps || quality.up_bps, loss: quality.up_loss });
    this.put(`${quality.seat}/down`, { atMs, bps: quality.down_capacity_bps || quality.down_bps, loss: quality.down_loss });
  }

  /** @param {string} seat @param {"up" | "down"} way @returns {Sample[]} */
  of(seat, way) {
    return this.lanes.get(`${seat}/${way}`) || [];
  }

  /** @param {string} lane @param {Sample} sample */
  put(lane, sample) {
    const list = this.lanes.get(lane) || [];
    if (sample.atMs - (list.at(-1)?.atMs ?? -Infinity) < this.everyMs) return;
    this.lanes.set(lane, [...list.filter(({ atMs }) => sample.atMs - atMs <= this.keepMs), sample]);
  }
}
