/// <reference path="../../../office.d.ts" />
// Days and hours as the clinic's wall calendar and clock show them, as texts: `2026-12-01`, `09:30`. The browser's own time
// zone has no part in it: the server's times carry the clinic's offset, and their text is what its clock shows.

const LOCALES = { es: "es-VE", en: "en" };
const DAY_MS = 86_400_000;

/** @param {string} rfc3339 with the clinic's offset */
export function wall(rfc3339) {
  return { day: rfc3339.slice(0, 10), time: rfc3339.slice(11, 16) };
}

/** @param {string} day @param {number} count */
export function addDays(day, count) {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The seven days of its week, from Monday. @param {string} day */
export function weekOf(day) {
  const weekday = (new Date(Date.parse(day)).getUTCDay() + 6) % 7;
  return [0, 1, 2, 3, 4, 5, 6].map((each) => addDays(day, each - weekday));
}

/** Whether it names a day. @param {string} text */
export function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/** @param {string} from @param {string} until RFC 3339 */
export function minutesBetween(from, until) {
  return Math.round((Date.parse(until) - Date.parse(from)) / 60_000);
}

export class Dates {
  /** @param {Lang} lang */
  constructor(lang) {
    const format = (/** @type {Intl.DateTimeFormatOptions} */ options) => new Intl.DateTimeFormat(LOCALES[lang], { ...options, timeZone: "UTC" });
    this.long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
    this.short = format({ weekday: "short", day: "numeric", month: "short" });
    this.plain = format({ day: "numeric", month: "short", year: "numeric" });
    this.hour = format({ hour: "numeric", minute: "2-digit" });
  }

  /** "martes, 1 de diciembre de 2026" @param {string} day */
  day(day) {
    return capital(this.long.format(Date.parse(day)));
  }

  /** "mar, 1 dic" @param {string} day */
  shortDay(day) {
    return capital(this.short.format(Date.parse(day)));
  }

  /** Of a birth. @param {string} day */
  date(day) {
    return this.plain.format(Date.parse(day));
  }

  /** "9:30 a. m." @param {string} rfc3339 */
  time(rfc3339) {
    return this.hour.format(Date.parse(`${rfc3339.slice(0, 16)}Z`)).replace(/\s/g, " ");
  }

  /** "9:30 a. m. – 9:50 a. m." @param {string} from @param {string} until */
  span(from, until) {
    return `${this.time(from)} – ${this.time(until)}`;
  }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
