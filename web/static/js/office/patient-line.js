// A patient in one or two lines, as lists and dialogs show one.

import { element } from "../view/element.js";

/** @param {Translate} t @param {import("./dates.js").Dates} dates @param {PatientView} patient */
export function patientLines(t, dates, patient) {
  const born = t("bornOn", { date: dates.date(patient.birth_date) });
  const guardian = patient.guardian ? [t("inCareOf", { name: patient.guardian })] : [];
  const phones = patient.phones.map(({ text }) => text).join(", ");
  return element("span", { class: "patient-lines" },
    element("bdi", { class: "row-title" }, patient.name), ...(patient.minor ? [" ", element("span", { class: "tag" }, t("minor"))] : []),
    element("span", { class: "row-more" }, [patient.document, born, ...guardian, phones].filter(Boolean).join(" · ")));
}
