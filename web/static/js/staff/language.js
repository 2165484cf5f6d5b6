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
