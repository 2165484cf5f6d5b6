// One appointment: what is known of it, its links, and what can be done with it.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { openDialog } from "../staff/dialog.js";
import { cancelForm, correctForm, missedForm, moveForm } from "./changes.js";
import { wall } from "./dates.js";
import { statusTag } from "./diary.js";
import { Links } from "./links.js";

/** @param {Office} office @param {string} id */
export async function openSheet(office, id) {
  const { staff } = office;
  try {
    const sheet = await staff.api.get(`/appointments/${id}`);
    const content = element("div", { class: "sheet" });
    openDialog(staff.t, staff.t("appointment"), [content], { wide: true, testId: "sheet" });
    new Sheet(office, content).show(sheet);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    staff.announce(error.message);
  }
}

class Sheet {
  /** @param {Office} office @param {HTMLElement} content */
  constructor(office, content) {
    this.office = office;
    this.t = office.staff.t;
    this.content = content;
  }

  /** @param {AppointmentSheet} sheet */
  show(sheet) {
    const links = new Links(this.office, sheet);
    this.content.replaceChildren(this.facts(sheet), ...(this.office.staff.may("appointments.write") ? [links.root, this.actions(sheet)] : []));
  }

  /** @param {string} id */
  async again(id) {
    this.show(await this.office.staff.api.get(`/appointments/${id}`));
    void this.office.refresh();
  }

  /** @param {AppointmentSheet} sheet */
  facts(sheet) {
    const { t } = this;
    const { dates } = this.office;
    const { patient } = sheet;
    const rows = /** @type {[Key, (string | Node)[]][]} */ ([
      ["when", [`${dates.day(wall(sheet.starts_at).day)}, ${dates.span(sheet.starts_at, sheet.ends_at)}`]],
      ["withPhysician", [sheet.physician.name]],
      ["document", patient ? [patient.document] : []],
      ["birthDate", patient ? [dates.date(patient.birth_date)] : []],
      ["guardian", patient?.guardian ? [element("bdi", {}, patient.guardian)] : []],
      ["phones", patient ? [patient.phones.map(({ text }) => text).join(", ")] : []],
      ["companionNames", [sheet.companions.map(({ name }) => name).join(", ")]],
      ["reasonForVisit", [sheet.reason || ""]],
      ["cancelledWhy", [sheet.cancelled_why || ""]],
      ["bookedBy", [sheet.booked_by.name || t("ownSystem"), sheet.source === "import" ? ` (${t("byImport")})` : ""]],
    ]).filter(([, values]) => values.some(Boolean));
    const list = rows.flatMap(([key, values]) => [element("dt", {}, t(key)), element("dd", {}, ...values)]);
    return element("section", { class: "facts" },
      element("p", { class: "sheet-name" }, element("bdi", { "data-testid": "sheet-name" }, patient ? patient.name : t("erasedPatient")), " ", statusTag(t, sheet)),
      element("dl", { class: "pairs" }, ...list));
  }

  /** @param {AppointmentSheet} sheet */
  actions(sheet) {
    const { t } = this;
    const form = element("div", { class: "sheet-form" });
    const open = sheet.status === "booked" || sheet.status === "arrived";
    const begun = Date.parse(sheet.starts_at) <= Date.now();
    const done = async (/** @type {Key} */ said) => {
      this.office.staff.announce(t(said));
      await this.again(sheet.id);
    };
    const close = () => form.replaceChildren();
    const button = (/** @type {Key} */ label, /** @type {string} */ testId, /** @type {() => Promise<HTMLElement> | HTMLElement} */ make) => element("button", { class: "secondary", type: "button", "data-testid": testId, onclick: async () => {
      form.replaceChildren(await make());
      /** @type {HTMLElement | null} */ (form.querySelector("input, select, textarea"))?.focus();
    } }, t(label));
    const buttons = [
      ...(open ? [button("move", "move", () => moveForm(this.office, sheet, () => done("moved"), close))] : []),
      ...(open ? [button("cancelIt", "cancel-it", () => cancelForm(this.office, sheet, () => done("wasCancelled"), close))] : []),
      ...((open || sheet.status === "noshow") && begun ? [button("markMissed", "missed", () => missedForm(this.office, sheet, () => done("wasMissed"), close))] : []),
      ...(sheet.patient ? [button("correctPatient", "correct", () => correctForm(this.office, sheet.patient_id, () => done("corrected"), close))] : []),
    ];
    return element("section", { class: "form" }, element("div", { class: "buttons" }, ...buttons), form);
  }
}
