// One question of the clinic's, or a group of them, as it is edited. What this editor does not show stays as it was.

import { element } from "../../view/element.js";
import { Field } from "../field.js";

/** @type {TriageItem["type"][]} */
const TYPES = ["boolean", "choice", "string", "integer", "date"];

/**
 * `earlier`: all questions of the page in their order. `keys`: those that are taken. `changed`: there are other fields now.
 * @typedef {{earlier: () => Question[], keys: () => string[], changed: () => void}} Around
 */

export class Question {
  /** @param {Translate} t @param {TriageItem} item @param {Around} around */
  constructor(t, item, around) {
    this.t = t;
    this.start = item;
    this.around = around;
    this.key = item.linkId;
    this.isGroup = item.type === "group";
    this.es = new Field(t, { name: item.linkId, label: "Español", required: true, value: item.text.es, lang: "es" });
    this.en = new Field(t, { name: `${item.linkId}.en`, label: "English", required: true, value: item.text.en, lang: "en" });
    this.type = new Field(t, { name: `${item.linkId}.type`, label: t("questionType"), kind: "select", required: true, value: item.type, choices: TYPES.map((type) => [type, t(/** @type {Key} */ (`type${type}`))]) });
    this.required = new Field(t, { name: `${item.linkId}.required`, label: t("questionRequired"), kind: "checkbox", value: item.required });
    this.options = new Field(t, { name: `${item.linkId}.options`, label: t("questionOptions"), hint: t("questionOptionsHint"), kind: "textarea", required: true, value: written(item.answerOption) });
    this.several = new Field(t, { name: `${item.linkId}.repeats`, label: t("questionSeveral"), kind: "checkbox", value: item.repeats });
    this.urgent = new Field(t, { name: `${item.linkId}.urgent`, label: t("questionUrgent"), hint: t("questionUrgentHint"), kind: "checkbox", value: item.urgentWhen?.some(({ answer }) => answer.valueBoolean === true) });
    this.only = new Field(t, { name: `${item.linkId}.only`, label: t("questionOnly"), kind: "select", required: true });
    this.within = /** @type {Question[]} */ ([]);
    this.inner = element("ol", { class: "points inner" });
    this.type.input.addEventListener("change", () => this.adjust());
    this.only.input.addEventListener("focus", () => this.offer());
    this.root = this.build();
    for (const each of item.item || []) this.put(each);
    this.offer();
    this.adjust();
  }

  get fields() {
    const own = [this.es, this.en];
    return this.isGroup ? own : [...own, this.type, this.required, this.options, this.several, this.urgent, this.only];
  }

  build() {
    const { t } = this;
    const move = (/** @type {number} */ by) => {
      const { root } = this;
      const other = by < 0 ? root.previousElementSibling : root.nextElementSibling;
      if (other) by < 0 ? other.before(root) : other.after(root);
      /** @type {HTMLElement | null} */ (root.querySelector(by < 0 ? ".up" : ".down"))?.focus();
    };
    const tools = element("div", { class: "point-tools" },
      element("button", { class: "quiet up", type: "button", onclick: () => move(-1) }, t("moveUp")),
      element("button", { class: "quiet down", type: "button", onclick: () => move(1) }, t("moveDown")),
      element("button", { class: "quiet", type: "button", onclick: () => this.remove() }, t("pointRemove")));
    const head = element("div", { class: "page-head" }, element("span", { class: "tag" }, t(this.isGroup ? "group" : "question")), tools);
    const texts = element("div", { class: "fields two" }, this.es.root, this.en.root);
    if (!this.isGroup) return element("li", { class: "point" }, head, texts, element("div", { class: "fields two" }, this.type.root, this.only.root), this.options.root, this.several.root, this.required.root, this.urgent.root);
    const add = element("button", { class: "secondary", type: "button", onclick: () => {
      this.put({ linkId: newKey(this.around.keys()), text: { es: "", en: "" }, type: "boolean" }).es.input.focus();
      this.around.changed();
    } }, t("questionAdd"));
    return element("li", { class: "point" }, head, texts, this.inner, element("div", { class: "buttons" }, add));
  }

  /** @param {TriageItem} item */
  put(item) {
    const question = new Question(this.t, item, this.around);
    this.within.push(question);
    this.inner.append(question.root);
    return question;
  }

  remove() {
    this.root.remove();
    this.gone = true;
    this.around.changed();
  }

  /** Shows what its type needs. */
  adjust() {
    const type = String(this.type.value);
    this.options.root.hidden = this.several.root.hidden = type !== "choice";
    this.urgent.root.hidden = type !== "boolean";
  }

  /** The yes-or-no questions before this one. */
  offer() {
    const { t, only, start } = this;
    const present = String(only.value || start.enableWhen?.[0]?.question || "");
    const other = Boolean(start.enableWhen?.length) && (start.enableWhen?.length !== 1 || start.enableWhen[0].answer.valueBoolean !== true);
    const earlier = [];
    for (const each of this.around.earlier()) {
      if (each === this) break;
      if (!each.isGroup && each.type.value === "boolean") earlier.push(each);
    }
    const choices = [element("option", { value: "" }, t("onlyAlways")), ...earlier.map((each) => element("option", { value: each.key }, t("onlyWhen", { question: String(each.es.value) })))];
    if (other) choices.push(element("option", { value: "=" }, t("onlyAsBefore")));
    only.input.replaceChildren(...choices);
    only.input.value = other && !only.value ? "=" : present;
    if (!only.input.value) only.input.value = "";
  }

  /** @returns {TriageItem} */
  get item() {
    const { start } = this;
    const text = { es: String(this.es.value), en: String(this.en.value) };
    if (this.isGroup) return { ...start, text, item: [...this.inner.children].flatMap((node) => this.within.filter((each) => each.root === node)).map((each) => each.item) };
    const type = /** @type {TriageItem["type"]} */ (this.type.value);
    const choice = type === "choice";
    return {
      ...start, text, type, required: Boolean(this.required.value),
      maxLength: type === "string" ? start.maxLength : null,
      answerOption: choice ? read(String(this.options.value)) : [],
      repeats: choice && Boolean(this.several.value),
      enableWhen: this.only.value === "=" ? start.enableWhen : this.only.value ? [{ question: String(this.only.value), operator: "=", answer: { valueBoolean: true } }] : [],
      urgentWhen: type === "boolean" ? (this.urgent.value ? [{ operator: "=", answer: { valueBoolean: true } }] : []) : type === start.type ? start.urgentWhen : [],
    };
  }
}

/** One option a line: `key | Spanish | English`. @param {TriageItem["answerOption"]} options */
function written(options = []) {
  return options.map(({ code, text }) => `${code} | ${text.es} | ${text.en}`).join("\n");
}

/** A line without a key gets one of its Spanish text. @param {string} lines @returns {NonNullable<TriageItem["answerOption"]>} */
export function read(lines) {
  return lines.split("\n").map((line) => line.split("|").map((part) => part.trim())).filter((parts) => parts.some(Boolean)).map((parts) => {
    const [code, es, en] = parts.length > 2 ? parts : [keyOf(parts[0]), parts[0], parts[1] || ""];
    return { code, text: { es, en } };
  });
}

/** @param {string} text */
function keyOf(text) {
  return text.normalize("NFD").replace(/[^A-Za-z0-9]+/g, "").slice(0, 40).toLowerCase() || "x";
}

/** @param {string[]} taken */
export function newKey(taken) {
  for (let n = taken.length + 1; ; n += 1) if (!taken.includes(`q${n}`)) return `q${n}`;
}
