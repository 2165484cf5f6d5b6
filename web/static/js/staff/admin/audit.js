// Who did what, newest first; and whether the audit is whole.

import { element } from "../../view/element.js";

/** @implements {AdminSection} */
export class AuditSection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.t = staff.t;
    this.names = /** @type {Record<string, string>} */ ({});
    this.before = "";
    this.body = element("tbody", { "data-testid": "audit" });
    this.verdict = element("div", { role: "status" });
    this.more = element("button", { class: "secondary", type: "button", onclick: () => void this.older() }, this.t("auditOlder"));
    this.root = element("div", { class: "stack" }, this.check(), this.table());
  }

  async load() {
    if (this.staff.may("staff.manage")) {
      const { staff } = await this.staff.api.get("/staff");
      this.names = Object.fromEntries(/** @type {StaffView[]} */ (staff).map(({ id, name }) => [id, name]));
    }
    await this.older();
  }

  check() {
    const { t } = this;
    const verify = element("button", { class: "secondary", type: "button", "data-testid": "audit-verify", onclick: () => void this.verify(verify) }, t("auditVerify"));
    return element("section", { class: "card" }, element("p", { class: "hint" }, t("auditLead")), element("div", { class: "buttons" }, verify), this.verdict);
  }

  /** @param {HTMLButtonElement} button */
  async verify(button) {
    const { t, language } = this.staff;
    button.disabled = true;
    this.verdict.replaceChildren(element("p", { class: "hint" }, t("auditVerifying")));
    try {
      const { whole, findings, verified_at: at } = await this.staff.api.post("/audit/verify");
      const moment = language.moment(at);
      const list = /** @type {AuditFinding[]} */ (findings).map(({ kind, scope, first, entry }) => element("li", {}, t(/** @type {Key} */ (`finding${kind.replace("-", "")}`), { scope, first, entry })));
      this.verdict.replaceChildren(whole ? element("p", {}, element("span", { class: "tag good", "data-testid": "audit-whole" }, t("auditWhole")), ` ${moment}`)
        : element("div", { class: "form-error" }, element("p", {}, t("auditDamaged", { count: list.length })), element("ul", { class: "findings" }, ...list)));
    } catch (error) {
      this.verdict.replaceChildren(element("p", { class: "form-error" }, /** @type {Error} */ (error).message));
    }
    button.disabled = false;
  }

  table() {
    const { t } = this;
    const heads = [t("auditWhen"), t("auditWho"), t("auditWhat"), t("auditAbout")].map((text) => element("th", { scope: "col" }, text));
    const table = element("table", { class: "audit" }, element("thead", {}, element("tr", {}, ...heads)), this.body);
    return element("section", { class: "card" }, element("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": t("adminAudit") }, table), element("div", { class: "buttons" }, this.more));
  }

  async older() {
    const { entries, before } = await this.staff.api.get(`/audit?limit=50&before=${encodeURIComponent(this.before)}`);
    this.before = before || "";
    this.more.hidden = !before;
    this.body.append(.../** @type {AuditEntry[]} */ (entries).map((entry) => this.row(entry)));
  }

  /** @param {AuditEntry} entry */
  row({ at, actor, role, action, outcome, scope, facts }) {
    const { language } = this.staff;
    const who = this.names[actor] || actor;
    const what = outcome === "ok" ? action : `${action} (${outcome})`;
    return element("tr", {}, element("td", {}, language.moment(at)), element("td", {}, who, element("br"), element("small", { class: "hint" }, role)),
      element("td", {}, element("code", {}, what)), element("td", {}, element("code", {}, [scope, facts].filter(Boolean).join(" "))));
  }
}
