/// <reference path="../../../record.d.ts" />
// Finds a diagnosis while one types: the ARIA combobox with a list (APG), and free text by Enter where nothing fits.

import { element } from "../view/element.js";

let made = 0;

export class Combobox {
  /** @param {{label: string, placeholder: string, search: (query: string) => Diagnosis[], onPick: (found: {text: string, code: string}) => void, freeText: (text: string) => string}} options */
  constructor({ label, placeholder, search, onPick, freeText }) {
    const id = `combobox-${(made += 1)}`;
    this.id = id;
    this.search = search;
    this.onPick = onPick;
    this.freeText = freeText;
    this.choices = /** @type {{text: string, code: string}[]} */ ([]);
    this.at = -1;
    this.list = element("ul", { class: "combobox-list", role: "listbox", id: `${id}-list`, "aria-label": label, hidden: true });
    this.input = element("input", {
      type: "text", id, role: "combobox", placeholder, autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`, "data-testid": "diagnosis",
      oninput: () => this.look(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      onblur: () => this.leave(),
    });
    this.root = element("div", { class: "combobox" }, element("label", { for: id }, label), this.input, this.list);
  }

  look() {
    const text = this.input.value.trim();
    const found = text ? this.search(text).map(({ name, code }) => ({ text: name, code })) : [];
    this.choices = text ? [...found, { text, code: "" }] : [];
    this.at = -1;
    this.show();
  }

  show() {
    const open = this.choices.length > 0;
    if (!open) this.at = -1;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.list.replaceChildren(...this.choices.map((choice, n) => this.option(choice, n)));
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {{text: string, code: string}} choice @param {number} n */
  option(choice, n) {
    const content = choice.code ? [element("span", { class: "code" }, choice.code), " ", choice.text] : [this.freeText(choice.text)];
    return element("li", { role: "option", id: `${this.id}-${n}`, "aria-selected": String(n === this.at), onmousedown: (/** @type {Event} */ event) => {
      event.preventDefault(); // the focus stays in the field
      this.pick(choice);
    } }, ...content);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { length } = this.choices;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && length) this.at = (this.at + step + length) % length;
    else if (event.key === "Enter" && length) this.pick(this.choices[this.at] || this.choices[length - 1]);
    else if (event.key === "Escape" && length) this.choices = [];
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.show();
  }

  /** @param {{text: string, code: string}} choice */
  pick(choice) {
    this.input.value = "";
    this.choices = [];
    this.show();
    this.onPick(choice);
  }

  /** Words that stand there when the field is left are a diagnosis too: nothing typed is lost. */
  leave() {
    const text = this.input.value.trim();
    if (text) this.pick({ text, code: "" });
  }
}
