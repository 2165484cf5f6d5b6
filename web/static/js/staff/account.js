// One's own account: password, second factor, and the devices one is signed in on.

import { element } from "../view/element.js";
import { ask, openDialog } from "./dialog.js";
import { Field } from "./field.js";
import { Form } from "./form.js";
import { startStaff } from "./shell.js";

/** @typedef {{id: string, began_at: string, seen_at: string, address: string, agent: string, here: boolean}} Device */
/** @typedef {{member: StaffMember, second_factor: boolean, recovery_codes_left: number, sessions: Device[]}} Account */

class AccountPage {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.factor = element("section", { class: "card" });
    this.devices = element("section", { class: "card" });
    staff.main.append(element("h1", { tabindex: "-1" }, this.t("myAccount")), this.who(), this.password(), this.factor, this.devices);
    void this.load();
  }

  async load() {
    const account = /** @type {Account} */ (await this.staff.api.get("/account"));
    this.showFactor(account);
    this.showDevices(account.sessions);
  }

  who() {
    const { member } = this.staff;
    const roles = member.roles.map((role) => this.t(/** @type {Key} */ (`role${role}`))).join(", ");
    const more = [member.sign_in, roles, member.specialty, member.licence].filter(Boolean).join(" · ");
    return element("p", {}, element("strong", {}, member.name), element("br"), element("span", { class: "hint" }, more));
  }

  password() {
    const { t } = this;
    const form = new Form({ t, submit: t("changePassword"), testId: "change-password", fields: [
      ...proofFields(t),
      new Field(t, { name: "new_password", label: t("newPassword"), hint: t("passwordHint"), kind: "password", required: true, autocomplete: "new-password", testId: "new-password" }),
    ], send: async (values) => {
      const { csrf } = await this.staff.api.put("/account/password", values);
      this.staff.api.use({ member: this.staff.member, csrf });
      for (const field of form.fields) field.value = "";
      this.staff.announce(t("passwordChanged"));
      await this.load();
    } });
    return element("section", { class: "card" }, element("h2", {}, t("changePassword")), element("p", { class: "hint" }, t("changePasswordHint")), form.root);
  }

  /** @param {Account} account */
  showFactor({ second_factor: on, recovery_codes_left: left }) {
    const { t } = this;
    const change = element("button", { class: on ? "secondary" : "primary", type: "button", "data-testid": "factor", onclick: () => (on ? this.drop() : this.begin()) }, t(on ? "factorDrop" : "factorBegin"));
    const state = on ? element("span", { class: "tag good" }, t("factorOn")) : element("span", { class: "tag" }, t("factorOff"));
    this.factor.replaceChildren(element("div", { class: "page-head" }, element("h2", {}, t("factorTitle")), state),
      element("p", { class: "hint" }, on ? t("factorLeft", { left }) : t("factorWhy")), element("div", { class: "buttons" }, change));
  }

  begin() {
    const { t } = this;
    this.proved(t("factorBegin"), async (proof) => this.confirm(await this.staff.api.post("/account/second-factor", proof)));
  }

  /** @param {{secret: string, picture: string}} factor */
  confirm({ secret, picture }) {
    const { t } = this;
    const form = new Form({ t, submit: t("factorConfirm"), testId: "factor-confirm", fields: [
      new Field(t, { name: "code", label: t("code"), kind: "code", required: true, hint: t("factorCodeHint"), testId: "factor-code" }),
    ], send: async (values) => {
      const { codes } = await this.staff.api.post("/account/second-factor/confirm", values);
      dialog.close();
      this.recovery(codes);
      await this.load();
    } });
    const image = element("img", { class: "qr", src: picture, alt: t("factorPicture") });
    const typed = element("details", {}, element("summary", {}, t("factorTyped")), element("code", { class: "secret", "data-testid": "factor-secret" }, secret));
    const dialog = openDialog(t, t("factorTitle"), [element("p", {}, t("factorScan")), image, typed, form.root], { testId: "factor-dialog" });
    form.fields[0].input.focus();
  }

  /** @param {string[]} codes shown this once */
  recovery(codes) {
    const { t } = this;
    const list = element("ul", { class: "secret codes", "data-testid": "recovery-codes" }, ...codes.map((code) => element("li", {}, code)));
    openDialog(t, t("recoveryTitle"), [element("p", {}, t("recoveryWhy")), list]);
  }

  drop() {
    this.proved(this.t("factorDrop"), async (proof) => {
      await this.staff.api.post("/account/second-factor/drop", proof);
      this.staff.announce(this.t("factorDropped"));
      await this.load();
    });
  }

  /** Asks for the password before something grave. @param {string} title @param {(proof: FormValues) => Promise<void>} then */
  proved(title, then) {
    const { t } = this;
    const form = new Form({ t, submit: t("proofSend"), testId: "proof", fields: proofFields(t), send: async (values) => {
      await then(values);
      dialog.close();
    } });
    const dialog = openDialog(t, title, [element("p", { class: "hint" }, t("proofWhy")), form.root]);
    form.fields[0].input.focus();
  }

  /** @param {Device[]} devices */
  showDevices(devices) {
    const { t } = this;
    const rows = devices.map((device) => element("li", { class: "row" }, this.device(device), ...(device.here ? [element("span", { class: "tag good" }, t("deviceHere"))] : [this.endButton(device)])));
    const all = element("button", { class: "secondary", type: "button", "data-testid": "sign-out-elsewhere", hidden: devices.length < 2, onclick: () => this.elsewhere() }, t("signOutElsewhere"));
    this.devices.replaceChildren(element("h2", {}, t("devicesTitle")), element("ul", { class: "rows" }, ...rows), element("div", { class: "buttons" }, all));
  }

  /** @param {Device} device */
  device({ agent, address, seen_at: seenAt }) {
    return element("div", { class: "row-text" }, element("p", { class: "row-title" }, nameOf(agent, this.t)),
      element("p", { class: "row-more" }, this.t("deviceSeen", { address, moment: this.staff.language.moment(seenAt) })));
  }

  /** @param {Device} device */
  endButton({ id, agent }) {
    const { t } = this;
    return element("button", { class: "quiet", type: "button", "aria-label": t("endDeviceOf", { device: nameOf(agent, t) }), onclick: async () => {
      await this.staff.api.delete(`/account/sessions/${id}`);
      this.staff.announce(t("deviceEnded"));
      await this.load();
    } }, t("signOut"));
  }

  async elsewhere() {
    const { t } = this;
    if (!(await ask(t, t("signOutElsewhere"), t("elsewhereExplain"), t("signOutElsewhere")))) return;
    await this.staff.api.delete("/account/sessions");
    this.staff.announce(t("deviceEnded"));
    await this.load();
  }
}

/** @param {Translate} t */
function proofFields(t) {
  return [
    new Field(t, { name: "password", label: t("presentPassword"), kind: "password", required: true, autocomplete: "current-password", testId: "proof-password" }),
    new Field(t, { name: "code", label: t("codeIfAny"), kind: "code", testId: "proof-code" }),
  ];
}

/** "Chrome, Android": enough to know one's own devices by. @param {string} agent @param {Translate} t */
export function nameOf(agent, t) {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Windows/.test(agent) ? "Windows" : /Mac OS/.test(agent) ? "macOS" : /Linux/.test(agent) ? "Linux" : "";
  return [browser, system].filter(Boolean).join(", ") || t("deviceUnknown");
}

const TEXTS = { es: () => import("../texts/es-account.js"), en: () => import("../texts/en-account.js") };
void startStaff({ title: "myAccount", texts: TEXTS }).then((staff) => new AccountPage(staff));
