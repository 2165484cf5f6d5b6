/// <reference path="../../../console.d.ts" />
// What stands beside the call: the record, the messages, or the visit. One at a time; arrow keys move between them.

import { element, setText } from "../view/element.js";

/** @type {[Tab, Key][]} */
const TABS = [["record", "tabRecord"], ["messages", "tabMessages"], ["visit", "tabVisit"]];

export class Tabs {
  /** @param {Translate} t @param {() => void} onChoose */
  constructor(t, onChoose) {
    this.onChoose = onChoose;
    this.chosen = /** @type {Tab} */ ("visit");
    this.count = element("span", { class: "badge", hidden: true });
    this.buttons = new Map(TABS.map(([name, title]) => [name, element("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, "data-testid": `tab-${name}`,
      onclick: () => this.choose(name), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
    }, t(title), ...(name === "messages" ? [this.count] : []))]));
    this.panels = new Map(TABS.map(([name]) => [name, element("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, class: `tab-panel panel-${name}` })]));
    this.root = element("div", { class: "tabs-box" }, element("div", { class: "tabs", role: "tablist" }, ...this.buttons.values()), ...this.panels.values());
    this.show();
  }

  /** @param {Tab} name */
  panel(name) {
    return /** @type {HTMLElement} */ (this.panels.get(name));
  }

  /** @param {Tab} name */
  choose(name) {
    if (name === this.chosen) return;
    this.chosen = name;
    this.show();
    this.onChoose();
  }

  show() {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(name === this.chosen));
      button.tabIndex = name === this.chosen ? 0 : -1;
      this.panel(name).hidden = name !== this.chosen;
    }
  }

  /** @param {number} unread */
  update(unread) {
    this.count.hidden = !unread;
    setText(this.count, String(unread));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const names = [...this.buttons.keys()];
    const next = names[(names.indexOf(this.chosen) + step + names.length) % names.length];
    this.choose(next);
    this.buttons.get(next)?.focus();
  }
}
