// The office: the clinic's appointments by day and week, and everything that whoever books does with them.

import { element } from "../view/element.js";
import { ApiError } from "../staff/api.js";
import { startStaff } from "../staff/shell.js";
import { openBooking } from "./booking.js";
import { choiceOf, hashOf, queryOf } from "./choice.js";
import { addDays, Dates, isDay, weekOf } from "./dates.js";
import { Diary } from "./diary.js";
import { openImport } from "./importing.js";
import { openSheet } from "./sheet.js";

/** Others book too. */
const REFRESH_MS = 20_000;
const TEXTS = { es: () => import("../texts/es-office.js"), en: () => import("../texts/en-office.js") };

class OfficePage {
  /** @param {Staff} staff @param {Physician[]} physicians */
  constructor(staff, physicians) {
    const { t, language } = staff;
    this.staff = staff;
    this.dates = new Dates(language.lang);
    this.physicians = physicians;
    this.today = "";
    this.choice = choiceOf(location.hash, "");
    this.asked = 0;
    this.diary = new Diary(staff, this.dates, (id) => void openSheet(this, id));
    this.title = element("h2", { class: "diary-title", "data-testid": "diary-title" });
    this.day = element("input", { type: "date", "aria-label": t("pickDay"), "data-testid": "day", onchange: () => isDay(this.day.value) && this.go({ day: this.day.value }) });
    this.who = element("select", { "aria-label": t("ofPhysician"), "data-testid": "physician", onchange: () => this.go({ physician: this.who.value }) },
      element("option", { value: "" }, t("allPhysicians")), ...physicians.map(({ id, name }) => element("option", { value: id }, name)));
    this.views = ["day", "week"].map((view) => this.viewButton(/** @type {"day" | "week"} */ (view)));
    this.more = element("p", { class: "hint", hidden: true }, t("tooManyShown"));
    staff.main.append(this.head(), this.bar(), this.title, this.diary.root, this.more);
    if (!physicians.length) this.diary.root.before(element("p", { class: "empty" }, t("noPhysicians")));
  }

  async start() {
    await this.refresh();
    setInterval(() => document.visibilityState === "visible" && void this.refresh(), REFRESH_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.refresh());
    window.addEventListener("hashchange", () => {
      this.choice = choiceOf(location.hash, this.today);
      void this.refresh();
    });
  }

  head() {
    const { t, may } = this.staff;
    const buttons = element("div", { class: "buttons" },
      element("button", { class: "secondary", type: "button", "data-testid": "import", onclick: () => openImport(this) }, t("importCsv")),
      element("button", { class: "primary", type: "button", "data-testid": "book", onclick: () => openBooking(this) }, t("newAppointment")));
    return element("div", { class: "page-head" }, element("h1", { tabindex: "-1" }, t("officeTitle")), ...(may("appointments.write") ? [buttons] : []));
  }

  bar() {
    const { t } = this.staff;
    const step = (/** @type {1 | -1} */ way) => this.go({ day: addDays(this.choice.day, way * (this.choice.view === "week" ? 7 : 1)) });
    const arrow = (/** @type {1 | -1} */ way) => element("button", { class: "secondary step", type: "button", "aria-label": t(way < 0 ? "before" : "after"), "data-testid": way < 0 ? "before" : "after", onclick: () => step(way) }, way < 0 ? "‹" : "›");
    const now = element("button", { class: "secondary", type: "button", "data-testid": "today", onclick: () => this.go({ day: this.today }) }, t("today"));
    return element("div", { class: "diary-bar", role: "group", "aria-label": t("diaryBar") },
      element("div", { class: "diary-steps" }, arrow(-1), now, arrow(1)), this.day, element("div", { class: "diary-views" }, ...this.views), this.who);
  }

  /** @param {"day" | "week"} view */
  viewButton(view) {
    return element("button", { class: "view", type: "button", "data-view": view, "data-testid": `view-${view}`, onclick: () => this.go({ view }) }, this.staff.t(view === "day" ? "viewDay" : "viewWeek"));
  }

  /** @param {Partial<DiaryChoice>} change */
  go(change) {
    this.choice = { ...this.choice, ...change };
    history.replaceState(null, "", hashOf(this.choice));
    void this.refresh();
  }

  /** The newest answer to the newest question counts. */
  async refresh() {
    const asked = (this.asked += 1);
    const choice = this.choice;
    const found = await this.read(choice).catch((error) => this.refused(error));
    if (!found || asked !== this.asked) return;
    this.today = found.today;
    if (!choice.day) this.choice = { ...choice, day: found.today };
    this.show(found.appointments);
    this.more.hidden = !found.next;
  }

  /** What is shown stays, and why there is nothing newer is said. @param {unknown} error */
  refused(error) {
    if (!(error instanceof ApiError)) throw error;
    this.staff.announce(error.message);
  }

  /** @param {DiaryChoice} choice @returns {Promise<DiaryPage>} */
  async read(choice) {
    const query = queryOf(choice);
    if (!choice.day) query.delete("day");
    query.set("limit", "500");
    return this.staff.api.get(`/appointments?${query}`);
  }

  /** @param {AppointmentView[]} appointments */
  show(appointments) {
    const { day, view, physician } = this.choice;
    const week = weekOf(day);
    this.title.textContent = view === "week" ? `${this.dates.date(week[0])} – ${this.dates.date(week[6])}` : this.dates.day(day);
    this.day.value = day;
    this.who.value = physician;
    for (const button of this.views) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    this.diary.show(this.choice, appointments, this.today);
  }
}

void startStaff({ title: "officeTitle", texts: TEXTS }).then(async (staff) => {
  const { physicians } = await staff.api.get("/physicians");
  await new OfficePage(staff, physicians).start();
});
