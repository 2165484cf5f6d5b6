/// <reference path="../../../console.d.ts" />
// Who else is in this consultation, and how: companions and interpreters by a link of their own, a colleague who takes over.

import { ApiError } from "../staff/api.js";
import { ask, openDialog } from "../staff/dialog.js";
import { Field } from "../staff/field.js";
import { Form } from "../staff/form.js";
import { element, setText } from "../view/element.js";
import { languageName } from "../view/person.js";

const LANGUAGES = ["guc", "wba", "aoc", "pid", "guu", "car", "vsl", "en", "pt", "fr", "it", "zh", "ar"];

export class Guests {
  /** @param {Staff} staff @param {string} visit @param {{handed: (name: string) => void}} actions */
  constructor(staff, visit, actions) {
    this.staff = staff;
    this.visit = visit;
    this.actions = actions;
    this.shown = "";
    const { t } = staff;
    this.list = element("ul", { class: "rows" });
    this.error = element("p", { class: "form-error", role: "alert" });
    const invite = element("button", { class: "secondary", type: "button", "data-testid": "invite", onclick: () => this.openInvite() }, t("invite"));
    const hand = element("button", { class: "secondary", type: "button", "data-testid": "hand-over", onclick: () => this.openHandOver() }, t("handOver"));
    this.buttons = element("div", { class: "buttons" }, invite, hand);
    this.handed = element("p", { class: "hint", "data-testid": "handed" });
    this.root = element("section", { class: "card guests" }, element("h2", {}, t("guestsTitle")), this.handed, this.list, this.error, this.buttons);
  }

  /** @param {Session} session */
  update(session) {
    const guests = session.others.filter(({ role }) => role === "companion");
    const colleagues = session.others.filter(({ role }) => role === "physician");
    const ended = session.phase === "ended";
    this.buttons.hidden = ended || Boolean(session.me?.handed);
    this.handed.hidden = !session.me?.handed;
    if (session.me?.handed) setText(this.handed, this.staff.t("handedStay", { name: colleagues.at(-1)?.name || "" }));
    const mine = !ended && !session.me?.handed;
    const key = JSON.stringify([guests.map(({ id, name, present }) => [id, name, present]), colleagues.map(({ id, name }) => [id, name]), mine]);
    if (key === this.shown) return;
    this.shown = key;
    this.list.hidden = guests.length + colleagues.length === 0;
    this.list.replaceChildren(...guests.map((seat) => this.row(seat, mine)), ...colleagues.map((seat) => this.row(seat, false)));
  }

  /** @param {Seat} seat @param {boolean} removable */
  row(seat, removable) {
    const { t } = this.staff;
    const kind = seat.role === "physician" ? t("colleaguePanel") : seat.language ? t("interpreterPanel", { language: languageName(seat.language, this.staff.language.lang) }) : t("companionPanel");
    const remove = element("button", { class: "quiet", type: "button", "data-testid": "send-away", "aria-label": t("sendAwayLong", { name: seat.name }), onclick: () => this.sendAway(seat) }, t("sendAway"));
    return element("li", { class: "row" }, element("div", { class: "row-text" }, element("p", { class: "row-title" }, seat.name), element("p", { class: "row-more" }, kind)), ...(removable ? [remove] : []));
  }

  openInvite() {
    const { t, language, api } = this.staff;
    const kind = new Field(t, { name: "kind", label: t("guestKind"), kind: "select", choices: [["companion", t("companionPanel")], ["interpreter", t("interpreter")]], value: "companion", required: true, testId: "guest-kind" });
    const spoken = new Field(t, { name: "language", label: t("guestLanguage"), kind: "select", choices: LANGUAGES.map((code) => /** @type {[string, string]} */ ([code, languageName(code, language.lang)])), value: LANGUAGES[0], testId: "guest-language" });
    const show = () => (spoken.root.hidden = kind.value !== "interpreter");
    kind.input.addEventListener("change", show);
    show();
    const name = new Field(t, { name: "name", label: t("fullName"), required: true, testId: "guest-name" });
    const form = new Form({ t, submit: t("inviteSend"), testId: "guest", fields: [name, kind, spoken], send: async (values) => {
      const asked = { ...values, language: values.kind === "interpreter" ? values.language : "" };
      const guest = /** @type {Guest} */ (await api.post(`/consultations/${this.visit}/guests`, asked));
      dialog.close();
      this.showLink(guest);
    } });
    const dialog = openDialog(t, t("invite"), [element("p", { class: "hint" }, t("inviteExplain")), form.root], { testId: "invite-dialog" });
    name.input.focus();
  }

  /** Told once: the server keeps its hash only. @param {Guest} guest */
  showLink({ name, token }) {
    const { t, announce } = this.staff;
    const url = `${location.origin}/join/${token}`;
    const link = element("input", { type: "text", readonly: true, value: url, class: "guest-link", "data-testid": "guest-link", "aria-label": t("guestLink") });
    link.addEventListener("focus", () => link.select());
    const copy = element("button", { class: "primary", type: "button", "data-testid": "guest-copy", onclick: async () => {
      link.select();
      await navigator.clipboard?.writeText(url).catch(() => {});
      announce(t("guestCopied"));
    } }, t("guestCopy"));
    openDialog(t, t("guestReady", { name }), [element("p", {}, t("guestReadyExplain")), link, element("div", { class: "buttons" }, copy)], { testId: "guest-ready" });
    link.focus();
  }

  /** @param {Seat} seat */
  async sendAway({ id, name }) {
    const { t, api } = this.staff;
    if (!(await ask(t, t("sendAwayQuestion", { name }), t("sendAwayExplain"), t("sendAway")))) return;
    await this.guard(() => api.delete(`/consultations/${this.visit}/guests/${id}`));
  }

  async openHandOver() {
    const { t, api, member } = this.staff;
    const found = await this.guard(() => api.get("/physicians"));
    if (!found) return;
    const colleagues = found.physicians.filter((/** @type {{id: string}} */ { id }) => id !== member.id);
    if (!colleagues.length) return openDialog(t, t("handOver"), [element("p", {}, t("handOverNobody"))]);
    const choices = colleagues.map((/** @type {{id: string, name: string, specialty: string}} */ { id, name, specialty }) => [id, [name, specialty].filter(Boolean).join(" · ")]);
    const to = new Field(t, { name: "physician", label: t("handOverTo"), kind: "select", choices, value: choices[0][0], required: true, testId: "taker" });
    const why = new Field(t, { name: "reason", label: t("handOverWhy"), kind: "select", choices: [["other-specialty", t("why_other_specialty")], ["late", t("why_late")], ["away", t("why_away")], ["patients-wish", t("why_patients_wish")], ["other", t("why_other")]], value: "other-specialty", testId: "taker-why" });
    const form = new Form({ t, submit: t("handOverSend"), testId: "taker", fields: [to, why], send: async (values) => {
      await api.post(`/consultations/${this.visit}/hand-over`, values);
      dialog.close();
      this.actions.handed(colleagues.find((/** @type {{id: string}} */ { id }) => id === values.physician).name);
    } });
    const dialog = openDialog(t, t("handOver"), [element("p", { class: "hint" }, t("handOverExplain")), form.root], { testId: "hand-over-dialog" });
    to.input.focus();
  }

  /** @param {() => Promise<any>} ask */
  async guard(ask) {
    this.error.textContent = "";
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error.textContent = error.message;
      return null;
    }
  }
}
