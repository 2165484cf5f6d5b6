// The physician's private notes: a field that grows with them and one line that says where they are kept. What comes from
// elsewhere goes in around the caret; the field never loses it, nor the focus.

import { element, icon, setText } from "./element.js";

/** @type {Record<NoteView["state"], Key>} */
const WORDS = { saved: "noteSaved", saving: "statusSaving", offline: "noteOffline", "too-long": "noteTooLong" };
const GROWS_ITSELF = typeof CSS === "object" && CSS.supports("field-sizing", "content");

export class Notes {
  /** @param {Language} language @param {(text: string) => void} onWrite */
  constructor({ t, time }, onWrite) {
    this.t = t;
    this.time = time;
    this.savedAtMs = 0;
    this.shown = /** @type {NoteView | null} */ (null);
    this.composing = false; // an accent or a word of a phone's keyboard: the field belongs to the keyboard until it is done
    this.field = element("textarea", {
      "data-testid": "note",
      rows: 3,
      placeholder: t("notePlaceholder"),
      "aria-labelledby": "note-title",
      "aria-describedby": "note-state",
      autocomplete: "off",
      oninput: () => this._written(onWrite),
      oncompositionstart: () => (this.composing = true),
      oncompositionend: () => this._composed(onWrite),
    });
    this.state = element("p", { class: "note-state", id: "note-state", "data-testid": "note-state" });
    const title = element("h2", { id: "note-title" }, t("noteTitle"), " ", element("small", {}, t("noteOnlyYou")));
    this.root = element("section", { class: "card notes", "aria-labelledby": "note-title", hidden: true }, title, this.field, this.state);
  }

  /** @param {Session} session */
  update({ note, phase }) {
    this.root.hidden = !note || (phase === "ended" && !note.text);
    if (!note) return;
    this.field.readOnly = phase === "ended";
    if (note.state === "saved" && this.shown && this.shown.state !== "saved") this.savedAtMs = Date.now();
    this.shown = note;
    this._merge();
    this._tell(note);
  }

  /** @param {NoteView} note */
  _tell({ state, text }) {
    const known = state !== "saved" || Boolean(text || this.savedAtMs);
    const words = known ? this.t(WORDS[state], { time: this.savedAtMs ? this.time(this.savedAtMs) : "" }).trim() : "";
    if (this.state.textContent === words) return;
    this.root.dataset.note = state;
    this.state.replaceChildren(...(words ? [icon(state === "saved" ? "check" : state === "too-long" ? "warning" : "clock"), words] : []));
  }

  /** @param {(text: string) => void} onWrite */
  _written(onWrite) {
    this._grow();
    onWrite(this.field.value);
  }

  /** @param {(text: string) => void} onWrite */
  _composed(onWrite) {
    this.composing = false;
    this._written(onWrite);
  }

  /** Only what differs is replaced, so that caret and selection stay at their words. */
  _merge() {
    const { field, shown } = this;
    if (!shown || this.composing || field.value === shown.text) return;
    const { from, until, text } = difference(field.value, shown.text);
    field.setRangeText(text, from, until, "preserve");
    this._grow();
  }

  _grow() {
    if (GROWS_ITSELF) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 4}px`;
  }
}

/**
 * What to replace in one text to get the other: all but what both begin and end with.
 * @param {string} before
 * @param {string} after
 * @returns {{from: number, until: number, text: string}} `from` and `until` in `before`
 */
export function difference(before, after) {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, until: before.length - tail, text: after.slice(from, after.length - tail) };
}
