// A form that asks the API: sent once at a time, and what is refused is said where it was typed. Nothing typed is cleared.

import { element, setText } from "../view/element.js";
import { ApiError } from "./api.js";
import { Field } from "./field.js";

export class Form {
  /** @param {FormOptions} options */
  constructor({ t, fields, submit, send, cancel, testId }) {
    this.t = t;
    this.send = send;
    this.fields = /** @type {Field[]} */ (fields.filter((each) => each instanceof Field));
    this.alert = element("p", { class: "form-error", role: "alert" });
    this.button = element("button", { class: "primary", type: "submit", "data-testid": testId ? `${testId}-send` : null }, submit);
    const buttons = element("div", { class: "buttons" }, this.button);
    if (cancel) buttons.append(element("button", { class: "secondary", type: "button", onclick: cancel.press }, cancel.label));
    const parts = fields.map((each) => (each instanceof Field ? each.root : each));
    this.root = element("form", { class: "form", novalidate: true, "data-testid": testId, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.submit();
    } }, ...parts, this.alert, buttons);
  }

  /** What stands in the fields, by name. @returns {FormValues} */
  get values() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
  }

  async submit() {
    if (this.button.disabled) return;
    this.button.disabled = true;
    this.button.setAttribute("aria-busy", "true");
    this.clear();
    try {
      await this.send(this.values);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.button.disabled = false;
      this.show(error);
    } finally {
      this.button.disabled = false;
      this.button.removeAttribute("aria-busy");
    }
  }

  clear() {
    setText(this.alert, "");
    for (const field of this.fields) field.fault("");
  }

  /** At the fields that it names, and the rest beside the button. @param {ApiError} error */
  show(error) {
    const named = this.fields.filter((field) => error.fields[field.name]);
    for (const field of named) field.fault(error.fields[field.name]);
    const others = Object.entries(error.fields).filter(([name]) => !named.some((field) => field.name === name));
    setText(this.alert, [error.message, ...others.map(([name, message]) => `${name}: ${message}`)].join(" "));
    named[0]?.input.focus();
  }
}
