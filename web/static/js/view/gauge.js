// How a call's ways are, in small: bars for what goes up and what comes down, and the data that were used.

import { barsOf, flowOf } from "../levels.js";
import { element, setText, svgElement } from "./element.js";

const ARROWS = { up: "M4.500 14V3M1 6.500L4.500 3 8 6.500", down: "M4.500 2v11M1 9.500L4.500 13 8 9.500" };
/** @type {Record<Kind, Key>} */
const FLOWS = { video: "rungVideo", voice: "rungVoice", text: "rungChat" };

/** Four bars beside an arrow; decorative: the words stand beside it. */
export class Bars {
  /** @param {"up" | "down"} way */
  constructor(way) {
    this.root = svgElement("svg", { viewBox: "0 0 30 16", class: "ways", "aria-hidden": "true" });
    this.root.append(svgElement("path", { d: ARROWS[way] }));
    this.bars = [0, 1, 2, 3].map((bar) => svgElement("rect", { x: `${11 + bar * 5}`, y: `${11 - bar * 3}`, width: "3.500", height: `${4 + bar * 3}`, rx: "1" }));
    this.root.append(...this.bars);
  }

  /** @param {string | undefined} level */
  show(level) {
    this.bars.forEach((bar, place) => bar.classList.toggle("on", place < barsOf(level)));
  }
}

/** Both ways of one seat's link. */
export class Gauge {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.up = new Bars("up");
    this.down = new Bars("down");
    this.words = element("span", { class: "hidden-text" });
    this.root = element("span", { class: "gauge" }, this.up.root, this.down.root, this.words);
  }

  /** @param {Seat | undefined} seat */
  update(seat) {
    this.up.show(seat?.up_level);
    this.down.show(seat?.down_level);
    const [up, down] = [flowOf(seat?.up_level), flowOf(seat?.down_level)];
    setText(this.words, this.t("gauge", { up: this.t(FLOWS[up]), down: this.t(FLOWS[down]) }));
  }
}

/** How much the call has used so far: quiet, and always there. */
export class DataMeter {
  /** @param {Language} language */
  constructor({ t, megabytes }) {
    this.megabytes = megabytes;
    this.amount = element("span");
    this.root = element("span", { class: "data-meter", "data-testid": "data-meter" }, this.amount, element("span", { class: "hidden-text" }, ` ${t("dataUsed")}`));
  }

  /** @param {Session} session */
  update({ dataBytes }) {
    setText(this.amount, this.megabytes(dataBytes));
  }
}

/** "Save data": voice instead of video, at a patient's own wish. */
export class DataSaver {
  /** @param {Translate} t @param {Session} session */
  constructor(t, session) {
    this.told = false;
    this.box = element("input", { type: "checkbox", role: "switch", "data-testid": "save-data", onchange: () => this._wish(session) });
    this.root = element("label", { class: "saver" }, element("span", {}, element("strong", {}, t("saveData")), " ", element("small", {}, t("saveDataHint"))), this.box);
  }

  /** @param {Session} session */
  update(session) {
    const saving = Boolean(session.me?.save_data);
    // A wish that is under way is not taken back by what the server said before it.
    if (this.told !== saving) this.box.checked = this.told = saving;
  }

  /** @param {Session} session */
  _wish(session) {
    session.setPreference({ saveData: this.box.checked });
  }
}
