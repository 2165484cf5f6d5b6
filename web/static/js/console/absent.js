/// <reference path="../../../console.d.ts" />
// Nobody came: whose no-show it seems to be, and the physician's word on it.

import { openDialog } from "../staff/dialog.js";
import { Field } from "../staff/field.js";
import { Form } from "../staff/form.js";
import { element, setText } from "../view/element.js";

/** @type {Absence[]} */
const WHOSE = ["patient", "technical", "physician"];

export class Absent {
  /** @param {Staff} staff @param {string} visit @param {() => void} onDone */
  constructor(staff, visit, onDone) {
    this.staff = staff;
    this.visit = visit;
    this.onDone = onDone;
    this.suggested = /** @type {Absence} */ ("patient");
    this.why = element("p");
    this.mark = element("button", { class: "secondary", type: "button", "data-testid": "no-show", onclick: () => this.open() }, staff.t("noShow"));
    this.root = element("section", { class: "card absent", hidden: true }, this.why, element("div", { class: "buttons" }, this.mark));
  }

  /** @param {QueueVisit} visit */
  update({ stage, starts_at: startsAt, suggestion, absence }) {
    const { t } = this.staff;
    const late = Date.parse(startsAt) < Date.now();
    this.root.hidden = !(stage === "missed" || (late && (stage === "expected" || (stage === "waiting" && suggestion))));
    this.suggested = absence || suggestion?.absence || "patient";
    const because = suggestion ? t(/** @type {Key} */ (`because_${suggestion.because.replaceAll("-", "_")}`)) : t("absentYet");
    setText(this.why, stage === "missed" ? t(/** @type {Key} */ (`absence_${absence || "patient"}`)) : because);
    setText(this.mark, t(stage === "missed" ? "noShowCorrect" : "noShow"));
  }

  open() {
    const { t, api } = this.staff;
    const whose = new Field(t, { name: "absence", label: t("noShowWhose"), kind: "select", choices: WHOSE.map((each) => /** @type {[string, string]} */ ([each, t(/** @type {Key} */ (`absence_${each}`))])), value: this.suggested, required: true, testId: "absence" });
    const form = new Form({ t, submit: t("noShowSend"), testId: "no-show", fields: [whose], send: async (values) => {
      await api.post(`/appointments/${this.visit}/no-show`, values);
      dialog.close();
      this.onDone();
    } });
    const dialog = openDialog(t, t("noShow"), [element("p", { class: "hint" }, t("noShowExplain")), form.root], { testId: "no-show-dialog" });
    whose.input.focus();
  }
}

