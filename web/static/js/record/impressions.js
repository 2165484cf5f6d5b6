/// <reference path="../../../record.d.ts" />
// Diagnostic impressions: each in the physician's own words, with an ICD-10 code where one was chosen.

import { freshId } from "../staff/api.js";
import { element, icon } from "../view/element.js";
import { Combobox } from "./combobox.js";
import { same } from "./field.js";

export class ImpressionsEditor {
  /** @param {{t: Translate, describedBy: string, search: (query: string) => Diagnosis[], onInput: (value: Impression[]) => void}} options */
  constructor({ t, describedBy, search, onInput }) {
    this.t = t;
    this.onInput = onInput;
    this.value = /** @type {Impression[]} */ ([]);
    this.list = element("ul", { class: "record-items" });
    this.find = new Combobox({ label: t("dxFind"), placeholder: t("dxPlaceholder"), search, freeText: (text) => t("dxFree", { text }), onPick: (found) => this.add(found) });
    this.find.input.setAttribute("aria-describedby", describedBy);
    this.first = this.find.input;
    this.root = element("div", { class: "record-list" }, this.list, this.find.root);
  }

  /** @param {{text: string, code: string}} found */
  add({ text, code }) {
    this.put([...this.value, { id: freshId().slice(0, 16), text, code }]);
  }

  /** @param {Impression[]} value */
  put(value) {
    this.set(value);
    this.onInput(value);
  }

  /** @param {Impression[]} value */
  set(value) {
    if (same(this.value, value) && this.list.childElementCount === value.length) return;
    const rebuild = value.length !== this.value.length || value.some(({ id, code }, n) => id !== this.value[n].id || code !== this.value[n].code);
    this.value = value;
    if (rebuild) this.list.replaceChildren(...value.map((item) => this.row(item)));
    else value.forEach(({ text }, n) => this.fill(n, text));
  }

  /** @param {number} n @param {string} text */
  fill(n, text) {
    const input = this.list.children[n].querySelector("input");
    if (input && input.value !== text) input.value = text;
  }

  /** @param {Impression} item */
  row(item) {
    const label = this.t("dxText", { number: this.value.indexOf(item) + 1 });
    const input = element("input", { type: "text", value: item.text, "aria-label": label, autocomplete: "off", oninput: () => this.change(item.id, input.value) });
    const remove = element("button", { type: "button", class: "quiet remove", "aria-label": this.t("removeItem", { what: item.text }), onclick: () => this.remove(item.id) }, icon("close"));
    return element("li", { class: "record-item dx" }, item.code ? element("span", { class: "code" }, item.code) : "", input, remove);
  }

  /** @param {string} id @param {string} text */
  change(id, text) {
    this.value = this.value.map((item) => (item.id === id ? { ...item, text } : item));
    this.onInput(this.value);
  }

  /** @param {string} id */
  remove(id) {
    this.put(this.value.filter((item) => item.id !== id));
    this.find.input.focus();
  }

  /** @param {boolean} readOnly */
  lock(readOnly) {
    this.find.root.hidden = readOnly;
    for (const input of this.list.querySelectorAll("input")) input.readOnly = readOnly;
    for (const button of this.list.querySelectorAll("button")) button.hidden = readOnly;
  }
}
