// The form of a person: documents, phones of any country, and a guardian for who needs one.

import { element } from "../view/element.js";
import { Field } from "../staff/field.js";

/** Where a fault that the API names is shown. @type {Record<string, string>} */
const PLACES = {
  identifiers: "cedula",
  passport: "passport_number",
  phone: "phones",
  minor: "ordinal",
  guardian: "guardian_name",
  guardian_passport: "guardian_cedula",
  guardian_phone: "guardian_phones",
};
const SEXES = ["female", "male", "other", "unknown"];
const RELATIONS = ["MTH", "FTH", "GRPRN", "SIB", "EXT", "GUARD"];

export class PatientFields {
  /** @param {Translate} t @param {Lang} lang @param {Registration} [known] */
  constructor(t, lang, known) {
    this.known = known;
    this.lang = lang;
    const field = (/** @type {FieldOptions} */ options) => new Field(t, { testId: `patient-${options.name}`, ...options });
    const sexes = /** @type {[string, string][]} */ (SEXES.map((code) => [code, t(/** @type {Key} */ (`sex${code}`))]));
    const kin = /** @type {[string, string][]} */ (RELATIONS.map((code) => [code, t(/** @type {Key} */ (`kin${code}`))]));
    const guardian = known?.guardian;
    this.own = [
      field({ name: "name", label: t("fullName"), required: true, value: known?.name, autocomplete: "off" }),
      field({ name: "birth_date", label: t("birthDate"), hint: t("birthDateHint"), required: true, value: known && dayFirst(known.birth_date), autocomplete: "off" }),
      field({ name: "sex", label: t("sex"), kind: "select", required: true, value: known?.sex || "unknown", choices: sexes }),
      field({ name: "phones", label: t("phones"), hint: t("phonesHint"), kind: "textarea", rows: 2, value: known?.phones.join("\n") }),
      field({ name: "cedula", label: t("cedula"), hint: t("cedulaHint"), value: known?.cedula, autocomplete: "off" }),
      field({ name: "passport_number", label: t("passportNumber"), value: known?.passport_number, autocomplete: "off" }),
      field({ name: "passport_country", label: t("passportCountry"), hint: t("passportCountryHint"), value: known?.passport_country, autocomplete: "off" }),
    ];
    this.has = field({ name: "has_guardian", kind: "checkbox", label: t("hasGuardian"), value: Boolean(guardian) });
    this.theirs = [
      field({ name: "guardian_name", label: t("guardianFullName"), required: true, value: guardian?.name, autocomplete: "off" }),
      field({ name: "guardian_relation", label: t("relation"), kind: "select", required: true, value: guardian?.relation || "MTH", choices: kin }),
      field({ name: "guardian_cedula", label: t("guardianCedula"), hint: t("guardianCedulaHint"), value: guardian?.cedula, autocomplete: "off" }),
      field({ name: "guardian_phones", label: t("guardianPhones"), kind: "textarea", rows: 2, value: guardian?.phones.join("\n") }),
      field({ name: "guardian_passport_number", label: t("guardianPassport"), value: guardian?.passport_number, autocomplete: "off" }),
      field({ name: "guardian_passport_country", label: t("passportCountry"), hint: t("passportCountryHint"), value: guardian?.passport_country, autocomplete: "off" }),
      field({ name: "ordinal", label: t("ordinal"), hint: t("ordinalHint"), kind: "number", value: known?.ordinal ?? "" }),
    ];
    this.guardian = element("fieldset", { class: "guardian" }, element("legend", {}, t("guardian")), element("div", { class: "fields two" }, ...this.theirs.map(({ root }) => root)));
    const show = () => (this.guardian.hidden = !this.has.value);
    this.has.input.addEventListener("change", show);
    show();
    this.root = element("div", { class: "form" }, element("div", { class: "fields two" }, ...this.own.map(({ root }) => root)), this.has.root, this.guardian);
  }

  get all() {
    return [...this.own, this.has, ...this.theirs];
  }

  /** As the API takes it. @returns {Registration} */
  get value() {
    const at = (/** @type {string} */ name) => String(this.all.find((field) => field.name === name)?.value ?? "").trim();
    const phones = (/** @type {string} */ name) => at(name).split(/[\n,;/]/).map((phone) => phone.trim()).filter(Boolean);
    const guardian = this.has.value ? {
      name: at("guardian_name"), relation: at("guardian_relation"), cedula: at("guardian_cedula"), phones: phones("guardian_phones"),
      passport_number: at("guardian_passport_number"), passport_country: at("guardian_passport_country"),
    } : null;
    const ordinal = guardian && /^\d+$/.test(at("ordinal")) ? Number(at("ordinal")) : null;
    return {
      name: at("name"), birth_date: at("birth_date"), sex: at("sex"), cedula: at("cedula"), phones: phones("phones"),
      passport_number: at("passport_number"), passport_country: at("passport_country"), language: this.known?.language || this.lang, guardian, ordinal,
    };
  }

  /** The API's faults under the names of these fields. @param {import("../staff/api.js").ApiError} error */
  place(error) {
    const places = this.has.value ? { ...PLACES, identifiers: "ordinal" } : PLACES; // who has a guardian may have no document
    const named = Object.entries(error.fields).map(([name, message]) => [places[name] || name.replace(".", "_"), message]);
    error.fields = Object.fromEntries(named);
    if (named.some(([name]) => String(name).startsWith("guardian") || name === "ordinal")) {
      this.has.value = true;
      this.guardian.hidden = false;
    }
  }
}

/** As Venezuelans write it. @param {string} iso */
function dayFirst(iso) {
  return iso.split("-").reverse().join("/");
}
