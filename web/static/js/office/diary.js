// The diary: of a day a column for each physician, of a week one for each day; on a phone they stand below each other.

import { element } from "../view/element.js";
import { wall, weekOf } from "./dates.js";

export class Diary {
  /** @param {Staff} staff @param {import("./dates.js").Dates} dates @param {(id: string) => void} open */
  constructor({ t }, dates, open) {
    this.t = t;
    this.dates = dates;
    this.open = open;
    this.root = element("div", { class: "diary", "data-testid": "diary" });
  }

  /** @param {DiaryChoice} choice @param {AppointmentView[]} appointments @param {string} today */
  show(choice, appointments, today) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.appointment;
    const columns = choice.view === "week" ? this.days(choice, appointments, today) : this.physicians(appointments);
    this.root.dataset.view = choice.view;
    this.root.replaceChildren(...columns.map((column) => this.column(column, choice)));
    if (!columns.length) this.root.append(element("p", { class: "empty" }, this.t("noAppointments")));
    if (focused) /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-appointment="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {DiaryChoice} choice @param {AppointmentView[]} appointments @param {string} today @returns {DiaryColumn[]} */
  days(choice, appointments, today) {
    return weekOf(choice.day).map((day) => ({
      title: this.dates.shortDay(day),
      today: day === today,
      appointments: appointments.filter((each) => wall(each.starts_at).day === day),
    }));
  }

  /** @param {AppointmentView[]} appointments @returns {DiaryColumn[]} */
  physicians(appointments) {
    const names = new Map(appointments.map(({ physician }) => [physician.id, physician.name]));
    const sorted = [...names].sort(([, one], [, other]) => one.localeCompare(other));
    return sorted.map(([id, title]) => ({ title, today: false, appointments: appointments.filter((each) => each.physician.id === id) }));
  }

  /** @param {DiaryColumn} column @param {DiaryChoice} choice */
  column({ title, today, appointments }, choice) {
    const heading = element("h2", {}, title, ...(today ? [" ", element("span", { class: "tag good" }, this.t("today"))] : []));
    const list = element("ul", { class: "slots" }, ...appointments.map((each) => element("li", {}, this.slot(each, choice))));
    const none = element("p", { class: "hint" }, this.t("noneThen"));
    return element("section", { class: appointments.length ? "diary-column" : "diary-column is-empty" }, heading, appointments.length ? list : none);
  }

  /** @param {AppointmentView} appointment @param {DiaryChoice} choice */
  slot(appointment, { view, physician }) {
    const { id, patient, starts_at, ends_at, status } = appointment;
    const who = element("bdi", { class: "slot-who" }, patient ? patient.name : this.t("erasedPatient"));
    const time = view === "week" ? this.dates.time(starts_at) : this.dates.span(starts_at, ends_at);
    const by = view === "week" && !physician ? [element("span", { class: "slot-by" }, appointment.physician.name)] : [];
    const state = status === "booked" ? [] : [statusTag(this.t, appointment)];
    const both = appointment.overbooked ? [element("span", { class: "tag" }, this.t("overbooked"))] : [];
    return element("button", { class: `slot is-${status}`, type: "button", "data-appointment": id, "data-testid": "slot", onclick: () => this.open(id) },
      element("span", { class: "slot-time" }, time), who, ...by, ...state, ...both);
  }
}

/** What became of it, in words. @param {Translate} t @param {AppointmentView} appointment */
export function statusTag(t, { status, absence, cancelled_by }) {
  const detail = status === "noshow" ? absence : status === "cancelled" ? cancelled_by : null;
  const words = t(/** @type {Key} */ (detail ? `status${status}${detail}` : `status${status}`));
  const kind = status === "cancelled" || status === "noshow" ? "bad" : status === "booked" ? "" : "good";
  return element("span", { class: `tag ${kind}` }, words);
}
