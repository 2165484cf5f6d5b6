// Who works here: add, change, close, a new link for the password, take a lost second factor away.

import { element } from "../../view/element.js";
import { ask, openDialog } from "../dialog.js";
import { Field } from "../field.js";
import { Form } from "../form.js";

/** @type {StaffRole[]} */
const ROLES = ["physician", "coordinator", "administrator"];

/** @implements {AdminSection} */
export class PeopleSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.list = element("ul", { class: "rows", "data-testid": "people" });
    const add = element("button", { class: "primary", type: "button", "data-testid": "person-add", onclick: () => this.edit(null) }, this.t("personAdd"));
    this.root = element("section", { class: "card" }, element("div", { class: "page-head" }, element("p", { class: "hint" }, this.t("peopleLead")), add), this.list);
  }

  async load() {
    const { staff } = await this.staff.api.get("/staff");
    this.list.replaceChildren(.../** @type {StaffView[]} */ (staff).map((person) => this.row(person)));
  }

  /** @param {StaffView} person */
  row(person) {
    const { t } = this;
    const more = [person.sign_in, ...person.roles.map((role) => t(/** @type {Key} */ (`role${role}`))), person.specialty].filter(Boolean).join(" · ");
    const tags = [
      ...(person.active ? [] : [element("span", { class: "tag bad" }, t("personClosed"))]),
      ...(person.active && !person.has_password ? [element("span", { class: "tag" }, t("personInvited"))] : []),
      ...(person.second_factor ? [element("span", { class: "tag good" }, t("personFactor"))] : []),
    ];
    const change = element("button", { class: "secondary", type: "button", "aria-label": t("personChangeOf", { name: person.name }), onclick: () => this.edit(person) }, t("personChange"));
    return element("li", { class: "row" }, element("div", { class: "row-text" }, element("p", { class: "row-title" }, person.name), element("p", { class: "row-more" }, more)), ...tags, change);
  }

  /** @param {StaffView | null} person null: a new one */
  edit(person) {
    const { t } = this;
    const roles = ROLES.map((role) => new Field(t, { name: role, kind: "checkbox", label: t(/** @type {Key} */ (`role${role}`)), hint: t(/** @type {Key} */ (`roleHint${role}`)), value: person?.roles.includes(role), testId: `role-${role}` }));
    const rolesFault = new Field(t, { name: "roles", label: "", required: true });
    rolesFault.input.remove();
    const group = element("fieldset", {}, element("legend", {}, t("personRoles")), ...roles.map((field) => field.root), rolesFault.error);
    const fields = [
      new Field(t, { name: "name", label: t("fullName"), required: true, value: person?.name, testId: "person-name" }),
      new Field(t, { name: "sign_in", label: t("signInName"), hint: t("personSignInHint"), required: true, value: person?.sign_in, testId: "person-sign-in" }),
      group,
      new Field(t, { name: "licence", label: t("licence"), hint: t("licenceHint"), value: person?.licence }),
      new Field(t, { name: "specialty", label: t("specialty"), value: person?.specialty }),
      new Field(t, { name: "language", label: t("personLanguage"), kind: "select", required: true, value: person?.language || "es", choices: [["es", "Español"], ["en", "English"]] }),
    ];
    const form = new Form({ t, fields: [...fields], submit: t(person ? "saveChanges" : "personAdd"), testId: "person", send: async (values) => {
      const chosen = ROLES.filter((role, at) => roles[at].value);
      await this.save(person, { ...values, roles: chosen });
      dialog.close();
    } });
    form.fields.push(...roles, rolesFault);
    const acts = person ? [this.acts(person, () => dialog.close())] : [];
    const dialog = openDialog(t, person ? person.name : t("personAdd"), [form.root, ...acts], { testId: "person-dialog" });
    if (!person) form.fields[0].input.focus();
  }

  /** @param {StaffView | null} person @param {FormValues} values */
  async save(person, { physician, coordinator, administrator, ...values }) {
    const { api, announce } = this.staff;
    if (person) {
      await api.put(`/staff/${person.id}`, { ...values, version: person.version, active: person.active });
      announce(this.t("saved"));
    } else {
      const { member, password } = await api.post("/staff", values);
      this.showLink(member.name, password);
    }
    await this.load();
  }

  /** @param {StaffView} person @param {() => void} done */
  acts(person, done) {
    const { t } = this;
    const { api } = this.staff;
    const act = (/** @type {Key} */ label, /** @type {() => Promise<void>} */ run, /** @type {string} */ testId) => element("button", { class: "secondary", type: "button", "data-testid": testId, onclick: async () => {
      done();
      await this.tell(run);
    } }, t(label));
    const buttons = person.active ? [
      act("personLink", async () => this.showLink(person.name, await api.post(`/staff/${person.id}/password-link`)), "person-link"),
      ...(person.second_factor ? [act("personDropFactor", () => this.confirmed("personDropFactor", "personDropFactorExplain", () => api.delete(`/staff/${person.id}/second-factor`)), "person-drop-factor")] : []),
      act("personSignOut", () => this.confirmed("personSignOut", "personSignOutExplain", () => api.delete(`/staff/${person.id}/sessions`)), "person-sign-out"),
      act("personClose", () => this.confirmed("personClose", "personCloseExplain", () => this.setActive(person, false)), "person-close"),
    ] : [act("personOpen", () => this.setActive(person, true).then(() => this.load()), "person-open")];
    return element("div", { class: "buttons more-acts" }, ...buttons);
  }

  /** @param {StaffView} person @param {boolean} active */
  setActive({ id, version, name, sign_in, roles, licence, specialty, language }, active) {
    return this.staff.api.put(`/staff/${id}`, { version, name, sign_in, roles, licence, specialty, language, active });
  }

  /** @param {Key} label @param {Key} explain @param {() => Promise<void>} run */
  async confirmed(label, explain, run) {
    const { t } = this;
    if (!(await ask(t, t(label), t(explain), t(label)))) return;
    await run();
    this.staff.announce(t("saved"));
    await this.load();
  }

  /** What is refused outside of a form is said aloud. @param {() => Promise<void>} run */
  async tell(run) {
    try {
      await run();
    } catch (error) {
      this.staff.announce(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} name @param {{link: string, valid_until: string}} password */
  showLink(name, { link, valid_until: until }) {
    const { t, language } = this.staff;
    const url = `${location.origin}/password#${encodeURIComponent(link)}`;
    openDialog(t, t("linkTitle", { name }), [
      element("p", {}, t("linkGive", { moment: language.moment(until) })),
      element("code", { class: "secret", "data-testid": "password-link" }, url), copyButton(this.staff, url)], { testId: "link-dialog" });
  }
}

/** @param {Staff} staff @param {string} text */
export function copyButton({ t, announce }, text) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(t("copiedIt"));
    } catch {
      announce(t("copyFailed"));
    }
  };
  return element("div", { class: "buttons" }, element("button", { class: "secondary", type: "button", onclick: copy }, t("copy")));
}
