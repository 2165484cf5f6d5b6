// The language of a staff page: the words of the shell, and those of the page.

import { loadLanguage, rememberLang } from "../language.js";

/** @param {MoreTexts} [page] @returns {Promise<Language>} also told to the document */
export async function startLanguage(page) {
  const language = await loadLanguage(storage(), {
    es: () => merged(import("../texts/es-staff.js"), page?.es()),
    en: () => merged(import("../texts/en-staff.js"), page?.en()),
  });
  document.documentElement.lang = language.lang;
  return language;
}

/** @param {Language} language switches to the other one */
export function switchLanguage({ lang }) {
  rememberLang(storage(), lang === "es" ? "en" : "es");
  location.reload();
}

/**
 * Times by the clinic's clock, whatever zone the browser is in: staff speak of "the one at nine".
 * @param {Language} language @param {string} timeZone of the IANA database
 */
export function inZone(language, timeZone) {
  const locale = language.lang === "es" ? "es-VE" : "en";
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone });
  language.time = (at) => time.format(at).replace(/\s/g, "\u00a0");
  language.moment = (at) => `${day.format(new Date(at))}, ${language.time(Date.parse(at))}`;
}

/** @param {(Promise<{texts: Record<string, string>}> | undefined)[]} modules */
async function merged(...modules) {
  const found = await Promise.all(modules);
  return { texts: Object.assign({}, ...found.map((module) => module?.texts)) };
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // cookies are blocked
  }
}
