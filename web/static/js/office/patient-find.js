// Finds a patient while one types: by a document in any spelling, a phone, or a name; also through the guardian.

import { element, setText } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { Field } from "../staff/field.js";
import { patientLines } from "./patient-line.js";

const PAUSE_MS = 300;
const SHOWN = 8;

export class FindPatient {
  /** @param {Office} office @param {(patient: PatientView) => void} onPatient @param {() => void} onNew */
  constructor({ staff, dates }, onPatient, onNew) {
    this.t = staff.t;
    this.api = staff.api;
    this.dates = dates;
    this.onPatient = onPatient;
    this.asked = 0;
    this.timer = /** @type {Timer | undefined} */ (undefined);
    this.field = new Field(this.t, { name: "find", label: this.t("findPatient"), hint: this.t("findPatientHint"), required: true, autocomplete: "off", testId: "find" });
    this.field.input.setAttribute("type", "search");
    this.field.input.addEventListener("input", () => this.later());
    this.told = element("p", { class: "hint", role: "status", "data-testid": "found" });
    this.list = element("ul", { class: "rows found" });
    const fresh = element("button", { class: "secondary", type: "button", "data-testid": "new-patient", onclick: onNew }, this.t("newPatient"));
    this.root = element("div", { class: "form" }, this.field.root, this.told, this.list, element("div", { class: "buttons" }, fresh));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.find(), PAUSE_MS);
  }

  async find() {
    const asked = (this.asked += 1);
    const text = String(this.field.value).trim();
    if (text.length < 2) return this.show([], "");
    try {
      const { patients } = await this.api.post("/patients/find", { text });
      if (asked === this.asked) this.show(patients, patients.length ? this.t("foundSome", { count: patients.length }) : this.t("foundNone"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (asked === this.asked) this.show([], Object.values(error.fields)[0] || error.message);
    }
  }

  /** @param {PatientView[]} patients @param {string} told */
  show(patients, told) {
    setText(this.told, told);
    this.list.replaceChildren(...patients.slice(0, SHOWN).map((patient) => element("li", {},
      element("button", { class: "found-one", type: "button", "data-testid": "found-one", onclick: () => this.onPatient(patient) }, patientLines(this.t, this.dates, patient)))));
  }
}
