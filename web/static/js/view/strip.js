// The rungs of the last minutes, one lane each way: higher is better, and the colour says the kind. The words say the same.

import { barsOf, flowOf } from "../levels.js";
import { element, svgElement } from "./element.js";
import { levelWord } from "./history.js";

const MINUTES = 10;
const SPAN_MS = MINUTES * 60_000;
const WIDTH = 600;
const LANE = 22;
const LEAST = 3; // text is a line, not nothing
/** @type {("up" | "down")[]} */
const WAYS = ["up", "down"];

export class Strip {
  /** @param {Language} language */
  constructor(language) {
    this.language = language;
    const { t } = language;
    this.picture = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${LANE * 2 + 6}`, class: "strip", role: "img", preserveAspectRatio: "none" });
    this.root = element("figure", { class: "strip-box" }, element("span", { class: "lanes", "aria-hidden": "true" }, element("span", {}, "↑"), element("span", {}, "↓")), this.picture,
      element("figcaption", { "aria-hidden": "true" }, element("span", {}, t("stripFrom", { minutes: MINUTES })), element("span", {}, t("stripNow"))));
  }

  /** @param {LevelChange[]} changes of one seat, oldest first @param {number} nowMs */
  update(changes, nowMs) {
    const lanes = WAYS.map((way) => spans(changes.filter(({ direction }) => direction === way), nowMs));
    this.picture.replaceChildren(...lanes.flatMap((lane, place) => lane.map((span) => box(span, (LANE + 6) * place, nowMs))));
    this.picture.setAttribute("aria-label", `${this.language.t("stripFrom", { minutes: MINUTES })}. ${WAYS.map((way, place) => this._words(way, lanes[place])).join(" ")}`);
  }

  /** @param {"up" | "down"} way @param {Span[]} lane */
  _words(way, lane) {
    const { t, time } = this.language;
    const steps = lane.map(({ fromMs, level }) => `${time(fromMs)} ${levelWord(level, t)}`);
    return `${t(way === "up" ? "linkUp" : "linkDown")}: ${steps.join(", ")}.`;
  }
}

/**
 * What held when, within the strip.
 * @param {LevelChange[]} changes of one direction
 * @param {number} nowMs
 * @returns {Span[]}
 */
export function spans(changes, nowMs) {
  const start = nowMs - SPAN_MS;
  return changes
    .map(({ atMs, level }, place) => ({ fromMs: Math.max(start, atMs), untilMs: changes[place + 1]?.atMs ?? nowMs, level }))
    .filter(({ fromMs, untilMs }) => untilMs > fromMs);
}

/** @param {Span} span @param {number} top @param {number} nowMs */
function box({ fromMs, untilMs, level }, top, nowMs) {
  const x = (/** @type {number} */ atMs) => WIDTH * (1 - (nowMs - atMs) / SPAN_MS);
  const height = LEAST + ((LANE - LEAST) * barsOf(level)) / 4;
  return svgElement("rect", {
    x: x(fromMs).toFixed(1), y: (top + LANE - height).toFixed(1), width: Math.max(1, x(untilMs) - x(fromMs)).toFixed(1), height: height.toFixed(1), class: flowOf(level),
  });
}
