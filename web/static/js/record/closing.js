/// <reference path="../../../record.d.ts" />
// The way out of a record: complete it (or hear what is missing), interrupt it, sign it, print it, amend it.

import { openDialog } from "../staff/dialog.js";
import { element, setText } from "../view/element.js";
import { FIELDS, contentOf } from "./field.js";
import { reading } from "./reading.js";
import { momentOf } from "./words.js";
import { refusalOf } from "./refusal.js";

/** Where what is missing is written. @type {Record<string, RecordField>} */
const PLACES = {
  reason: "reason", impression: "impressions", treatment: "prescriptions", "prescription-details": "prescriptions", "next-action": "next_action", "next-action-details": "next_action",
};

export class Closing {
  /** @param {Language} language @param {RecordStoreType} store @param {(field: RecordField) => void} show */
  constructor(language, store, show) {
    this.language = language;
    this.t = language.t;
    this.store = store;
    this.show = show;
    this.visit = /** @type {VisitView | null} */ (null);
    this.lacks = /** @type {Record<string, string>} */ ({});
    this.busy = false;
    this.shown = "";
    this.banner = element("p", { class: "record-banner" });
    this.error = element("p", { class: "form-error", role: "alert" });
    this.missing = element("div", { class: "missing", hidden: true, tabindex: "-1", "data-testid": "missing" });
    this.buttons = element("div", { class: "buttons" });
    this.root = element("section", { class: "closing", "aria-label": this.t("closingTitle") }, this.banner, this.missing, this.error, this.buttons);
  }

  update() {
    const { view } = this.store;
    this.root.hidden = !view;
    if (!view) return;
    this.showMissing(view);
    const key = [view.status, view.amended, view.versions.length, this.store.treats, this.busy].join();
    if (key === this.shown) return;
    this.shown = key;
    setText(this.banner, this.said(view));
    this.banner.hidden = !this.banner.textContent;
    const focused = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(...this.choices(view));
    if (focused && !this.busy) this.buttons.querySelector("button")?.focus();
  }

  /** @param {RecordView} view */
  said(view) {
    const { t } = this;
    const last = view.versions.at(-1);
    const name = (/** @type {string} */ id) => view.physicians.find((each) => each.id === id)?.name || "";
    if (last) return t(view.amended ? "closingChanged" : "closingSigned", { name: name(last.signed_by), when: momentOf(last.signed_at, this.language.lang), number: last.number });
    if (!this.store.treats) return t("closingOthers", { name: view.physicians.at(-1)?.name || "" });
    if (view.status === "interrupted") return t("closingInterrupted", { reason: view.interrupted_because });
    return view.status === "completed" ? t("closingCompleted") : "";
  }

  /** @param {RecordView} view */
  choices({ status, amended, versions }) {
    const print = versions.length ? [this.button("print", "secondary", () => this.print(versions.length))] : [];
    if (!this.store.treats) return print;
    if (status === "signed") return amended ? [this.button("amend", "primary", () => this.openAmend()), ...print] : print;
    if (status === "completed") return [this.button("review", "primary", () => this.openSign())];
    const complete = this.button("complete", "primary", () => this.complete());
    return status === "interrupted" ? [complete] : [complete, this.button("interrupt", "secondary", () => this.openInterrupt())];
  }

  /** @param {"print" | "amend" | "review" | "complete" | "interrupt"} name @param {string} look @param {() => unknown} press */
  button(name, look, press) {
    return element("button", { type: "button", class: look, disabled: this.busy, "data-testid": `record-${name}`, onclick: press }, this.t(/** @type {Key} */ (`closing_${name}`)));
  }

  // --- acts

  async complete() {
    if (await this.act("complete")) await this.openSign();
    else if (!this.missing.hidden) this.missing.focus();
  }

  openInterrupt() {
    const { t } = this;
    const input = element("textarea", { rows: 3, id: "interrupt-reason", "data-testid": "interrupt-reason" });
    const send = () => this.act("interrupt", { reason: input.value });
    this.open("closing_interrupt", [element("p", {}, t("interruptExplain")), this.labelled("interruptReason", input)], "interruptSend", send);
  }

  openAmend() {
    const input = element("input", { type: "text", id: "amend-reason", "data-testid": "amend-reason", maxlength: 500 });
    const send = () => this.act("amend", { reason: input.value });
    this.open("closing_amend", [this.preview(), this.labelled("amendReason", input)], "amendSend", send);
  }

  async openSign() {
    const { t, store } = this;
    const visit = await store.api.get(`/consultations/${store.consultation}/visit`, { once: true }).catch(() => this.visit);
    const held = visit?.held;
    const sure = element("input", { type: "checkbox", "data-testid": "attest" });
    const warning = held === "voice" || held === "text"
      ? [element("div", { class: "attestation" }, element("p", {}, element("strong", {}, t(held === "voice" ? "heldVoice" : "heldText"))), element("label", { class: "check" }, sure, t("attest")))]
      : [];
    const send = () => this.act("sign", { attested: sure.checked });
    this.open("signTitle", [element("p", {}, t("signExplain")), this.preview(), ...warning], "signSend", send);
  }

  /** @param {Key} title @param {Node[]} content @param {Key} label @param {() => Promise<boolean>} send */
  open(title, content, label, send) {
    const error = element("p", { class: "form-error", role: "alert" });
    const go = element("button", { type: "button", class: "primary", "data-testid": "dialog-send", onclick: async () => {
      go.disabled = true;
      if (await send()) return root.close();
      go.disabled = false;
      setText(error, this.error.textContent || "");
      setText(this.error, "");
      error.scrollIntoView({ block: "nearest" });
      if (!this.missing.hidden) root.close();
    } }, this.t(label));
    const root = openDialog(this.t, this.t(title), [...content, error, element("div", { class: "buttons" }, go)], { wide: true, testId: "record-dialog" });
  }

  /** @param {Key} label @param {HTMLElement} input */
  labelled(label, input) {
    return element("div", { class: "field" }, element("label", { for: input.id }, this.t(label)), input);
  }

  preview() {
    const { view, client } = this.store;
    return reading(contentOf(/** @type {RecordView} */ (view), client), this.language);
  }

  /** @param {string} act @param {object} [body] @returns {Promise<boolean>} */
  async act(act, body) {
    this.lock(true);
    setText(this.error, "");
    try {
      await this.store.act(act, body);
      this.lacks = {};
      return true;
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (error.code === "record-incomplete") this.lacks = error.fields;
      else setText(this.error, error.message || this.t("recordOffline"));
      return false;
    } finally {
      this.lock(false);
    }
  }

  /** @param {boolean} busy */
  lock(busy) {
    this.busy = busy;
    this.update();
  }

  /** @param {number} number */
  async print(number) {
    setText(this.error, "");
    try {
      const pdf = await this.store.api.get(`${this.store.path}/versions/${number}/document`, { as: "blob", once: true });
      const url = URL.createObjectURL(pdf);
      element("a", { href: url, download: `${this.t("pdfName")}-${number}.pdf` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (thrown) {
      const error = refusalOf(thrown);
      setText(this.error, error.message || this.t("recordOffline"));
    }
  }

  // --- what is missing: of what the server listed, that which still is

  /** @param {RecordView} view */
  showMissing(view) {
    const still = Object.entries(this.lacks).filter(([code]) => view.missing.includes(code));
    this.missing.hidden = still.length === 0;
    if (this.missing.hidden) return;
    const links = still.map(([code, message]) => element("li", {}, element("a", { href: `#record-${this.place(code)}`, "data-missing": code, onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.show(this.place(code));
    } }, message)));
    const key = still.map(([code]) => code).join();
    if (this.missing.dataset.codes === key) return;
    this.missing.dataset.codes = key;
    this.missing.replaceChildren(element("h3", {}, this.t("missingTitle")), element("ul", {}, ...links));
  }

  /** @param {string} code @returns {RecordField} */
  place(code) {
    const disputed = FIELDS.find((field) => this.store.beside(field).length);
    return code === "conflict" ? disputed || "reason" : PLACES[code];
  }
}
