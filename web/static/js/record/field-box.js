/// <reference path="../../../record.d.ts" />
// One field of the form: its heading, its editor, what is wrong with it, and the texts that stand beside it.

import { element, setText } from "../view/element.js";
import { Beside } from "./beside.js";
import { troubleOf } from "./field.js";
import { ImpressionsEditor } from "./impressions.js";
import { NextActionEditor } from "./next-action.js";
import { PrescriptionsEditor } from "./prescriptions.js";
import { TextEditor } from "./text-editor.js";
import { LABELS } from "./words.js";

/** @type {Record<RecordTrouble, Key>} */
const TROUBLES = { "too-long": "recordTooLong", "too-long-line": "recordTooLongLine", "too-many": "recordTooMany" };

export class FieldBox {
  /** @param {Language} language @param {RecordStoreType} store @param {RecordField} field @param {(query: string) => Diagnosis[]} search */
  constructor(language, store, field, search) {
    const { t } = language;
    this.t = t;
    this.store = store;
    this.field = field;
    const id = `record-${field}`;
    this.error = element("p", { class: "field-error", id: `${id}-error`, role: "alert" });
    this.beside = new Beside(language, store, field);
    this.editor = this.makeEditor(`${id}-error`, search);
    const label = field === "reason" || field === "instructions" ? element("label", { for: id }, t(LABELS[field])) : t(LABELS[field]);
    this.heading = element("h3", { id: `${id}-title` }, label);
    this.root = element("section", { class: "record-field", "aria-labelledby": `${id}-title`, "data-field": field }, this.heading, this.editor.root, this.error, this.beside.root);
  }

  /** @param {string} describedBy @param {(query: string) => Diagnosis[]} search */
  makeEditor(describedBy, search) {
    const { t, field } = this;
    const onInput = (/** @type {RecordValue} */ value) => this.store.write(field, value);
    switch (field) {
      case "impressions":
        return new ImpressionsEditor({ t, describedBy, search, onInput });
      case "prescriptions":
        return new PrescriptionsEditor({ t, describedBy, onInput });
      case "next_action":
        return new NextActionEditor({ t, describedBy, onInput });
      default:
        return new TextEditor({ id: `record-${field}`, rows: field === "reason" ? 2 : 4, placeholder: t(field === "reason" ? "recordReasonHint" : "recordInstructionsHint"), describedBy, onInput });
    }
  }

  update() {
    const value = this.store.value(this.field);
    this.editor.set(value);
    this.editor.lock(!this.store.mayWrite);
    const trouble = troubleOf(value);
    setText(this.error, trouble ? this.t(TROUBLES[trouble]) : this.store.refused[this.field] || "");
    this.root.classList.toggle("wrong", Boolean(this.error.textContent));
    this.beside.update();
  }

  focus() {
    this.root.scrollIntoView({ block: "center" });
    this.editor.first.focus();
  }
}
