// The consent text: what stands now, edited in both languages side by side, published as a new edition.

import { element, setText } from "../../view/element.js";
import { ask } from "../dialog.js";
import { Field } from "../field.js";
import { Form } from "../form.js";

/** @implements {AdminSection} */
export class ConsentSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.root = element("div", { class: "stack" });
  }

  async load() {
    this.show(await this.staff.api.get("/consent-texts/newest"));
  }

  /** @param {ConsentEdition} edition */
  show(edition) {
    const { t, language } = this.staff;
    const points = edition.items.map((item, at) => new Point(t, item, at, edition.topics.includes(item.id)));
    const list = element("ol", { class: "points" }, ...points.map((point) => point.root));
    const add = element("button", { class: "secondary", type: "button", "data-testid": "point-add", onclick: () => {
      const point = new Point(t, { id: newId(points), text: { es: "", en: "" }, optional: false }, points.length, false);
      points.push(point);
      form.fields.push(...point.fields);
      list.append(point.root);
      point.fields[0].input.focus();
    } }, t("pointAdd"));
    const form = new Form({ t, fields: [...points.flatMap((point) => point.fields), element("div", {}, list, add)], submit: t("publish"), testId: "consent", send: async () => {
      if (!(await ask(t, t("publishConsent"), t("publishConsentExplain"), t("publish")))) return;
      const items = points.filter((point) => point.root.isConnected).map((point) => point.item);
      this.show(await this.staff.api.post("/consent-texts", { base: edition.version, items }));
      this.staff.announce(t("published"));
    } });
    for (const point of points) for (const field of point.fields) point.place.append(field.root);
    const facts = element("p", { class: "hint" }, t("editionOf", { version: edition.version, moment: language.moment(edition.published_at) }));
    const hashes = element("details", {}, element("summary", {}, t("hashTitle")), element("p", { class: "hint" }, t("hashWhy")),
      element("code", { class: "secret" }, `es ${edition.sha256_es}`), element("code", { class: "secret" }, `en ${edition.sha256_en}`));
    this.root.replaceChildren(element("section", { class: "card" }, element("p", {}, t("consentLead2")), facts, hashes), element("section", { class: "card" }, form.root));
  }
}

/** One point of the text. */
class Point {
  /** @param {Translate} t @param {ConsentPoint} item @param {number} at @param {boolean} fixed every text must have it */
  constructor(t, item, at, fixed) {
    this.id = item.id;
    this.es = new Field(t, { name: `items.${at}`, label: "Español", kind: "textarea", required: true, value: item.text.es, lang: "es" });
    this.en = new Field(t, { name: `items.${at}.en`, label: "English", kind: "textarea", required: true, value: item.text.en, lang: "en" });
    this.optional = new Field(t, { name: `items.${at}.optional`, label: t("pointOptional"), kind: "checkbox", value: item.optional });
    this.fields = [this.es, this.en, this.optional];
    this.place = element("div", { class: "fields two" }, ...this.fields.map((field) => field.root));
    const title = element("h2", {});
    setText(title, fixed ? t(/** @type {Key} */ (`topic${item.id.replaceAll("-", "")}`)) : t("pointOwn"));
    const remove = element("button", { class: "quiet", type: "button", hidden: fixed, onclick: () => this.root.remove() }, t("pointRemove"));
    this.root = element("li", { class: "point" }, element("div", { class: "page-head" }, title, remove), this.place);
  }

  /** @returns {ConsentPoint} */
  get item() {
    return { id: this.id, text: { es: String(this.es.value), en: String(this.en.value) }, optional: Boolean(this.optional.value) };
  }
}

/** @param {Point[]} points */
function newId(points) {
  for (let n = points.length + 1; ; n += 1) if (!points.some((point) => point.id === `own-${n}`)) return `own-${n}`;
}
