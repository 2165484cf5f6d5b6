// What can be done with an appointment: move it, cancel it, mark it as missed, correct who comes. Each is a form of its own.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { Field } from "../staff/field.js";
import { Form } from "../staff/form.js";
import { wall } from "./dates.js";
import { PatientFields } from "./patient-form.js";
import { Clash, lengthOf, placeTimes, timeFields, timesOf } from "./times.js";

/** @param {Office} office @param {AppointmentSheet} sheet @param {() => Promise<void>} done @param {() => void} close */
export function moveForm(office, sheet, done, close) {
  const { t, api } = office.staff;
  const { day, time } = wall(sheet.starts_at);
  const times = timeFields(t, day, time, lengthOf(sheet));
  let overbook = false;
  const clash = new Clash(office, (free) => {
    times[0].value = free.day;
    times[1].value = free.time;
    void form.submit();
  }, () => {
    overbook = true;
    void form.submit();
  });
  const form = new Form({ t, submit: t("moveIt"), testId: "move", cancel: { label: t("leaveIt"), press: close }, fields: [element("div", { class: "fields three" }, ...times.map(({ root }) => root)), clash.root], send: async (values) => {
    clash.hide();
    try {
      await api.post(`/appointments/${sheet.id}/reschedule`, { ...timesOf(values), overbook });
      await done();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (await clash.shows(error)) return;
      placeTimes(error, t, values);
      throw error;
    } finally {
      overbook = false;
    }
  } });
  form.fields = times;
  return titled(t("moveTitle"), form);
}

/** @param {Office} office @param {AppointmentSheet} sheet @param {() => Promise<void>} done @param {() => void} close */
export function cancelForm({ staff: { t, api } }, sheet, done, close) {
  const choices = /** @type {[string, string][]} */ (["patient", "physician", "clinic"].map((party) => [party, t(/** @type {Key} */ (`party${party}`))]));
  const form = new Form({ t, submit: t("cancelIt"), testId: "cancel", cancel: { label: t("leaveIt"), press: close }, fields: [
    new Field(t, { name: "party", label: t("whoCancels"), kind: "select", required: true, value: "patient", choices, testId: "party" }),
    new Field(t, { name: "why", label: t("cancelledWhy"), hint: t("whyHint"), kind: "textarea", rows: 2, testId: "why" }),
    element("p", { class: "hint" }, t("cancelEndsLinks")),
  ], send: async (values) => {
    await api.post(`/appointments/${sheet.id}/cancel`, values);
    await done();
  } });
  form.button.classList.replace("primary", "danger");
  return titled(t("cancelTitle"), form);
}

/** @param {Office} office @param {AppointmentSheet} sheet @param {() => Promise<void>} done @param {() => void} close */
export function missedForm({ staff: { t, api } }, sheet, done, close) {
  const choices = /** @type {[string, string][]} */ (["patient", "physician", "technical"].map((absence) => [absence, t(/** @type {Key} */ (`absence${absence}`))]));
  const form = new Form({ t, submit: t("markMissed"), testId: "missed", cancel: { label: t("leaveIt"), press: close }, fields: [
    new Field(t, { name: "absence", label: t("whoMissed"), hint: t("whoMissedHint"), kind: "select", required: true, value: sheet.absence || "patient", choices, testId: "absence" }),
  ], send: async (values) => {
    await api.post(`/appointments/${sheet.id}/no-show`, values);
    await done();
  } });
  return titled(t("missedTitle"), form);
}

/** @param {Office} office @param {string} patient @param {() => Promise<void>} done @param {() => void} close */
export async function correctForm({ staff: { t, api, language } }, patient, done, close) {
  const known = /** @type {PatientSheet} */ (await api.get(`/patients/${patient}`));
  const fields = new PatientFields(t, language.lang, known.registration);
  const form = new Form({ t, submit: t("saveCorrection"), testId: "correct", cancel: { label: t("leaveIt"), press: close }, fields: [fields.root], send: async () => {
    try {
      await api.put(`/patients/${patient}`, { ...fields.value, version: known.version });
      await done();
    } catch (error) {
      if (error instanceof ApiError) fields.place(error);
      throw error;
    }
  } });
  form.fields = fields.all;
  return titled(t("correctPatient"), form);
}

/** @param {string} title @param {Form} form */
function titled(title, form) {
  return element("section", { class: "form inner" }, element("h3", {}, title), form.root);
}
