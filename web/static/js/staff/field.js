// One field of a form: its label, what it is for, and what is wrong with it, tied together for screen readers.

import { element, setText } from "../view/element.js";

let made = 0;

export class Field {
  /** @param {Translate} t @param {FieldOptions} options */
  constructor(t, options) {
    const id = `field-${(made += 1)}`;
    this.name = options.name;
    this.kind = options.kind || "text";
    this.error = element("p", { class: "field-error", id: `${id}-error`, hidden: true });
    const hint = options.hint ? element("p", { class: "field-hint", id: `${id}-hint` }, options.hint) : null;
    const described = [hint && hint.id, this.error.id].filter(Boolean).join(" ");
    this.input = inputOf(options, { id, name: options.name, "aria-describedby": described, "data-testid": options.testId, lang: options.lang });
    this.input.addEventListener("input", () => this.fault(""));
    const label = element("label", { for: id }, options.label, options.required || this.kind === "checkbox" ? "" : element("span", { class: "optional" }, ` ${t("optional")}`));
    const control = this.kind === "password" ? withReveal(t, this.input) : this.input;
    const parts = this.kind === "checkbox" ? [element("div", { class: "check" }, this.input, label)] : [label, ...(hint ? [hint] : []), control];
    this.root = element("div", { class: "field" }, ...parts, ...(hint && this.kind === "checkbox" ? [hint] : []), this.error);
  }

  get value() {
    if (this.input instanceof HTMLInputElement && this.kind === "checkbox") return this.input.checked;
    return this.input.value;
  }

  set value(value) {
    if (this.input instanceof HTMLInputElement && this.kind === "checkbox") this.input.checked = Boolean(value);
    else this.input.value = String(value ?? "");
  }

  /** Says what is wrong with it; nothing with "". @param {string} message */
  fault(message) {
    setText(this.error, message);
    this.error.hidden = !message;
    if (message) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

/** @param {FieldOptions} options @param {Attributes} common */
function inputOf({ kind = "text", value, choices = [], autocomplete, readonly, required, rows = 4 }, common) {
  const attributes = { ...common, autocomplete, readonly, "aria-required": Boolean(required) && "true" };
  if (kind === "textarea") return element("textarea", { ...attributes, rows }, String(value ?? ""));
  if (kind === "select") {
    const options = choices.map(([code, label]) => element("option", { value: code, selected: code === value }, label));
    return element("select", attributes, ...options);
  }
  if (kind === "checkbox") return element("input", { ...common, type: "checkbox", checked: Boolean(value) });
  if (kind === "code") return element("input", { ...attributes, type: "text", autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: "false" });
  const plain = kind === "text" || kind === "password" ? {} : { inputmode: kind === "number" ? "numeric" : kind };
  const own = kind === "number" ? "text" : kind;
  return element("input", { ...attributes, ...plain, type: own, value: value === undefined ? null : String(value), spellcheck: kind === "password" ? "false" : null });
}

/** Long passwords are typed better when they are seen. @param {Translate} t @param {HTMLElement} input */
function withReveal(t, input) {
  const button = element("button", { type: "button", class: "reveal quiet", "aria-pressed": "false", onclick: () => {
    const shown = input.getAttribute("type") === "text";
    input.setAttribute("type", shown ? "password" : "text");
    button.setAttribute("aria-pressed", String(!shown));
  } }, t("showPassword"));
  return element("div", { class: "with-reveal" }, input, button);
}
