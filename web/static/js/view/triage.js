// The clinic's questions before the visit: saved while they are answered, in the browser at once and soon at the server.

const SAVE_AFTER_MS = 800;
const AGAIN_MS = 4_000;

/** A question's type -> its FHIR value. @type {Record<string, string>} */
const VALUES = { boolean: "valueBoolean", choice: "valueCoding", string: "valueString", integer: "valueInteger", date: "valueDate" };

export class Triage {
  /** @param {Translate} t @param {Kit} kit @param {import("../asking.js").Asking} asking @param {Memory} memory @param {() => string} newId */
  constructor(t, { element, setText }, asking, memory, newId) {
    this.t = t;
    this.element = element;
    this.setText = setText;
    this.asking = asking;
    this.memory = memory;
    this.newId = newId;
    /** What the server does not have yet, by linkId. */
    this.waiting = /** @type {Record<string, unknown[]>} */ (memory.answers);
    this.state = /** @type {TriageState | null} */ (null);
    this.fields = /** @type {Map<string, HTMLElement>} */ (new Map());
    this.busy = false;
    this.wantsDone = false;
    this.timer = 0;
    this.title = element("summary");
    this.urgent = element("p", { class: "problem", role: "alert", hidden: true, "data-testid": "triage-urgent" }, t("triageUrgent"));
    this.form = element("form", { class: "fields", novalidate: true, oninput: () => this._changed(), onsubmit: (/** @type {Event} */ event) => this._done(event) });
    this.fate = element("p", { class: "hint", role: "status", "data-testid": "triage-fate" });
    this.details = element("details", { open: true }, this.title, this.form);
    this.root = element("section", { class: "card triage", "data-testid": "triage", hidden: true }, this.urgent, this.details);
    void this._load();
  }

  async _load() {
    const { ok, status, data } = await this.asking.ask("triage");
    if (!ok && status !== 403 && status !== 404) setTimeout(() => this._load(), AGAIN_MS);
    if (!ok || !data.questions.length) return;
    this.setText(this.title, data.title);
    const { t, element } = this;
    this.form.replaceChildren(...data.questions.map((/** @type {TriageQuestion} */ question) => this._field(question, this.waiting[question.id] || data.answers[question.id] || [])),
      element("button", { class: "primary", "data-testid": "triage-done" }, t("triageDone")), this.fate);
    this.details.open = data.status === "in-progress";
    this.root.hidden = false;
    this._show(data);
    if (Object.keys(this.waiting).length) this._soon();
  }

  /** @param {TriageQuestion} question @param {any[]} given */
  _field({ id, type, text, required, repeats, max_length, options }, given) {
    const { element, t } = this;
    const about = required ? "" : ` ${t("triageOptional")}`;
    /** @param {string} kind @param {string} value @param {string} label */
    const choice = (kind, value, label) => element("label", { class: "choice" }, element("input", { type: kind, name: id, value, checked: given.map(String).includes(value) }), element("span", {}, label));
    const group = (/** @type {HTMLElement[]} */ ...inputs) => element("fieldset", { class: "fields" }, element("legend", {}, text + about), element("div", { class: "choices" }, ...inputs));
    const field = type === "group" ? element("h3", {}, text)
      : type === "boolean" ? group(choice("radio", "true", t("yes")), choice("radio", "false", t("no")))
      : type === "choice" ? group(...options.map((option) => choice(repeats ? "checkbox" : "radio", option.code, option.text)))
      : element("label", {}, text + about, type === "string"
        ? Object.assign(element("textarea", { name: id, rows: 2, maxlength: max_length || 2000 }), { value: given[0] ?? "" })
        : element("input", { name: id, type: type === "date" ? "date" : "number", step: 1, value: given[0] }));
    field.dataset.type = type;
    this.fields.set(id, field);
    return field;
  }

  /** The answers of one question as they stand on the page. @param {string} id @returns {any[]} */
  _given(id) {
    const field = /** @type {HTMLElement} */ (this.fields.get(id));
    const inputs = /** @type {HTMLInputElement[]} */ ([...field.querySelectorAll("[name]")]);
    const values = inputs.filter(({ type, checked, value }) => (/radio|checkbox/.test(type) ? checked : value.trim())).map(({ value }) => value);
    const { type } = field.dataset;
    return values.map((value) => (type === "boolean" ? value === "true" : type === "integer" ? Math.round(Number(value)) : value));
  }

  _changed() {
    const target = /** @type {HTMLInputElement} */ (document.activeElement);
    const id = target?.name || "";
    if (this.fields.has(id)) this.waiting[id] = this._given(id);
    this.memory.keepAnswers(this.waiting);
    this._soon();
  }

  _soon() {
    this.setText(this.fate, this.t("triageSaving"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this._save(), SAVE_AFTER_MS);
  }

  /** @param {Event} event */
  _done(event) {
    event.preventDefault();
    this.wantsDone = true;
    clearTimeout(this.timer);
    void this._save();
  }

  /** What waits now, under one key until it is answered: a retry changes nothing. */
  async _save() {
    if (this.busy) return void this._soon();
    this.busy = true;
    const [sent, complete, key] = [{ ...this.waiting }, this.wantsDone, this.newId()];
    const item = Object.entries(sent).map(([linkId, answers]) => ({
      linkId, answer: answers.map((answer) => ({ [VALUES[this.fields.get(linkId)?.dataset.type || ""]]: answer })),
    })); // prettier-ignore
    let answer = await this._put({ item, complete }, key);
    while (!answer) answer = await new Promise((resolve) => setTimeout(() => resolve(this._put({ item, complete }, key)), AGAIN_MS));
    this.busy = false;
    if (complete) this.wantsDone = false;
    for (const [id, answers] of Object.entries(sent)) if (this.waiting[id] === answers) delete this.waiting[id];
    this.memory.keepAnswers(this.waiting);
    if (!answer.ok) return this.setText(this.fate, answer.data.fields?.[0]?.message || answer.data.message);
    this._show(answer.data);
    if (complete) this._finish(answer.data);
    if (Object.keys(this.waiting).length) this._soon();
  }

  /** null: nobody answered, it waits. @param {unknown} body @param {string} key */
  async _put(body, key) {
    const answer = await this.asking.ask("triage", { method: "PUT", body, key });
    const later = answer.status === 0 || answer.status >= 500 || answer.status === 429;
    if (later) this.setText(this.fate, this.t("triageWaits"));
    return later ? null : answer;
  }

  /** @param {TriageState} state */
  _finish({ missing }) {
    if (!missing.length) return void (this.details.open = false);
    this.setText(this.fate, this.t("triageMissing"));
    const first = /** @type {HTMLElement} */ (this.fields.get(missing[0]));
    /** @type {HTMLElement | null} */ (first.querySelector("[name]"))?.focus();
  }

  /** @param {TriageState} state */
  _show({ asked, urgent, status }) {
    this.fields.forEach((field, id) => (field.hidden = !asked.includes(id)));
    if (urgent && this.urgent.hidden) setTimeout(() => this.urgent.scrollIntoView({ block: "center" }));
    this.urgent.hidden = !urgent;
    this.root.dataset.status = status;
    this.setText(this.fate, this.t(status === "in-progress" ? "triageSaved" : "triageComplete"));
  }
}
