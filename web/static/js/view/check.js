// The second check of a link: one question before anything is shown. Loaded only where the clinic asks it.

import { Asking } from "../asking.js";

const TEXTS = { es: () => import("../texts/es-more.js"), en: () => import("../texts/en-more.js") };
/** @type {Record<string, Key>} */
const QUESTIONS = { "birth-year": "checkYear", "last-digits": "checkDigits" };

export class Check {
  /** @param {Language} language @param {Kit} kit @param {string} token @param {(proof: string) => void} passed */
  static async make(language, kit, token, passed) {
    const asking = new Asking(() => token, language.lang);
    const [{ data }] = await Promise.all([asking.ask("check"), language.add(TEXTS)]);
    return new Check(language.t, kit, asking, passed, data?.question || "birth-year");
  }

  /** @param {Translate} t @param {Kit} kit @param {Asking} asking @param {(proof: string) => void} passed @param {string} question */
  constructor(t, { element, setText }, asking, passed, question) {
    this.t = t;
    this.setText = setText;
    this.asking = asking;
    this.passed = passed;
    this.input = element("input", { inputmode: "numeric", required: true, maxlength: 20, autocomplete: "off", "data-testid": "check-answer", "aria-describedby": "check-fate" });
    this.fate = element("p", { id: "check-fate", role: "alert" });
    this.root = element("form", { class: "card fields", onsubmit: (/** @type {Event} */ event) => this._answer(event) },
      element("h1", { tabindex: "-1" }, t("checkTitle")), element("p", { class: "lead" }, t("checkLead")),
      element("label", {}, t(QUESTIONS[question]), this.input), this.fate,
      element("button", { class: "primary", "data-testid": "check-send" }, t("checkSend")));
  }

  /** @param {Event} event */
  async _answer(event) {
    event.preventDefault();
    this.setText(this.fate, "");
    const { ok, status, data } = await this.asking.ask("check", { method: "POST", body: { answer: this.input.value } });
    if (ok) return this.passed(data.proof);
    const left = data?.more?.left > 0 && data.code === "check-wrong" ? ` ${this.t("checkLeft", { left: data.more.left })}` : "";
    this.setText(this.fate, status ? data.message + left : this.t("checkOffline"));
    this.input.select();
  }
}
