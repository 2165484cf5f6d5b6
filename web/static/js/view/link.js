// A patient's link as a physician sees it: both ways with what they carry, the last minutes as a strip, and the one limit
// that a human may set.

import { gradeOf } from "../quality.js";
import { element, setText } from "./element.js";
import { Bars } from "./gauge.js";
import { levelWord } from "./history.js";
import { Strip } from "./strip.js";

export class LinkPanel {
  /** @param {Language} language @param {(hold: Kind) => void} onHold */
  constructor(language, onHold) {
    const { t } = language;
    this.t = t;
    this.decimal = language.decimal;
    this.title = element("h2");
    this.grade = element("span", { class: "grade" });
    this.up = new Way(t, "up");
    this.down = new Way(t, "down");
    this.strip = new Strip(language);
    this.hold = element("select", { "data-testid": "hold", onchange: () => onHold(/** @type {Kind} */ (this.hold.value)) },
      element("option", { value: "video" }, t("holdNone")), element("option", { value: "voice" }, t("holdVoice")), element("option", { value: "text" }, t("holdText")));
    this.held = "video";
    this.root = element("section", { class: "card link", "data-testid": "link", hidden: true },
      element("div", { class: "link-head" }, this.title, this.grade, element("label", { class: "hold" }, t("hold"), this.hold)),
      element("div", { class: "link-body" }, element("dl", { class: "link-ways" }, ...this.up.rows, ...this.down.rows), this.strip.root));
  }

  /** @param {Session} session @param {Seat | undefined} seat whose link */
  update(session, seat) {
    this.root.hidden = !seat || !session.wanted;
    if (!seat) return;
    const quality = seat.path_lost ? undefined : session.quality.get(seat.id);
    setText(this.title, this.t("linkOf", { name: seat.name }));
    setText(this.grade, this._grade(seat, quality));
    this.up.update(seat.up_level, quality && { bps: quality.up_capacity_bps || quality.up_bps, loss: quality.up_loss });
    this.down.update(seat.down_level, quality && { bps: quality.down_capacity_bps || quality.down_bps, loss: quality.down_loss });
    this.strip.update(session.state.levels.filter((change) => change.seat === seat.id), Date.now());
    this._showHold(session.me?.hold || "video");
  }

  /** @param {Seat} seat @param {Quality | undefined} quality */
  _grade(seat, quality) {
    const grade = seat.present ? gradeOf(quality, seat.path_lost) : null;
    const word = this.t(grade ? /** @type {Key} */ (`link${grade}`) : "linkUnknown");
    if (!quality || !seat.present || quality.rtt_ms === null) return word;
    return `${word} · ${this.t("linkRound", { seconds: this.decimal(quality.rtt_ms / 1000) })}`;
  }

  /** A choice that is under way is not taken back by what the server said before it. @param {Kind} hold */
  _showHold(hold) {
    if (hold === this.held) return;
    this.held = hold;
    this.hold.value = hold;
  }
}

/** One direction: arrow and bars, the rung in a word, and two numbers. */
class Way {
  /** @param {Translate} t @param {"up" | "down"} way */
  constructor(t, way) {
    this.t = t;
    this.bars = new Bars(way);
    this.word = element("strong");
    this.numbers = element("span", { class: "numbers" });
    this.rows = [element("dt", {}, this.bars.root, t(way === "up" ? "linkUp" : "linkDown")), element("dd", {}, this.word, " ", this.numbers)];
  }

  /** @param {Level} level @param {{bps: number, loss: number} | undefined} measured */
  update(level, measured) {
    this.bars.show(level);
    setText(this.word, levelWord(level, this.t));
    setText(this.numbers, measured ? this.t("linkNumbers", { rate: rounded(measured.bps / 1000), loss: percent(measured.loss) }) : "");
  }
}

/** Two digits are all that an estimate holds. @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(2));
}

/** @param {number} share */
function percent(share) {
  return share > 0 && share < 0.01 ? "<1" : String(Math.round(share * 100));
}
