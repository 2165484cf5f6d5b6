// When: the fields of a day, an hour and a length, and the panel that shows who has the hour and when else it is free.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { Field } from "../staff/field.js";
import { minutesBetween, wall } from "./dates.js";

const LENGTHS = [10, 15, 20, 30, 40, 45, 60, 90, 120];
const USUAL = 20;

/** @param {Translate} t @param {string} day @param {string} [time] @param {number} [minutes] */
export function timeFields(t, day, time, minutes = USUAL) {
  const lengths = [...new Set([...LENGTHS, minutes])].sort((one, other) => one - other);
  return [
    new Field(t, { name: "day", label: t("onDay"), kind: "date", required: true, value: day, testId: "at-day" }),
    new Field(t, { name: "time", label: t("atTime"), hint: t("clinicTime"), kind: "time", required: true, value: time, testId: "at-time" }),
    new Field(t, { name: "minutes", label: t("length"), kind: "select", required: true, value: String(minutes), choices: lengths.map((each) => [String(each), t("minutes", { count: each })]), testId: "minutes" }),
  ];
}

/** What the API takes: the clinic's wall clock. @param {FormValues} values */
export function timesOf({ day, time, minutes }) {
  return { starts_at: `${day}T${time}`, minutes: Number(minutes) };
}

/** The API's faults of times at these fields. @param {ApiError} error @param {Translate} t @param {FormValues} values */
export function placeTimes(error, t, { day, time }) {
  const { starts_at: at, ...others } = error.fields;
  error.fields = others;
  if (!day) error.fields.day = t("pickADay");
  if (!time) error.fields.time = t("pickATime");
  if (at && day && time) error.fields.time = at;
  if (error.code === "bad-length") error.fields.minutes = error.message;
  if (error.code === "in-past") error.fields.time = error.message;
  if (error.code === "too-far" || error.code === "day-full") error.fields.day = error.message;
}

export class Clash {
  /** @param {Office} office @param {(free: {day: string, time: string}) => void} onFree @param {() => void} onOver books all the same */
  constructor(office, onFree, onOver) {
    this.office = office;
    this.onFree = onFree;
    this.onOver = onOver;
    this.root = element("section", { class: "clash", hidden: true, tabindex: "-1", "aria-label": office.staff.t("clashTitle"), "data-testid": "clash" });
  }

  /** Whether the error is one that this shows. @param {ApiError} error */
  async shows(error) {
    if (!error.more.appointment) return false;
    const other = /** @type {AppointmentSheet} */ (await this.office.staff.api.get(`/appointments/${error.more.appointment}`));
    this.show(error, other, (error.more.free || "").split(" ").filter(Boolean));
    void this.office.refresh();
    return true;
  }

  /** @param {ApiError} error @param {AppointmentSheet} other @param {string[]} free */
  show(error, other, free) {
    const { dates, staff: { t, may } } = this.office;
    const who = element("p", {}, element("strong", {}, dates.span(other.starts_at, other.ends_at)), " · ",
      element("bdi", {}, other.patient ? other.patient.name : t("erasedPatient")), ` · ${other.physician.name}`);
    const by = element("p", { class: "hint" }, t("bookedByName", { name: other.booked_by.name || t("ownSystem") }));
    const choices = free.map((start) => element("button", { class: "secondary", type: "button", "data-testid": "free", onclick: () => this.onFree(wall(start)) }, dates.time(start)));
    const offer = free.length ? [element("p", {}, t("freeThen")), element("div", { class: "buttons" }, ...choices)] : [element("p", {}, t("freeNever"))];
    const over = element("button", { class: "quiet", type: "button", "data-testid": "overbook", onclick: () => this.onOver() }, t("overbookAnyway"));
    this.root.replaceChildren(element("h3", {}, error.message), who, by, ...offer, ...(may("appointments.overbook") ? [over] : []));
    this.root.hidden = false;
    this.root.focus();
  }

  hide() {
    this.root.hidden = true;
  }
}

/** How long it is. @param {AppointmentView} appointment */
export function lengthOf({ starts_at, ends_at }) {
  return minutesBetween(starts_at, ends_at);
}
