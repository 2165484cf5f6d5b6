/// <reference path="../../../record.d.ts" />
// A field of plain text. What comes from elsewhere goes in around the caret; the field never loses it, nor the focus.

import { element } from "../view/element.js";
import { difference } from "../view/notes.js";

export class TextEditor {
  /** @param {{id: string, rows: number, placeholder: string, describedBy: string, onInput: (value: string) => void}} options */
  constructor({ id, rows, placeholder, describedBy, onInput }) {
    this.composing = false; // an accent or a word of a phone's keyboard: the field belongs to the keyboard until it is done
    this.root = element("textarea", {
      id, rows, placeholder, "aria-describedby": describedBy, autocomplete: "off", "data-testid": id,
      oninput: () => this.composing || onInput(this.root.value),
      oncompositionstart: () => (this.composing = true),
      oncompositionend: () => {
        this.composing = false;
        onInput(this.root.value);
      },
    });
    this.first = this.root;
  }

  /** @param {string} value */
  set(value) {
    if (this.composing || this.root.value === value) return;
    const { from, until, text } = difference(this.root.value, value);
    this.root.setRangeText(text, from, until, "preserve");
  }

  /** @param {boolean} readOnly */
  lock(readOnly) {
    this.root.readOnly = readOnly;
  }
}
