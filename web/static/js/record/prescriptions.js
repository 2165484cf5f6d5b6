/// <reference path="../../../record.d.ts" />
// Medications: what the pharmacist and the patient must be able to follow, one box each.

import { freshId } from "../staff/api.js";
import { element, icon } from "../view/element.js";
import { same } from "./field.js";

/** @type {[keyof Prescription, Key, string][]} */
const PARTS = [
  ["medication", "rxMedication", ""],
  ["dose", "rxDose", "rx-doses"],
  ["route", "rxRoute", "rx-routes"],
  ["frequency", "rxFrequency", "rx-frequencies"],
  ["duration", "rxDuration", "rx-durations"],
  ["note", "rxNote", ""],
];
/** @type {[string, Key][]} */
const OFFERED = [["rx-doses", "rxDoses"], ["rx-routes", "rxRoutes"], ["rx-frequencies", "rxFrequencies"], ["rx-durations", "rxDurations"]];

export class PrescriptionsEditor {
  /** @param {{t: Translate, describedBy: string, onInput: (value: Prescription[]) => void}} options */
  constructor({ t, describedBy, onInput }) {
    this.t = t;
    this.onInput = onInput;
    this.value = /** @type {Prescription[]} */ ([]);
    this.list = element("ol", { class: "record-items" });
    this.more = element("button", { type: "button", class: "secondary", "aria-describedby": describedBy, "data-testid": "add-medication", onclick: () => this.add() }, t("rxAdd"));
    this.first = this.more;
    const offered = OFFERED.map(([id, words]) => element("datalist", { id }, ...t(words).split("|").map((value) => element("option", { value }))));
    this.root = element("div", { class: "record-list" }, this.list, this.more, ...offered);
  }

  add() {
    const item = { id: freshId().slice(0, 16), medication: "", dose: "", route: "", frequency: "", duration: "", note: "", as_needed: false, timing: null };
    this.put([...this.value, item]);
    this.list.lastElementChild?.querySelector("input")?.focus();
  }

  /** @param {Prescription[]} value */
  put(value) {
    this.set(value);
    this.onInput(value);
  }

  /** @param {Prescription[]} value */
  set(value) {
    if (same(this.value, value) && this.list.childElementCount === value.length) return;
    const rebuild = value.length !== this.value.length || value.some(({ id }, n) => id !== this.value[n].id);
    this.value = value;
    if (rebuild) this.list.replaceChildren(...value.map((item, n) => this.box(item, n)));
    else value.forEach((item, n) => this.fill(this.list.children[n], item));
  }

  /** @param {Element} box @param {Prescription} item */
  fill(box, item) {
    for (const input of box.querySelectorAll("input")) {
      const wanted = item[/** @type {keyof Prescription} */ (input.name)];
      if (input.type === "checkbox") input.checked = Boolean(wanted);
      else if (input.value !== wanted) input.value = String(wanted ?? "");
    }
  }

  /** @param {Prescription} item @param {number} n */
  box(item, n) {
    const { t } = this;
    const inputs = PARTS.map(([name, label, list]) => {
      const input = element("input", { type: "text", name, value: String(item[name] ?? ""), list: list || null, autocomplete: "off", oninput: () => this.change(item.id, { [name]: input.value }) });
      return element("label", { class: `rx-${name}` }, element("span", {}, t(label)), input);
    });
    const needed = element("input", { type: "checkbox", name: "as_needed", checked: item.as_needed, onchange: () => this.change(item.id, { as_needed: needed.checked }) });
    const remove = element("button", { type: "button", class: "quiet remove", onclick: () => this.remove(item.id) }, icon("close"), t("rxRemove"));
    const title = element("legend", {}, t("rxTitle", { number: n + 1 }));
    const foot = element("div", { class: "rx-foot" }, element("label", { class: "check" }, needed, t("rxAsNeeded")), remove);
    return element("li", { class: "record-item rx" }, element("fieldset", {}, title, ...inputs, foot));
  }

  /** @param {string} id @param {Partial<Prescription>} part */
  change(id, part) {
    this.value = this.value.map((item) => (item.id === id ? { ...item, ...part, timing: null } : item));
    this.onInput(this.value);
  }

  /** @param {string} id */
  remove(id) {
    this.put(this.value.filter((item) => item.id !== id));
    this.more.focus();
  }

  /** @param {boolean} readOnly */
  lock(readOnly) {
    this.more.hidden = readOnly;
    for (const input of this.list.querySelectorAll("input")) (input.type === "checkbox" ? (input.disabled = readOnly) : (input.readOnly = readOnly));
    for (const button of this.list.querySelectorAll("button")) button.hidden = readOnly;
  }
}
