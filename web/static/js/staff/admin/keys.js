// Keys of the clinic's own systems: made, shown once, revoked.

import { element } from "../../view/element.js";
import { ask, openDialog } from "../dialog.js";
import { Field } from "../field.js";
import { Form } from "../form.js";
import { copyButton } from "./people.js";

/** @implements {AdminSection} */
export class KeysSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.place = element("div", {});
    this.add = element("button", { class: "primary", type: "button", "data-testid": "key-add" }, this.t("keyAdd"));
    this.root = element("section", { class: "card" }, element("div", { class: "page-head" }, element("p", { class: "hint" }, this.t("keysLead")), this.add), this.place);
  }

  async load() {
    const { keys, grantable } = /** @type {{keys: ApiKeyView[], grantable: string[]}} */ (await this.staff.api.get("/api-keys"));
    this.add.onclick = () => this.make(grantable);
    const rows = keys.map((key) => this.row(key));
    this.place.replaceChildren(rows.length ? element("ul", { class: "rows", "data-testid": "keys" }, ...rows) : element("p", { class: "empty" }, this.t("keysNone")));
  }

  /** @param {ApiKeyView} key */
  row({ id, label, capabilities, used_at: used, revoked_at: revoked }) {
    const { t, language } = this.staff;
    const use = used ? t("keyUsed", { moment: language.moment(used) }) : t("keyUnused");
    const may = capabilities.map((each) => t(/** @type {Key} */ (`grant${each.replace(".", "")}`))).join(" · ");
    const revoke = element("button", { class: "secondary", type: "button", "aria-label": t("keyRevokeOf", { label }), onclick: async () => {
      if (!(await ask(t, t("keyRevokeOf", { label }), t("keyRevokeExplain"), t("keyRevoke")))) return;
      await this.staff.api.delete(`/api-keys/${id}`);
      this.staff.announce(t("keyRevoked"));
      await this.load();
    } }, t("keyRevoke"));
    return element("li", { class: "row" }, element("div", { class: "row-text" }, element("p", { class: "row-title" }, label), element("p", { class: "row-more" }, may), element("p", { class: "row-more" }, use)),
      revoked ? element("span", { class: "tag bad" }, t("keyRevoked")) : revoke);
  }

  /** @param {string[]} grantable */
  make(grantable) {
    const { t } = this;
    const label = new Field(t, { name: "label", label: t("keyLabel"), hint: t("keyLabelHint"), required: true, testId: "key-label" });
    const grants = grantable.map((name) => new Field(t, { name, kind: "checkbox", label: t(/** @type {Key} */ (`grant${name.replace(".", "")}`)), testId: `grant-${name}` }));
    const group = element("fieldset", {}, element("legend", {}, t("keyMay")), ...grants.map((field) => field.root));
    const form = new Form({ t, fields: [label, group], submit: t("keyAdd"), testId: "key", send: async () => {
      const capabilities = grants.filter((field) => field.value).map((field) => field.name);
      const made = await this.staff.api.post("/api-keys", { label: label.value, capabilities });
      dialog.close();
      openDialog(t, made.key.label, [element("p", {}, t("keyOnce")), element("code", { class: "secret", "data-testid": "key-token" }, made.token), copyButton(this.staff, made.token)], { testId: "key-dialog" });
      await this.load();
    } });
    const dialog = openDialog(t, t("keyAdd"), [form.root]);
    label.input.focus();
  }
}
