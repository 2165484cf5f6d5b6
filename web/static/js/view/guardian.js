// Who consents for a minor: name, document, relation, and whether they are there. Loaded when the patient is a minor.

const TEXTS = { es: () => import("../texts/es-more.js"), en: () => import("../texts/en-more.js") };
/** HL7 v3 RoleCode, as the clinic's records have it. */
const RELATIONS = /** @type {const} */ (["MTH", "FTH", "GRPRN", "SIB", "EXT", "GUARD"]);

export class GuardianForm {
  /** @param {Language} language @param {MakeElement} element what is loaded later brings no second copy of it */
  static async make(language, element) {
    await language.add(TEXTS);
    return new GuardianForm(language.t, element);
  }

  /** @param {Translate} t @param {MakeElement} element */
  constructor(t, element) {
    const options = RELATIONS.map((code) => element("option", { value: code }, t(`relation${code}`)));
    this.name = element("input", { required: true, maxlength: 200, autocomplete: "name", "data-testid": "guardian-name" });
    this.document = element("input", { required: true, maxlength: 40, autocomplete: "off", "aria-describedby": "guardian-hint", "data-testid": "guardian-document" });
    this.relation = element("select", { required: true, "data-testid": "guardian-relation" }, element("option", { value: "" }, t("guardianChoose")), ...options);
    this.present = element("input", { type: "checkbox", "data-testid": "guardian-present" });
    this.root = element("fieldset", { class: "fields" }, element("legend", {}, t("guardianTitle")),
      element("label", {}, t("guardianName"), this.name),
      element("label", {}, t("guardianDocument"), this.document), element("small", { class: "hint", id: "guardian-hint" }, t("guardianDocumentHint")),
      element("label", {}, t("guardianRelation"), this.relation),
      element("label", { class: "choice" }, this.present, element("span", {}, t("guardianPresent"))));
  }

  /** @returns {Guardian} */
  get value() {
    return { name: this.name.value.trim(), document: this.document.value.trim(), relation: this.relation.value, present: this.present.checked };
  }
}
