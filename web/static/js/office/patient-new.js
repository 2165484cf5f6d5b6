// Takes in a new patient, or finds out that they are here already: then a human looks at who it may be.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { Form } from "../staff/form.js";
import { PatientFields } from "./patient-form.js";
import { patientLines } from "./patient-line.js";

export class NewPatient {
  /** @param {Office} office @param {(patient: PatientView) => void} onPatient @param {() => void} onCancel */
  constructor({ staff, dates }, onPatient, onCancel) {
    const { t, api, language } = staff;
    this.t = t;
    this.api = api;
    this.dates = dates;
    this.onPatient = onPatient;
    this.seen = /** @type {string[]} */ ([]);
    this.fields = new PatientFields(t, language.lang);
    this.alike = element("section", { class: "alike", hidden: true, tabindex: "-1", "aria-label": t("alikeTitle"), "data-testid": "alike" });
    this.form = new Form({ t, fields: [this.fields.root], submit: t("registerPatient"), testId: "patient", cancel: { label: t("back"), press: onCancel }, send: () => this.send() });
    this.form.fields = this.fields.all;
    this.root = element("div", { class: "form" }, this.alike, this.form.root);
    this.fields.root.addEventListener("input", () => this.forget());
  }

  async send() {
    const typed = this.fields.value;
    try {
      this.onPatient(await this.api.post("/patients", { ...typed, not_these: this.seen }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== "patient-known" && error.code !== "patient-alike") {
        this.fields.place(error);
        throw error;
      }
      const { alike } = await this.api.post("/patients/recognise", typed);
      this.show(alike, error);
    }
  }

  /** @param {Alike[]} alike @param {ApiError} error */
  show(alike, error) {
    const rows = alike.map((each) => this.row(each));
    const other = element("button", { class: "secondary", type: "button", "data-testid": "none-of-these", onclick: () => {
      this.seen = alike.map(({ patient }) => patient.id);
      this.alike.hidden = true;
      void this.form.submit();
    } }, this.t("noneOfThese"));
    this.alike.replaceChildren(element("h3", {}, this.t("alikeTitle")), element("p", {}, error.message), element("ul", { class: "rows" }, ...rows), ...(error.code === "patient-alike" ? [other] : []));
    this.alike.hidden = false;
    this.alike.focus();
    this.alike.scrollIntoView({ block: "nearest" });
  }

  /** @param {Alike} alike */
  row({ patient, differences, sure }) {
    const differs = differences.map((each) => this.t(/** @type {Key} */ (`differs${each}`))).join(" ");
    const choose = element("button", { class: sure ? "primary" : "secondary", type: "button", "data-testid": "it-is", onclick: () => this.onPatient(patient) }, this.t("itIsThisOne"));
    return element("li", { class: "row" }, element("div", { class: "row-text" }, patientLines(this.t, this.dates, patient), ...(differs ? [element("p", { class: "field-error" }, differs)] : [])), choose);
  }

  /** What was said of who is alike holds for what was typed then. */
  forget() {
    this.seen = [];
    this.alike.hidden = true;
  }
}
