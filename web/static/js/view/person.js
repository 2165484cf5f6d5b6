// What a physician sees of one other seat: who, why, when, consent, and how the link is, as a small picture with words.

import { gradeOf } from "../quality.js";
import { element, setText, svgElement } from "./element.js";

const BARS = { lost: 0, weak: 1, fair: 2, good: 4 };

export class Person {
  /** @param {Language} language @param {() => void} onAdmit */
  constructor(language, onAdmit) {
    this.language = language;
    const { t } = language;
    this.role = element("p", { class: "role" });
    this.name = element("h2");
    this.waits = element("p", { class: "waits" }, t("waitingNow"));
    this.admit = element("button", { class: "primary", type: "button", "data-testid": "admit", onclick: onAdmit });
    this.rows = /** @type {Record<string, HTMLElement>} */ ({});
    this.bars = svgElement("svg", { viewBox: "0 0 24 16", class: "signal", "aria-hidden": "true" });
    [0, 1, 2, 3].forEach((bar) => this.bars.append(svgElement("rect", { x: `${bar * 6}`, y: `${12 - bar * 4}`, width: "4", height: `${4 + bar * 4}`, rx: "1" })));
    this.grade = element("span");
    const facts = element("dl", {}, ...this._row("reason"), ...this._row("time"), ...this._row("presence"), ...this._row("consent"),
      ...this._row("devices"), ...this._row("linkQuality"));
    this.rows.linkQuality.append(element("span", { class: "grade" }, this.bars, this.grade));
    this.root = element("section", { class: "card person" }, element("div", { class: "person-head" }, element("div", {}, this.role, this.name), this.waits), this.admit, facts);
  }

  /** @param {Session} session @param {Seat} seat @param {boolean} [mayAdmit] false: another call goes on */
  update(session, seat, mayAdmit = true) {
    const { t, moment } = this.language;
    const { consultation, arrivedAtMs } = session.state;
    if (!consultation) return;
    setText(this.role, this._role(seat));
    setText(this.name, seat.name);
    const waits = mayBeAdmitted(seat);
    this.admit.hidden = this.waits.hidden = !waits;
    this.admit.disabled = !mayAdmit;
    this.root.classList.toggle("is-waiting", waits);
    setText(this.admit, t("admit", { name: seat.name }));
    this._set("reason", seat.role === "patient" ? consultation.reason : "");
    this._set("time", seat.role === "patient" ? moment(consultation.starts_at) : "");
    this._set("presence", this._presence(seat, arrivedAtMs[seat.id]));
    this._set("consent", t(seat.consented ? "consentGiven" : "consentMissing"));
    this._set("devices", seat.present ? this._devices(seat) : "");
    this._showLink(seat, session.quality.get(seat.id));
  }

  /** @param {Seat} seat */
  _role({ role, language }) {
    if (role === "physician") return this.language.t("colleaguePanel");
    if (role === "patient") return this.language.t("patientPanel");
    return language ? this.language.t("interpreterPanel", { language: languageName(language, this.language.lang) }) : this.language.t("companionPanel");
  }

  /** @param {Key} key @returns {HTMLElement[]} */
  _row(key) {
    const value = element("dd");
    this.rows[key] = value;
    return [element("div", { "data-row": key }, element("dt", {}, this.language.t(key)), value)];
  }

  /** @param {string} key @param {string} text an empty fact is not shown */
  _set(key, text) {
    const value = this.rows[key];
    setText(value, text);
    /** @type {HTMLElement} */ (value.parentElement).hidden = !text;
  }

  /** @param {Seat} seat @param {number | undefined} arrivedAtMs */
  _presence(seat, arrivedAtMs) {
    const { t, time } = this.language;
    if (seat.path_lost) return t("presenceLost");
    if (seat.present) return t("presenceIn");
    if (seat.arrived && seat.admitted) return t(seat.problem === "unsupported" ? "presenceChat" : "presenceAdmitted");
    if (seat.arrived) return arrivedAtMs ? t("presenceWaiting", { time: time(arrivedAtMs) }) : t("waitingNow");
    return t(seat.admitted ? "presenceLeft" : "presenceNotYet");
  }

  /** @param {Seat} seat */
  _devices({ audio, video, problem }) {
    const { t } = this.language;
    const devices = t(audio ? (video ? "devicesFine" : "devicesVoice") : video ? "devicesVideo" : "devicesNone");
    return problem ? t(/** @type {Key} */ (`devices${problem}`), { devices }) : devices;
  }

  /** @param {Seat} seat @param {Quality | undefined} quality */
  _showLink(seat, quality) {
    const { t } = this.language;
    const grade = seat.present ? gradeOf(quality, seat.path_lost) : null;
    /** @type {HTMLElement} */ (this.rows.linkQuality.parentElement).hidden = !seat.present;
    setText(this.grade, t(grade ? /** @type {Key} */ (`link${grade}`) : "linkUnknown"));
    [...this.bars.children].forEach((bar, place) => bar.classList.toggle("on", grade !== null && place < BARS[grade]));
  }
}

/** Of Venezuela, and unknown to browsers. @type {Record<string, Record<Lang, string>>} */
const LANGUAGES = {
  guc: { es: "wayuunaiki", en: "Wayuu" }, wba: { es: "warao", en: "Warao" }, aoc: { es: "pemón", en: "Pemon" }, pid: { es: "piaroa", en: "Piaroa" },
  guu: { es: "yanomami", en: "Yanomami" }, car: { es: "kariña", en: "Kariña" }, vsl: { es: "lengua de señas venezolana", en: "Venezuelan Sign Language" },
};

/** @param {string} code BCP 47 @param {Lang} lang */
export function languageName(code, lang) {
  if (LANGUAGES[code]) return LANGUAGES[code][lang];
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) || code;
  } catch {
    return code;
  }
}

/** @param {Seat} seat */
export function mayBeAdmitted(seat) {
  return seat.arrived && seat.consented && !seat.admitted;
}
