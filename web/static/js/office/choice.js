// What part of the diary is shown, kept in the page's address after the `#`, so that a reload shows the same: no names in it.

import { isDay } from "./dates.js";

/** @param {string} hash @param {string} today @returns {DiaryChoice} */
export function choiceOf(hash, today) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const day = given.get("day") || "";
  return { day: isDay(day) ? day : today, view: given.get("view") === "week" ? "week" : "day", physician: given.get("physician") || "" };
}

/** @param {DiaryChoice} choice */
export function hashOf({ day, view, physician }) {
  return `#${new URLSearchParams({ day, view, ...(physician ? { physician } : {}) })}`;
}

/** What to ask the server for. @param {DiaryChoice} choice @param {string | null} [after] */
export function queryOf({ day, view, physician }, after) {
  return new URLSearchParams({ day, span: view, ...(physician ? { physician } : {}), ...(after ? { after } : {}) });
}
