/// <reference path="../../../record.d.ts" />
// The links of a visit as a picture: for each person and each way the rung over time, and beside it, while the visit lasts,
// what the link carries and what it loses. The same in words, and as a list of all steps.

import { element, svgElement } from "../view/element.js";
import { levelWord } from "../view/history.js";
import { LEVELS, Samples, WAYS, heightOf, kindOf, sharesOf, stretches } from "./lanes.js";

const [WIDTH, HEIGHT, LOSSES] = [600, 64, 14]; // losses hang from the top, rungs stand on the ground
const MINUTE = 60_000;
const EVERY_MS = 2_000; // a picture that moves is drawn no more often

export class LinkPicture {
  /** @param {Language} language */
  constructor(language) {
    this.language = language;
    this.samples = new Samples();
    this.seen = /** @type {Map<string, Quality>} */ (new Map());
    this.drawnAtMs = 0;
    this.root = element("section", { class: "link-picture", "aria-label": language.t("pictureTitle"), "data-testid": "link-picture" });
  }

  /** A visit that was, from its record. @param {VisitView} visit */
  showVisit({ seats, steps }) {
    const until = steps.at(-1)?.at_ms ?? 0;
    const named = seats.map(({ id, role }) => ({ id, name: this.language.t(/** @type {Key} */ (`seat_${role}`)) }));
    this.draw(named, steps, until);
  }

  /** The visit that is, from the physician's session; call it at every change. @param {Session} session @param {number} nowMs */
  showSession(session, nowMs = Date.now()) {
    for (const [seat, quality] of session.quality) {
      if (this.seen.get(seat) !== quality) this.samples.add(quality, nowMs);
      this.seen.set(seat, quality);
    }
    if (nowMs - this.drawnAtMs < EVERY_MS) return;
    this.drawnAtMs = nowMs;
    const steps = session.state.levels.map(({ atMs, ...step }) => ({ ...step, type: /** @type {const} */ ("level_changed"), at_ms: atMs }));
    const seats = (session.state.consultation?.seats || []).filter(({ present }) => present);
    this.draw(seats, steps, nowMs);
  }

  /** @param {{id: string, name: string}[]} seats @param {VisitStep[]} steps @param {number} untilMs */
  draw(seats, steps, untilMs) {
    const { t } = this.language;
    const from = Math.min(...steps.filter(({ type }) => type !== "ended").map(({ at_ms }) => at_ms));
    const charts = Number.isFinite(from) && untilMs > from ? seats.flatMap((seat) => WAYS.map((way) => this.chart(seat, way, steps, from, untilMs))) : [];
    const shown = charts.filter((chart) => chart !== null);
    if (!shown.length) return this.root.replaceChildren(element("p", { class: "hint" }, t("pictureNone")));
    const open = this.root.querySelector("details")?.open;
    this.root.replaceChildren(this.legend(), ...shown, this.list(seats, steps, Boolean(open)));
  }

  /**
   * @param {{id: string, name: string}} seat @param {"up" | "down"} way @param {VisitStep[]} steps
   * @param {number} fromMs @param {number} untilMs
   */
  chart(seat, way, steps, fromMs, untilMs) {
    const lane = stretches(steps, seat.id, way, untilMs);
    if (!lane.length) return null;
    const { t, time } = this.language;
    const samples = this.samples.of(seat.id, way);
    const title = t(way === "up" ? "pictureUp" : "pictureDown", { name: seat.name });
    const x = (/** @type {number} */ atMs) => (WIDTH * (Math.max(atMs, fromMs) - fromMs)) / (untilMs - fromMs);
    const picture = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + LOSSES}`, class: "lane", role: "img", preserveAspectRatio: "none", "aria-label": `${title}. ${this.words(lane, samples)}` });
    picture.append(...lane.map((each) => stretchBox(each, x)), ...lossBoxes(samples, x), ...rateLine(samples, x));
    const axis = element("div", { class: "lane-axis", "aria-hidden": "true" }, ...["video", "voice", "text"].map((kind) => element("span", {}, t(/** @type {Key} */ (`kind_${kind}`)))));
    const ends = element("div", { class: "lane-ends", "aria-hidden": "true" }, element("span", {}, time(fromMs)), element("span", {}, time(untilMs)));
    return element("figure", { class: "lane-box" }, element("figcaption", {}, element("strong", {}, title), " ", element("span", { class: "hint" }, this.words(lane, samples))), element("div", { class: "lane-picture" }, axis, picture), ends);
  }

  /** @param {import("./lanes.js").Stretch[]} lane @param {import("./lanes.js").Sample[]} samples */
  words(lane, samples) {
    const { t } = this.language;
    const shares = Object.entries(sharesOf(lane)).filter(([, ms]) => ms > 0).map(([kind, ms]) => `${t(/** @type {Key} */ (`kind_${kind}`))} ${this.span(ms)}`);
    const last = samples.at(-1);
    const now = last ? ` · ${t("pictureNow", { rate: Math.round(last.bps / 1000), loss: Math.round(last.loss * 100) })}` : "";
    return `${shares.join(", ")}${now}`;
  }

  /** @param {number} ms */
  span(ms) {
    return ms < MINUTE ? this.language.t("pictureSeconds", { seconds: Math.round(ms / 1000) }) : this.language.t("pictureMinutes", { minutes: Math.round(ms / MINUTE) });
  }

  legend() {
    const { t } = this.language;
    const entries = /** @type {[string, Key][]} */ ([["of-rung", "pictureRung"], ["of-rate", "pictureRate"], ["of-loss", "pictureLoss"], ["of-away", "pictureAway"]]);
    const shown = this.seen.size ? entries : entries.filter(([name]) => name === "of-rung" || name === "of-away");
    return element("p", { class: "picture-legend", "aria-hidden": "true" }, ...shown.map(([name, words]) => element("span", { class: `picture-key ${name}` }, t(words))));
  }

  /** @param {{id: string, name: string}[]} seats @param {VisitStep[]} steps @param {boolean} open */
  list(seats, steps, open) {
    const { t, time } = this.language;
    const name = (/** @type {string} */ id) => seats.find((seat) => seat.id === id)?.name || "";
    const items = steps.map((step) => element("li", {}, element("time", { datetime: new Date(step.at_ms).toISOString() }, time(step.at_ms)), " ", this.said(step, name(step.seat))));
    return element("details", { open }, element("summary", {}, t("pictureSteps")), element("ol", { class: "past-list" }, ...items));
  }

  /** @param {VisitStep} step @param {string} name */
  said({ type, direction, level, reason }, name) {
    const { t } = this.language;
    if (type !== "level_changed" || !level) return t(/** @type {Key} */ (`step_${type}`), { name });
    return `${t(direction === "up" ? "stepUp" : "stepDown", { name, what: levelWord(level, t) })} (${t(/** @type {Key} */ (`reason${reason}`))})`;
  }
}

/** @param {import("./lanes.js").Stretch} stretch @param {(atMs: number) => number} x */
function stretchBox({ fromMs, untilMs, level }, x) {
  const height = level ? 6 + ((HEIGHT - 6) * LEVELS.indexOf(level)) / (LEVELS.length - 1) : HEIGHT;
  return svgElement("rect", { class: `of-${kindOf(level)}`, x: x(fromMs).toFixed(1), y: (HEIGHT + LOSSES - height).toFixed(1), width: Math.max(0.8, x(untilMs) - x(fromMs)).toFixed(1), height: height.toFixed(1) });
}

/** @param {import("./lanes.js").Sample[]} samples @param {(atMs: number) => number} x */
function lossBoxes(samples, x) {
  return samples.filter(({ loss }) => loss >= 0.01).map(({ atMs, loss }) => svgElement("rect", { class: "of-loss", x: x(atMs).toFixed(1), y: "0", width: "2", height: (LOSSES * Math.min(1, loss * 3)).toFixed(1) }));
}

/** @param {import("./lanes.js").Sample[]} samples @param {(atMs: number) => number} x */
function rateLine(samples, x) {
  if (samples.length < 2) return [];
  const points = samples.map(({ atMs, bps }) => `${x(atMs).toFixed(1)},${(LOSSES + HEIGHT * (1 - heightOf(bps))).toFixed(1)}`);
  return [svgElement("polyline", { class: "of-rate", points: points.join(" "), "vector-effect": "non-scaling-stroke" })];
}
