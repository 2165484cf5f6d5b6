// What is said of the ladder: one short sentence that blames nobody, stays long enough to be read, and is said once.

import { strainOf } from "../levels.js";

const SETTLED_MS = 400; // both ways often change one right after the other
const READABLE_MS = 4_000;
const NEWS_MS = 7_000;
/** @type {Kind[]} */
const FLOWS = ["video", "voice", "text"];

/**
 * @param {Strain} strain
 * @param {string} name the one whom this page is about
 * @param {Translate} t
 */
export function sentenceOf({ who, mine, way, flow, cause, oneWay }, name, t) {
  const of = mine ? "" : "Of";
  const say = (/** @type {string} */ key) => t(/** @type {Key} */ (key), { name: mine ? name : who.name, how: t(flow === "text" ? "onlyText" : "onlyVoice") });
  if (oneWay) return say(`deaf${way}${of}${way === "up" && !mine && oneWay === "video" ? "Sees" : ""}`);
  if (cause === "start") return t("causestart");
  const why = say(`cause${cause}${of}`);
  if (cause === "held") return `${why}.`;
  const then = flow === "text" ? t("thenText") : way === "both" ? t("thenVoice") : say(`voice${way}${of}`);
  return `${why}: ${then}.`;
}

/** Says what holds, and what became better; the page asks again when `onDue` says that there is something else to show. */
export class Sentence {
  /**
   * @param {Translate} t
   * @param {() => void} onDue
   * @param {{now: () => number, later: (act: () => void, ms: number) => void}} [clock]
   */
  constructor(t, onDue, clock = { now: () => performance.now(), later: (act, ms) => void setTimeout(act, ms) }) {
    this.t = t;
    this.onDue = onDue;
    this.clock = clock;
    this.last = /** @type {Strain | null} */ (null);
    this.news = { text: "", until: 0 };
    this.wanted = this.shown = "";
    this.wantedAt = this.since = -Infinity;
    this.due = 0;
  }

  /** @param {Session} session @param {string} name @returns {string} empty when there is nothing to say */
  of(session, name) {
    const now = this.clock.now();
    const strain = session.phase === "in-call" ? strainOf(session) : null;
    if (session.phase === "in-call") this._compare(strain, now);
    const wanted = this.news.until > now ? this.news.text : strain ? sentenceOf(strain, name, this.t) : "";
    if (wanted !== this.wanted) [this.wanted, this.wantedAt] = [wanted, now];
    if (wanted === this.shown) return this.shown;
    const from = Math.max(this.wantedAt + SETTLED_MS, this.shown ? this.since + READABLE_MS : 0);
    if (now < from) this._again(from);
    else [this.shown, this.since] = [wanted, now];
    return this.shown;
  }

  /** @param {Strain | null} strain @param {number} now */
  _compare(strain, now) {
    const [was, is] = [FLOWS.indexOf(this.last?.flow || "video"), FLOWS.indexOf(strain?.flow || "video")];
    if (is > was) this.news.until = 0;
    if (is < was && this.shown && this.last?.cause !== "start") this._tell(strain, now);
    this.last = strain;
  }

  /** @param {Strain | null} strain @param {number} now */
  _tell(strain, now) {
    const wished = this.last?.cause === "held" || this.last?.cause === "saving";
    const text = this.t(strain ? (wished ? "backAllowed" : "backToVoice") : wished ? "backAllowed" : "backToVideo");
    this.news = { text, until: now + NEWS_MS };
    this._again(this.news.until);
  }

  /** @param {number} at */
  _again(at) {
    if (this.due === at) return;
    this.due = at;
    this.clock.later(() => this.onDue(), Math.max(0, at - this.clock.now()) + 1);
  }
}
