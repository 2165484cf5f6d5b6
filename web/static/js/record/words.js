/// <reference path="../../../record.d.ts" />
// What a field says, in lines of words: for previews, for texts beside each other, for what was signed.

/** @type {Record<RecordField, Key>} */
export const LABELS = { reason: "recordReason", impressions: "recordImpressions", prescriptions: "recordPrescriptions", instructions: "recordInstructions", next_action: "recordNext" };

/** @type {Record<ActionKind, Key>} */
export const ACTIONS = { "follow-up": "actionFollowUp", lab: "actionLab", referral: "actionReferral", discharge: "actionDischarge" };

/** @param {RecordField} field @param {RecordValue} value @param {Language} language @returns {string[]} none: nothing was written */
export function lines(field, value, { t, lang }) {
  if (field === "impressions") return value.map((/** @type {Impression} */ { text, code }) => (code ? `${text} (${code})` : text));
  if (field === "prescriptions") return value.map((/** @type {Prescription} */ item) => prescriptionLine(item, t));
  if (field === "next_action") return value ? [actionLine(value, t, lang)] : [];
  return value.trim() ? value.trim().split("\n") : [];
}

/** @param {Prescription} item @param {Translate} t */
function prescriptionLine({ medication, dose, route, frequency, duration, note, as_needed }, t) {
  const how = [dose, route, frequency, duration].filter((text) => text.trim()).join(", ");
  const more = [as_needed ? t("rxAsNeeded") : "", note].filter(Boolean).join(". ");
  return [[medication, how].filter(Boolean).join(": "), more].filter(Boolean).join(". ");
}

/** @param {NextAction} action @param {Translate} t @param {Lang} lang */
function actionLine({ kind, details, on }, t, lang) {
  return [t(ACTIONS[kind]), details, on ? dayOf(on, lang) : ""].filter(Boolean).join(", ");
}

/** @param {string} day ISO 8601 @param {Lang} lang */
export function dayOf(day, lang) {
  const [year, month, date] = day.split("-").map(Number);
  return new Intl.DateTimeFormat(lang === "es" ? "es-VE" : "en", { day: "numeric", month: "long", year: "numeric" }).format(new Date(year, month - 1, date));
}

/** @param {string} at RFC 3339 @param {Lang} lang */
export function momentOf(at, lang) {
  return new Intl.DateTimeFormat(lang === "es" ? "es-VE" : "en", { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(new Date(at));
}
