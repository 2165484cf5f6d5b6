// The clinic's profile, and how long everything is kept.

import { element } from "../../view/element.js";
import { Field } from "../field.js";
import { Form } from "../form.js";

/** @implements {AdminSection} */
export class ClinicSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.root = element("div", { class: "stack" });
  }

  async load() {
    const [shown, { kept }] = await Promise.all([this.staff.api.get("/clinic/profile"), this.staff.api.get("/clinic/retention")]);
    this.root.replaceChildren(this.profile(shown), this.retention(kept));
  }

  /** @param {{version: number, profile: ClinicProfile, time_zone: string}} shown */
  profile({ version, profile, time_zone: zone }) {
    const { t } = this;
    let base = version;
    const form = new Form({ t, submit: t("saveChanges"), testId: "profile", fields: [
      new Field(t, { name: "profile.name", label: t("clinicName"), required: true, value: profile.name, testId: "clinic-name" }),
      new Field(t, { name: "profile.rif", label: t("clinicRif"), hint: t("clinicRifHint"), value: profile.rif }),
      new Field(t, { name: "profile.address", label: t("clinicAddress"), value: profile.address }),
      new Field(t, { name: "profile.phone", label: t("clinicPhone"), value: profile.phone }),
      new Field(t, { name: "profile.second_check", label: t("secondCheck"), kind: "select", required: true, hint: t("secondCheckHint"), value: profile.second_check || "",
        choices: [["", t("secondCheckNone")], ["birth-year", t("secondCheckYear")], ["last-digits", t("secondCheckDigits")]] }),
      new Field(t, { name: "profile.urgent_first", label: t("urgentFirst"), kind: "checkbox", hint: t("urgentFirstHint"), value: profile.urgent_first }),
    ], send: async (values) => {
      const typed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice("profile.".length), value]));
      const saved = await this.staff.api.put("/clinic/profile", { base, profile: { ...typed, second_check: typed.second_check || null } });
      base = saved.version;
      this.staff.announce(t("saved"));
    } });
    const where = element("p", { class: "hint" }, t("clinicZone", { zone }));
    return element("section", { class: "card" }, element("p", { class: "hint" }, t("clinicLead")), form.root, where);
  }

  /** @param {KeptView[]} kept */
  retention(kept) {
    const { t } = this;
    const rows = kept.map(({ data_class: name, years, days, since }) => element("tr", {},
      element("th", { scope: "row" }, t(/** @type {Key} */ (`kept${name.replace("-", "")}`))),
      element("td", {}, years ? t("keptYears", { years }) : t("keptDays", { days })), element("td", {}, t(/** @type {Key} */ (`since${since}`)))));
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...[t("keptWhat"), t("keptLong"), t("keptSince")].map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, ...rows));
    return element("section", { class: "card" }, element("h2", {}, t("keptTitle")), element("p", { class: "hint" }, t("keptLead")),
      element("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": t("keptTitle") }, table));
  }
}
