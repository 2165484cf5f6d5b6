/// <reference path="../../../console.d.ts" />
// What a physician says to the whole line: a message, or that they are away for a while.

import { ApiError } from "../staff/api.js";
import { element, setText } from "../view/element.js";

const MINUTES = [10, 20, 30, 60];

export class LineTools {
  /** @param {Language} language @param {StaffApi} api @param {() => void} onDone */
  constructor(language, api, onDone) {
    this.language = language;
    this.api = api;
    this.onDone = onDone;
    const { t } = language;
    this.shown = "";
    this.error = element("p", { class: "form-error", role: "alert" });
    this.text = element("textarea", { rows: 2, maxlength: 300, id: "line-text", "data-testid": "line-text", placeholder: t("lineExample") });
    this.minutes = element("select", { id: "line-minutes" }, ...MINUTES.map((minutes) => element("option", { value: minutes, selected: minutes === 30 }, t("lineMinutes", { minutes }))));
    const send = element("button", { class: "secondary", type: "submit", "data-testid": "line-send" }, t("lineSend"));
    const form = element("form", { class: "line-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.say();
    } }, element("label", { for: "line-text" }, t("lineLabel")), this.text, element("div", { class: "line-row" }, element("label", { for: "line-minutes", class: "hidden-text" }, t("lineFor")), this.minutes, send), this.error);
    this.said = element("ul", { class: "line-said" });
    this.away = element("div", { class: "line-away" });
    this.root = element("details", { class: "line-tools" }, element("summary", { "data-testid": "line-tools" }, t("lineTools")), this.away, form);
    this.lasting = this.said;
  }

  /** @param {QueueView} view */
  update({ messages, back_at: backAt }) {
    const key = JSON.stringify([messages, backAt]);
    if (key === this.shown) return;
    this.shown = key;
    this.said.hidden = messages.length === 0;
    this.said.replaceChildren(...messages.map((message) => this.message(message)));
    this.showAway(backAt);
  }

  /** @param {QueueMessage} message */
  message({ id, text, until, own }) {
    const { t, time } = this.language;
    const more = element("span", { class: "hint" }, t("lineUntil", { time: time(Date.parse(until)) }));
    const back = element("button", { class: "quiet", type: "button", "data-testid": "line-take-back", onclick: () => this.act(() => this.api.post("/queue/messages/take-back", { id })) }, t("lineTakeBack"));
    return element("li", {}, element("p", {}, text), more, ...(own ? [back] : []));
  }

  /** @param {string | null} backAt */
  showAway(backAt) {
    const { t, time } = this.language;
    const set = (/** @type {number} */ minutes) => this.act(() => this.api.put("/queue/away", { minutes }));
    if (backAt) {
      const back = element("button", { class: "secondary", type: "button", "data-testid": "line-back", onclick: () => set(0) }, t("awayBack"));
      return this.away.replaceChildren(element("p", {}, t("lineAwayUntil", { time: time(Date.parse(backAt)) })), back);
    }
    const buttons = MINUTES.slice(0, 3).map((minutes) => element("button", { class: "secondary small", type: "button", "data-testid": `away-${minutes}`, onclick: () => set(minutes) }, t("lineMinutes", { minutes })));
    this.away.replaceChildren(element("p", {}, t("awayFor")), element("div", { class: "line-row" }, ...buttons));
  }

  async say() {
    const done = await this.act(() => this.api.post("/queue/messages", { text: this.text.value, minutes: Number(this.minutes.value) }));
    if (done) this.text.value = "";
    this.text.focus();
  }

  /** @param {() => Promise<unknown>} ask @returns {Promise<boolean>} */
  async act(ask) {
    setText(this.error, "");
    try {
      await ask();
      this.onDone();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(this.error, error.fields.text || error.message);
      return false;
    }
  }
}
