// A patient's data: found, and erased for who asked for it.

import { element } from "../../view/element.js";
import { ask } from "../dialog.js";
import { Field } from "../field.js";
import { Form } from "../form.js";

/** @typedef {{id: string, name: string, document: string}} PatientFound */

/** @implements {AdminSection} */
export class DataSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.found = element("div", { role: "status" });
    const text = new Field(this.t, { name: "text", label: this.t("dataFind"), hint: this.t("dataFindHint"), required: true, testId: "data-find" });
    const form = new Form({ t: this.t, fields: [text], submit: this.t("dataSearch"), testId: "data", send: async (values) => this.show(await this.staff.api.post("/patients/find", values)) });
    const register = element("section", { class: "card" }, element("h2", {}, this.t("registerTitle")), element("p", { class: "hint" }, this.t("registerLead")),
      element("div", { class: "buttons" }, element("button", { class: "secondary", type: "button", "data-testid": "register", onclick: () => void this.save("/processing-record/page", "hilo-processing.html") }, this.t("registerSave"))));
    this.root = element("div", { class: "stack" }, element("section", { class: "card" }, element("p", { class: "hint" }, this.t("dataLead")), form.root, this.found), ...(staff.may("processing.export") ? [register] : []));
  }

  async load() {}

  /** @param {{patients: PatientFound[]}} answer */
  show({ patients }) {
    const rows = patients.map((patient) => element("li", { class: "row" },
      element("div", { class: "row-text" }, element("p", { class: "row-title" }, patient.name), element("p", { class: "row-more" }, patient.document)),
      ...(this.staff.may("patient.export") ? [this.exportButton(patient)] : []),
      element("button", { class: "secondary", type: "button", "aria-label": this.t("eraseOf", { name: patient.name }), "data-testid": "erase", onclick: () => void this.erase(patient) }, this.t("erase"))));
    this.found.replaceChildren(rows.length ? element("ul", { class: "rows" }, ...rows) : element("p", { class: "empty" }, this.t("dataNobody")));
  }

  /** @param {PatientFound} patient */
  exportButton({ id, name }) {
    return element("button", { class: "secondary", type: "button", "aria-label": this.t("exportOf", { name }), onclick: () => void this.save(`/patients/${id}/export`, `hilo-${id}.zip`) }, this.t("exportData"));
  }

  /** Asked for with the session, kept as a file. @param {string} path @param {string} name */
  async save(path, name) {
    try {
      const url = URL.createObjectURL(await this.staff.api.get(path, { as: "blob" }));
      element("a", { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      this.staff.announce(/** @type {Error} */ (error).message);
    }
  }

  /** @param {PatientFound} patient */
  async erase({ id, name }) {
    const { t, api, announce, language } = this.staff;
    try {
      const { code, early_by: until } = await api.get(`/patients/${id}/erasure`);
      if (code !== "may") return announce(t(/** @type {Key} */ (`erasure${code.replaceAll("-", "")}`)));
      const explain = [t("eraseExplain"), ...(until ? [t("eraseEarly", { moment: language.moment(until) })] : [])].join(" ");
      if (!(await ask(t, t("eraseOf", { name }), explain, t("eraseConfirm")))) return;
      await api.post(`/patients/${id}/erasure`, { confirmed_until: until });
      this.found.replaceChildren();
      announce(t("erased"));
    } catch (error) {
      announce(/** @type {Error} */ (error).message);
    }
  }
}
