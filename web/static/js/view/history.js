// Every step of the ladders in words, with its time and reason: part of the consultation, to be read during and after it.

import { element } from "./element.js";

/** @type {Record<Level, Key>} */
const WORDS = {
  V3: "levelVideo", V2: "levelVideo", V1: "levelSmall", V0: "levelSmall", A2: "levelVoice", A1: "levelVoice", A0: "levelThin", T: "levelText",
};

/** @param {Level} level @param {Translate} t */
export function levelWord(level, t) {
  return t(WORDS[level]);
}

export class History {
  /** @param {Language} language */
  constructor(language) {
    this.language = language;
    this.shown = 0;
    this.list = element("ol", { class: "history-list" });
    this.none = element("p", { class: "hint" }, language.t("historyNone"));
    this.root = element("details", { class: "card history", "data-testid": "rung-history" }, element("summary", {}, language.t("history")), this.none, this.list);
  }

  /** @param {Session} session */
  update({ state }) {
    for (const change of state.levels.slice(this.shown)) this.list.append(this._item(change, state.consultation?.seats || []));
    this.shown = state.levels.length;
    this.none.hidden = this.shown > 0;
  }

  /** @param {LevelChange} change @param {Seat[]} seats */
  _item({ atMs, seat, direction, level, reason }, seats) {
    const { t, time } = this.language;
    const name = seats.find(({ id }) => id === seat)?.name || "";
    const what = t(direction === "up" ? "historyUp" : "historyDown", { name, what: levelWord(level, t) });
    return element("li", {}, element("time", { datetime: new Date(atMs).toISOString() }, time(atMs)), element("span", {}, what, element("small", {}, t(/** @type {Key} */ (`reason${reason}`)))));
  }
}
