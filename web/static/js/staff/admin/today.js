// The day in numbers. Looks again every half minute while somebody sees it.

import { element } from "../../view/element.js";

const LOOK_MS = 30_000;

/** @implements {AdminSection} */
export class TodaySection {
  /** @param {Staff} staff */
  constructor(staff) {
    this.staff = staff;
    this.root = element("div", { class: "stack", "data-testid": "today" });
  }

  async load() {
    this.show(await this.staff.api.get("/today"));
    const timer = setInterval(async () => {
      if (!this.root.isConnected) clearInterval(timer);
      else if (!document.hidden) this.show(await this.staff.api.get("/today", { once: true }).catch(() => null));
    }, LOOK_MS);
  }

  /** @param {TodayView | null} today */
  show(today) {
    if (!today) return;
    const { t, language } = this.staff;
    const shows = today.no_shows;
    const next = today.next_at ? t("todayNext", { moment: language.moment(today.next_at) }) : t("todayNoNext");
    const numbers = element("ul", { class: "numbers" },
      number(t("todayWaiting"), today.waiting), number(t("todayInCall"), today.in_call), number(t("todayToCome"), today.to_come),
      number(t("todayDone"), today.fulfilled), number(t("todayCancelled"), today.cancelled),
      number(t("todayNoShow"), shows.patient + shows.physician + shows.technical, t("todayWhose", shows)));
    this.root.replaceChildren(element("p", { class: "lead" }, t("todayLead", { count: today.appointments }), " ", next), numbers, this.media(today.media));
  }

  /** @param {TodayView["media"]} media */
  media(media) {
    const { t } = this.staff;
    const rows = media.map(({ id, participants, capacity, rooms, draining }) => element("li", { class: "row" },
      element("div", { class: "row-text" }, element("p", { class: "row-title" }, id), element("p", { class: "row-more" }, t("mediaLoad", { participants, capacity, rooms }))),
      element("span", { class: draining ? "tag" : "tag good" }, t(draining ? "mediaDraining" : "mediaWell"))));
    const list = rows.length ? element("ul", { class: "rows" }, ...rows) : element("p", { class: "form-error" }, t("mediaNone"));
    return element("section", { class: "card" }, element("h2", {}, t("mediaTitle")), list);
  }
}

/** @param {string} label @param {number} value @param {string} [more] */
function number(label, value, more) {
  return element("li", {}, element("strong", {}, String(value)), element("span", {}, label), ...(more && value ? [element("small", {}, more)] : []));
}
