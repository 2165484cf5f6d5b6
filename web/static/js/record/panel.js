/// <reference path="../../../record.d.ts" />
// The record of a consultation as a physician writes it, beside the call: five fields, one line that says where the words
// are, the closing gate, and what was before. Mount `root`; `open` and `close` as consultations come and go.

import { freshId } from "../staff/api.js";
import { element, setText } from "../view/element.js";
import { Closing } from "./closing.js";
import { Diagnoses, loadDiagnoses } from "./diagnoses.js";
import { FieldBox } from "./field-box.js";
import { FIELDS } from "./field.js";
import { Keeper } from "./keeper.js";
import { Past } from "./past.js";
import { StatusLine } from "./status-line.js";
import { RecordStore } from "./store.js";

/** The words that the panel says: give them to the page's language. @type {MoreTexts} */
export const RECORD_TEXTS = { es: () => import("../texts/es-record.js"), en: () => import("../texts/en-record.js") };

export class RecordPanel {
  /** @param {{api: RecordApi, language: Language, member: {id: string}}} page */
  constructor({ api, language, member }) {
    this.api = api;
    this.language = language;
    this.member = member;
    this.wanted = "";
    this.left = /** @type {Map<string, RecordStore>} */ (new Map()); // not shown, and not all at the server yet
    this.diagnoses = new Diagnoses([]);
    this.store = /** @type {RecordStore | null} */ (null);
    this.parts = /** @type {{update: () => void}[]} */ ([]);
    this.boxes = /** @type {Map<RecordField, FieldBox>} */ (new Map());
    this.body = element("div", { class: "record-body" });
    this.root = element("section", { class: "card record", "aria-labelledby": "record-title", "data-testid": "record", hidden: true }, this.body);
    void loadDiagnoses(api).then((found) => (this.diagnoses = found));
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    addEventListener("beforeunload", (event) => this.store?.state === "unkept" && event.preventDefault());
  }

  /** Shows the record of a consultation; its id is the appointment's. @param {string} consultation */
  async open(consultation) {
    if (this.wanted === consultation) return;
    this.leave();
    this.wanted = consultation;
    const before = this.left.get(consultation);
    this.left.delete(consultation);
    const store = (this.store = before || this.makeStore(consultation));
    store.onChange = () => this.update();
    this.build(store);
    this.root.hidden = false;
    if (!before) await store.open();
    if (this.store === store) void this.askVisit(store);
  }

  /** Each with a client id of its own: the server counts a client's changes, and knows a later one by its number. @param {string} consultation */
  makeStore(consultation) {
    const client = freshId();
    return new RecordStore({ api: this.api, keeper: new Keeper(client), member: this.member.id, consultation, onChange: () => {} }, client);
  }

  /** The record goes out of sight; what is not at the server yet is still sent. */
  leave() {
    const { store } = this;
    this.store = null;
    if (!store) return;
    const { consultation } = store;
    this.left.set(consultation, store);
    const end = () => {
      if (store.pending || this.left.get(consultation) !== store) return;
      this.left.delete(consultation);
      void store.close();
    };
    store.onChange = end;
    end();
  }

  /** What is typed stays, and is sent. */
  close() {
    this.leave();
    this.wanted = "";
    this.root.hidden = true;
    this.body.replaceChildren();
  }

  /** Shows the links of the consultation's call; call it at every change of the session. @param {Session | null} session */
  follow(session) {
    this.past?.follow(session);
  }

  /** Whether something is only in this browser. */
  get unsaved() {
    return Boolean(this.store?.pending) || this.left.size > 0;
  }

  wake() {
    for (const store of [this.store, ...this.left.values()]) store?.wake();
  }

  /** @param {RecordStore} store */
  build(store) {
    const { language } = this;
    const { t } = language;
    const line = new StatusLine(language, store);
    const closing = (this.closing = new Closing(language, store, (field) => this.boxes.get(field)?.focus()));
    this.held = element("p", { class: "record-banner warn", hidden: true, "data-testid": "held" });
    this.problem = element("p", { class: "form-error", role: "alert" });
    this.boxes = new Map(FIELDS.map((field) => [field, new FieldBox(language, store, field, (query) => this.diagnoses.search(query))]));
    const boxes = [...this.boxes.values()];
    this.past = new Past(language, store);
    this.form = element("div", { class: "record-form" }, ...boxes.map(({ root }) => root), closing.root, this.past.root);
    this.parts = [line, ...boxes, closing];
    const head = element("div", { class: "record-head" }, element("h2", { id: "record-title" }, t("recordTitle")), line.root);
    this.body.replaceChildren(head, this.held, this.problem, this.form);
    this.update();
  }

  update() {
    const { store, form, problem } = this;
    if (!store || !form || !problem) return;
    form.hidden = !store.view;
    setText(problem, store.problem?.message || "");
    for (const part of this.parts) part.update();
    this.root.dataset.status = store.view?.status || "";
  }

  /** How the visit was held, again before it is signed. @param {RecordStore} store */
  async askVisit(store) {
    const visit = await this.api.get(`/consultations/${store.consultation}/visit`, { once: true }).catch(() => null);
    if (this.store !== store || !this.closing || !this.held) return;
    this.closing.visit = visit;
    const unseen = visit && (visit.held === "voice" || visit.held === "text");
    this.held.hidden = !unseen;
    if (unseen) setText(this.held, this.language.t(visit.held === "voice" ? "heldVoice" : "heldText"));
  }
}
