// Administration: one section at a time, each with an address of its own behind the #.

import { element } from "../view/element.js";
import { AuditSection } from "./admin/audit.js";
import { ClinicSection } from "./admin/clinic.js";
import { ConsentSection } from "./admin/consent.js";
import { DataSection } from "./admin/data.js";
import { KeysSection } from "./admin/keys.js";
import { PeopleSection } from "./admin/people.js";
import { TodaySection } from "./admin/today.js";
import { TriageSection } from "./admin/triage.js";
import { ApiError } from "./api.js";
import { startStaff } from "./shell.js";

/** Its name in the address, in the menu, what one needs to see it, and what shows it. @type {[string, Key, string, new (staff: Staff) => AdminSection][]} */
const SECTIONS = [
  ["today", "adminToday", "metrics.read", TodaySection],
  ["staff", "adminStaff", "staff.manage", PeopleSection],
  ["clinic", "adminClinic", "clinic.configure", ClinicSection],
  ["consent", "adminConsent", "clinic.configure", ConsentSection],
  ["triage", "adminTriage", "clinic.configure", TriageSection],
  ["keys", "adminKeys", "api-keys.manage", KeysSection],
  ["data", "adminData", "patient.erase", DataSection],
  ["audit", "adminAudit", "audit.read", AuditSection],
];

class AdminPage {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.allowed = SECTIONS.filter(([, , capability]) => staff.may(capability));
    if (!this.allowed.length) {
      staff.main.append(element("p", { class: "empty" }, staff.t("adminNotYours")));
      return;
    }
    this.current = "";
    this.links = this.allowed.map(([name, label]) => element("a", { href: `#${name}`, "data-testid": `tab-${name}` }, staff.t(label)));
    this.place = element("div", { class: "admin-section" });
    staff.main.append(element("nav", { class: "tabs", "aria-label": staff.t("navAdmin") }, ...this.links), this.place);
    window.addEventListener("hashchange", () => void this.show());
    void this.show();
  }

  async show() {
    const { staff, place } = this;
    if (!this.allowed || !this.links || !place) return;
    const asked = location.hash.slice(1).split("/")[0];
    const index = Math.max(0, this.allowed.findIndex(([name]) => name === asked));
    const [name, label, , Section] = this.allowed[index];
    const first = !this.current;
    this.current = name;
    this.links.forEach((link, at) => (at === index ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current")));
    this.links[index].scrollIntoView({ block: "nearest", inline: "nearest" });
    const section = new Section(staff);
    const title = element("h1", { tabindex: "-1" }, staff.t(label));
    const loading = element("p", { class: "hint" }, staff.t("loadingPart"));
    place.replaceChildren(title, loading);
    if (!first) title.focus({ preventScroll: true });
    try {
      await section.load();
      if (this.current === name) loading.replaceWith(section.root);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.current === name) loading.replaceWith(failed(staff.t, error, () => void this.show()));
    }
  }
}

/** @param {Translate} t @param {ApiError} error @param {() => void} again */
function failed(t, error, again) {
  return element("div", { class: "card" }, element("p", { class: "form-error", role: "alert" }, error.message),
    element("div", { class: "buttons" }, element("button", { class: "secondary", type: "button", onclick: again }, t("tryAgain"))));
}

const TEXTS = { es: () => import("../texts/es-admin.js"), en: () => import("../texts/en-admin.js") };
void startStaff({ title: "navAdmin", texts: TEXTS }).then((staff) => new AdminPage(staff));
