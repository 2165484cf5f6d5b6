// The questions before a visit: edited as a list, published as a new edition. Who has begun goes on with theirs.

import { element } from "../../view/element.js";
import { ask } from "../dialog.js";
import { Field } from "../field.js";
import { Form } from "../form.js";
import { Question, newKey } from "./question.js";

/** @implements {AdminSection} */
export class TriageSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.root = element("div", { class: "stack" });
  }

  async load() {
    this.show(await this.staff.api.get("/questionnaires/triage"));
  }

  /** @param {TriageEdition} edition version 0: nothing is asked yet, and these are questions to start from */
  show({ version, published_at: at, questions }) {
    const { t, language } = this.staff;
    const title = { es: new Field(t, { name: "title.es", label: t("triageTitleEs"), required: true, value: questions.title.es, lang: "es" }), en: new Field(t, { name: "title.en", label: t("triageTitleEn"), required: true, value: questions.title.en, lang: "en" }) };
    const list = element("ol", { class: "points" });
    const made = /** @type {Question[]} */ ([]);
    /** @param {TriageItem} item */
    const put = (item) => {
      const question = new Question(t, item, { earlier: () => everyOf(inOrder(list, made)), keys: () => everyOf(made).map((one) => one.key), changed: () => form.fields.splice(0, Infinity, ...fieldsOf(title, made)) });
      made.push(question);
      list.append(question.root);
      return question;
    };
    const add = (/** @type {"boolean" | "group"} */ type) => {
      const question = put({ linkId: newKey(everyOf(made).map((one) => one.key)), text: { es: "", en: "" }, type, item: [] });
      form.fields.splice(0, Infinity, ...fieldsOf(title, made));
      question.es.input.focus();
    };
    const buttons = element("div", { class: "buttons" },
      element("button", { class: "secondary", type: "button", "data-testid": "question-add", onclick: () => add("boolean") }, t("questionAdd")),
      element("button", { class: "secondary", type: "button", onclick: () => add("group") }, t("groupAdd")));
    const form = new Form({ t, fields: [element("div", { class: "fields two" }, title.es.root, title.en.root), list, buttons], submit: t("publish"), testId: "triage", send: async () => {
      if (!(await ask(t, t("publishTriage"), t("publishTriageExplain"), t("publish")))) return;
      const item = inOrder(list, made).map((question) => question.item);
      const saved = await this.staff.api.post("/questionnaires/triage", { base: version, questions: { title: { es: title.es.value, en: title.en.value }, item } });
      this.show(saved);
      this.staff.announce(t("published"));
    } });
    for (const item of questions.item) put(item);
    form.fields.splice(0, Infinity, ...fieldsOf(title, made));
    const facts = at ? t("editionOf", { version, moment: language.moment(at) }) : t("triageNone");
    this.root.replaceChildren(element("section", { class: "card" }, element("p", {}, t("triageLead")), element("p", { class: at ? "hint" : "tag" }, facts)), element("section", { class: "card" }, form.root));
  }
}

/** Those that are still there, as they stand on the page. @param {HTMLElement} list @param {Question[]} made */
function inOrder(list, made) {
  return [...list.children].flatMap((node) => made.filter((question) => question.root === node));
}

/** Each and what is within it. @param {Question[]} questions @returns {Question[]} */
function everyOf(questions) {
  return questions.flatMap((question) => [question, ...everyOf(question.within)]);
}

/** @param {{es: Field, en: Field}} title @param {Question[]} made */
function fieldsOf(title, made) {
  return [title.es, title.en, ...everyOf(made).flatMap((question) => question.fields)];
}
