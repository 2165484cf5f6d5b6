// Booking: who comes, then with whom and when. What is typed stays until it is booked.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { openDialog } from "../staff/dialog.js";
import { Field } from "../staff/field.js";
import { Form } from "../staff/form.js";
import { FindPatient } from "./patient-find.js";
import { patientLines } from "./patient-line.js";
import { NewPatient } from "./patient-new.js";
import { openSheet } from "./sheet.js";
import { Clash, placeTimes, timeFields, timesOf } from "./times.js";

/** @param {Office} office */
export function openBooking(office) {
  const content = element("div", {});
  const root = openDialog(office.staff.t, office.staff.t("newAppointment"), [content], { wide: true, testId: "booking" });
  new Booking(office, content, root).find();
}

class Booking {
  /** @param {Office} office @param {HTMLElement} content @param {HTMLDialogElement} dialog */
  constructor(office, content, dialog) {
    this.office = office;
    this.t = office.staff.t;
    this.content = content;
    this.dialog = dialog;
  }

  find() {
    const find = new FindPatient(this.office, (patient) => this.when(patient), () => this.take(find));
    this.content.replaceChildren(find.root);
    find.field.input.focus();
  }

  /** @param {FindPatient} find */
  take(find) {
    const back = () => {
      this.content.replaceChildren(find.root);
      find.field.input.focus();
    };
    const fresh = new NewPatient(this.office, (patient) => this.when(patient), back);
    this.content.replaceChildren(fresh.root);
    const typed = String(find.field.value).trim();
    const name = typed && !/\d/.test(typed) ? "name" : /^[ve]/i.test(typed) ? "cedula" : "";
    const [known] = fresh.fields.own.filter((field) => field.name === name);
    if (known) known.value = typed;
    fresh.fields.own[0].input.focus();
  }

  /** @param {PatientView} patient */
  when(patient) {
    const { t } = this;
    const { physicians, choice } = this.office;
    const physician = new Field(t, { name: "physician", label: t("withPhysician"), kind: "select", required: true, value: choice.physician, choices: physicians.map(({ id, name, specialty }) => [id, specialty ? `${name} · ${specialty}` : name]), testId: "with" });
    const times = timeFields(t, choice.day);
    const reason = new Field(t, { name: "reason", label: t("reasonForVisit"), hint: t("reasonHint"), kind: "textarea", rows: 2, testId: "reason" });
    const companions = new Field(t, { name: "companions", label: t("companionNames"), hint: t("companionNamesHint"), kind: "textarea", rows: 2, testId: "companions" });
    const clash = this.clash(times, () => form);
    const two = element("div", { class: "fields two" }, physician.root, ...times.map(({ root }) => root), reason.root, companions.root);
    const form = new Form({ t, fields: [two, clash.root], submit: t("bookIt"), testId: "booking-form", cancel: { label: t("back"), press: () => this.find() }, send: (values) => this.send(patient, values, clash) });
    form.fields = [physician, ...times, reason, companions];
    this.content.replaceChildren(element("div", { class: "form" }, element("div", { class: "chosen", "data-testid": "chosen" }, patientLines(t, this.office.dates, patient)), form.root));
    physician.input.focus();
  }

  /** @param {Field[]} times @param {() => Form} form */
  clash([day, time], form) {
    return new Clash(this.office, (free) => {
      day.value = free.day;
      time.value = free.time;
      void form().submit();
    }, () => {
      this.over = true;
      void form().submit();
    });
  }

  /** @param {PatientView} patient @param {FormValues} values @param {Clash} clash */
  async send(patient, values, clash) {
    const companions = String(values.companions).split("\n").map((name) => name.trim()).filter(Boolean);
    const overbook = Boolean(this.over);
    this.over = false;
    clash.hide();
    try {
      const booked = await this.office.staff.api.post("/appointments", { patient: patient.id, physician: values.physician, reason: values.reason, companions, ...timesOf(values), overbook });
      await this.done(booked);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (await clash.shows(error)) return;
      placeTimes(error, this.t, values);
      if (error.code === "bad-reason") error.fields.reason = error.message;
      const wrong = Object.entries(error.fields).find(([name]) => name.startsWith("companions."));
      if (wrong) error.fields = { companions: wrong[1] };
      throw error;
    }
  }

  /** @param {AppointmentSheet} booked */
  async done(booked) {
    this.dialog.close();
    this.office.staff.announce(this.t("booked"));
    await this.office.refresh();
    await openSheet(this.office, booked.id);
  }
}
