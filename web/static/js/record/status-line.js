/// <reference path="../../../record.d.ts" />
// The one line that says where the words are: at the server, on their way, or only in this browser.

import { element, icon } from "../view/element.js";

/** @type {Record<RecordState, Key>} */
const WORDS = { loading: "recordLoading", saved: "recordSaved", saving: "recordSaving", kept: "recordKept", unkept: "recordUnkept", refused: "recordRefused" };
/** @type {Record<RecordState, IconName>} */
const ICONS = { loading: "clock", saved: "check", saving: "clock", kept: "clock", unkept: "warning", refused: "warning" };

export class StatusLine {
  /** @param {Language} language @param {RecordStoreType} store */
  constructor(language, store) {
    this.language = language;
    this.store = store;
    this.text = element("p", { class: "record-state", "data-testid": "record-state" });
    this.voice = element("p", { class: "hidden-text", role: "status" }); // says what must be known, not each save
    this.root = element("div", {}, this.text, this.voice);
  }

  update() {
    const { state, savedAtMs } = this.store;
    const { t, time } = this.language;
    const words = t(WORDS[state], { time: savedAtMs ? time(savedAtMs) : "" }).trim();
    if (this.text.textContent === words) return;
    this.root.dataset.state = state;
    this.text.replaceChildren(icon(ICONS[state]), words);
    if (state === "kept" || state === "unkept" || state === "refused") this.voice.textContent = words;
    else if (this.voice.textContent && state === "saved") this.voice.textContent = words;
  }
}
