/// <reference path="../../../record.d.ts" />
// What happens next: one of four, with which test or where to, and a day.

import { element } from "../view/element.js";
import { same } from "./field.js";
import { ACTIONS } from "./words.js";

const KINDS = /** @type {ActionKind[]} */ (Object.keys(ACTIONS));
/** What has to be said of each. @type {Record<ActionKind, Key>} */
const DETAILS = { "follow-up": "actionFollowUpDetails", lab: "actionLabDetails", referral: "actionReferralDetails", discharge: "actionDischargeDetails" };

export class NextActionEditor {
  /** @param {{t: Translate, describedBy: string, onInput: (value: NextAction | null) => void}} options */
  constructor({ t, describedBy, onInput }) {
    this.t = t;
    this.onInput = onInput;
    this.value = /** @type {NextAction | null} */ (null);
    this.radios = KINDS.map((kind) => element("input", { type: "radio", name: "next-action", value: kind, "data-testid": `action-${kind}`, onchange: () => this.change({ kind }) }));
    this.first = this.radios[0];
    this.details = element("input", { type: "text", autocomplete: "off", "data-testid": "action-details", oninput: () => this.change({ details: this.details.value }) });
    this.on = element("input", { type: "date", "data-testid": "action-on", oninput: () => this.change({ on: this.on.value || null }) });
    this.label = element("span", {});
    this.more = element("div", { class: "action-more", hidden: true }, element("label", {}, this.label, this.details), element("label", { class: "action-on" }, element("span", {}, t("actionOn")), this.on));
    const choices = this.radios.map((radio, n) => element("label", { class: "choice" }, radio, t(ACTIONS[KINDS[n]])));
    this.root = element("fieldset", { "aria-describedby": describedBy }, element("legend", { class: "hidden-text" }, t("recordNext")), element("div", { class: "choices" }, ...choices), this.more);
  }

  /** @param {Partial<NextAction>} part */
  change(part) {
    const value = { kind: KINDS[0], details: "", on: null, ...this.value, ...part };
    this.set(value);
    this.onInput(value);
  }

  /** @param {NextAction | null} value */
  set(value) {
    this.more.hidden = !value;
    if (same(this.value, value)) return;
    this.value = value;
    for (const radio of this.radios) radio.checked = radio.value === value?.kind;
    if (!value) return;
    this.label.textContent = this.t(DETAILS[value.kind]);
    if (this.details.value !== value.details) this.details.value = value.details;
    if (this.on.value !== (value.on || "")) this.on.value = value.on || "";
  }

  /** @param {boolean} readOnly */
  lock(readOnly) {
    for (const radio of this.radios) radio.disabled = readOnly;
    this.details.readOnly = this.on.readOnly = readOnly;
  }
}
