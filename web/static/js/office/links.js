// The join links of an appointment: made, copied as a message, revoked. A link is shown once; then one makes another.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { ask } from "../staff/dialog.js";

export class Links {
  /** @param {Office} office @param {AppointmentSheet} sheet */
  constructor({ staff, dates }, sheet) {
    this.staff = staff;
    this.t = staff.t;
    this.dates = dates;
    this.sheet = sheet;
    this.open = sheet.status === "booked" || sheet.status === "arrived";
    const until = this.open ? [element("p", { class: "hint" }, this.t("linksUntil", { time: dates.time(sheet.links_until), date: dates.date(sheet.links_until.slice(0, 10)) }))] : [];
    this.list = element("ul", { class: "rows" }, ...sheet.links.map((link) => this.row(link)));
    this.root = element("section", { class: "links" }, element("h3", {}, this.t("links")), ...until, this.list);
  }

  /** @param {LinkView} link @param {HTMLElement} [made] where a new link is shown */
  row(link, made = element("div", { class: "made-link" })) {
    const { t } = this;
    const kind = link.state === "sent" ? "tag good" : "tag";
    const role = t(link.role === "patient" ? "ofPatient" : "ofCompanion");
    const text = element("div", { class: "row-text" }, element("bdi", { class: "row-title" }, link.name), element("span", { class: "row-more" }, ` ${role} `), element("span", { class: kind, "data-testid": "link-state" }, t(/** @type {Key} */ (`link${link.state}`))));
    const make = element("button", { class: "secondary", type: "button", "data-testid": "make-link", onclick: () => void this.make(link, made) }, t(link.state === "sent" ? "anotherLink" : "makeLink"));
    const revoke = element("button", { class: "quiet", type: "button", "data-testid": "revoke-link", onclick: () => void this.revoke(link) }, t("revokeLink"));
    const buttons = this.open ? [make, ...(link.state === "sent" ? [revoke] : [])] : [];
    return element("li", { class: "row" }, text, element("div", { class: "buttons" }, ...buttons), made);
  }

  /** @param {LinkView} link @param {HTMLElement} made */
  async make(link, made) {
    try {
      this.show(await this.staff.api.post(`/appointments/${this.sheet.id}/links/${link.seat}`), link, made);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.staff.announce(error.message);
    }
  }

  /** @param {NewLink} link @param {LinkView} of @param {HTMLElement} made */
  show(link, of, made) {
    const { t } = this;
    const message = element("textarea", { class: "message", readonly: true, rows: 5, "aria-label": t("messageToSend"), "data-testid": "message" }, link.message);
    const known = /** @type {PhoneView[]} */ (this.sheet.patient?.phones || []);
    const phones = known.filter(({ e164 }) => link.phones.includes(e164)).map(({ text, mobile }) => (mobile ? t("mobilePhone", { phone: text }) : text));
    const to = phones.length ? element("p", {}, t("sendTo", { phones: phones.join(", ") })) : element("p", { class: "hint" }, t(of.role === "patient" ? "noPhone" : "sendToCompanion"));
    this.state(link.seat, "sent", made);
    made.replaceChildren(to, message, element("div", { class: "buttons" },
      this.copy(t("copyMessage"), link.message, message, "primary", "copy-message"), this.copy(t("copyOnlyLink"), link.url, message, "secondary", "copy-link")),
    element("p", { class: "hint" }, t("shownOnce")));
    message.focus();
    message.select();
  }

  /** Where the clipboard cannot be written (plain HTTP), the text is selected to be copied by hand. @param {string} label @param {string} text @param {HTMLTextAreaElement} message @param {string} kind @param {string} testId */
  copy(label, text, message, kind, testId) {
    return element("button", { class: kind, type: "button", "data-testid": testId, onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        this.staff.announce(this.t("copiedToSend"));
      } catch {
        message.value = text;
        message.focus();
        message.select();
        this.staff.announce(this.t("copyByHand"));
      }
    } }, label);
  }

  /** @param {LinkView} link */
  async revoke(link) {
    if (!(await ask(this.t, this.t("revokeQuestion"), this.t("revokeExplain", { name: link.name }), this.t("revokeLink")))) return;
    await this.staff.api.delete(`/appointments/${this.sheet.id}/links/${link.seat}`);
    this.staff.announce(this.t("revoked"));
    this.state(link.seat, "none", element("div", { class: "made-link" }));
  }

  /** The row of a seat anew, whose links are so by now. @param {string} seat @param {LinkState} state @param {HTMLElement} made */
  state(seat, state, made) {
    const at = this.sheet.links.findIndex((link) => link.seat === seat);
    this.list.children[at].replaceWith(this.row({ ...this.sheet.links[at], state }, made));
  }
}
