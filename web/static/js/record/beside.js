/// <reference path="../../../record.d.ts" />
// Two texts of one field, from two devices or two physicians: both shown, until somebody chooses.

import { element } from "../view/element.js";
import { joined, same } from "./field.js";
import { lines, momentOf } from "./words.js";
import { refusalOf } from "./refusal.js";

export class Beside {
  /** @param {Language} language @param {RecordStoreType} store @param {RecordField} field */
  constructor(language, store, field) {
    this.language = language;
    this.store = store;
    this.field = field;
    this.shown = "";
    this.error = element("p", { class: "field-error", role: "alert" });
    this.root = element("div", { class: "beside", hidden: true, "data-testid": `beside-${field}` });
  }

  update() {
    const others = this.store.beside(this.field);
    const mine = this.store.value(this.field);
    const key = JSON.stringify([others.map(({ revision }) => revision), others.length ? mine : ""]);
    if (key === this.shown) return;
    this.shown = key;
    this.root.hidden = others.length === 0;
    this.root.replaceChildren(...(others.length ? this.content(others, mine) : []));
  }

  /** @param {RecordText[]} others @param {RecordValue} mine */
  content(others, mine) {
    const { t } = this.language;
    const own = element("div", { class: "side-text" }, element("h4", {}, t("besideMine")), this.text(mine), this.button("besideKeep", mine));
    const sides = others.map(({ value, author, at }) => {
      const name = this.store.view?.physicians.find(({ id }) => id === author)?.name || "";
      const head = element("h4", {}, t("besideOther", { name, when: momentOf(at, this.language.lang) }));
      const both = joined(mine, value);
      const more = same(both, mine) || same(both, value) ? "" : this.button("besideBoth", both);
      return element("div", { class: "side-text" }, head, this.text(value), this.button("besideTake", value), more);
    });
    return [element("p", { class: "beside-why", role: "alert" }, t("besideWhy")), element("div", { class: "sides" }, own, ...sides), this.error];
  }

  /** @param {RecordValue} value */
  text(value) {
    const said = lines(this.field, value, this.language);
    return element("div", { class: "side-words" }, ...(said.length ? said : [this.language.t("besideNothing")]).map((line) => element("p", {}, line)));
  }

  /** @param {Key} label @param {RecordValue} value */
  button(label, value) {
    return element("button", { type: "button", class: "secondary", "data-testid": label, onclick: () => this.choose(value) }, this.language.t(label));
  }

  /** @param {RecordValue} value */
  async choose(value) {
    try {
      await this.store.choose(this.field, value);
      this.error.textContent = "";
    } catch (thrown) {
      const error = refusalOf(thrown);
      this.error.textContent = error.message || this.language.t("recordOffline");
    }
  }
}
