/// <reference path="../../../console.d.ts" />
// What is known before the first word: who the patient is, whether they consented, what they answered.

import { ApiError } from "../staff/api.js";
import { element } from "../view/element.js";

export class Intake {
  /** @param {Staff} staff @param {string} visit */
  constructor(staff, visit) {
    this.staff = staff;
    this.visit = visit;
    this.facts = element("dl", { class: "facts" });
    this.answers = element("dl", { class: "answers" });
    this.root = element("section", { class: "card intake", "data-testid": "intake" }, element("h2", {}, staff.t("intakeTitle")), this.facts, element("h3", {}, staff.t("triageTitle")), this.answers);
  }

  /** Read anew each time that somebody looks: answers come until the visit begins. */
  async open() {
    try {
      this.show(/** @type {IntakeView} */ (await this.staff.api.get(`/consultations/${this.visit}/intake`, { once: true })));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!this.facts.children.length) this.facts.replaceChildren(...fact(this.staff.t("intakeTitle"), error.message));
    }
  }

  /** @param {IntakeView} intake */
  show({ age, sex, guardian, phones, consent, triage, triage_complete: complete }) {
    const { t, language } = this.staff;
    const person = [age === null ? "" : t("intakeAge", { age }), sex === "unknown" ? "" : t(/** @type {Key} */ (`sex_${sex}`))].filter(Boolean).join(", ");
    const given = consent?.given ? t("intakeConsent", { when: language.moment(consent.at || ""), by: consent.by }) : t("consentMissing");
    this.facts.replaceChildren(...fact(t("intakePatient"), person), ...fact(t("intakeGuardian"), guardian), ...fact(t("consent"), given), ...fact(t("intakePhones"), phones.join(", ")));
    const answers = triage.flatMap(({ question, answer, urgent }) => fact(question, answer, urgent));
    const state = triage.length ? [] : fact(t("triageState"), t("answersNone"));
    const partly = triage.length && !complete ? fact(t("triageState"), t("triagePartly")) : [];
    this.answers.replaceChildren(...answers, ...state, ...partly);
  }
}

/** @param {string} name @param {string} text an empty one is not shown @param {boolean} [urgent] */
function fact(name, text, urgent = false) {
  return text ? [element("div", { class: urgent ? "is-urgent" : "" }, element("dt", {}, name), element("dd", {}, text))] : [];
}
