// Which language the page speaks, its texts, and dates and times as people write them. Spanish unless asked otherwise.

const LOCALES = { es: "es-VE", en: "en" };
const CHOICE = "hilo:lang";
const TEXTS = { es: () => import("./texts/es.js"), en: () => import("./texts/en.js") };

/**
 * @param {string | null} chosen what a human chose here before
 * @param {readonly string[]} preferred `navigator.languages`
 * @returns {Lang}
 */
export function pickLang(chosen, preferred) {
  if (chosen === "es" || chosen === "en") return chosen;
  return (preferred[0] || "es").toLowerCase().startsWith("en") ? "en" : "es";
}

/** @param {Storage | null} storage @param {...MoreTexts} more what only one page says @returns {Promise<Language>} */
export async function loadLanguage(storage, ...more) {
  const lang = pickLang(storage && storage.getItem(CHOICE), navigator.languages || []);
  const texts = /** @type {Record<Key, string>} */ ({});
  const add = /** @param {MoreTexts} of */ async (of) => void Object.assign(texts, (await of[lang]()).texts);
  await Promise.all([TEXTS, ...more].map(add));
  return { lang, add, t: (key, values = {}) => filled(texts[key], values), ...formats(LOCALES[lang]) };
}

/** @param {Storage | null} storage @param {Lang} lang */
export function rememberLang(storage, lang) {
  if (storage) storage.setItem(CHOICE, lang);
}

/** @param {string} text with `{name}` where a value goes @param {Record<string, string | number>} values */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {string} locale */
function formats(locale) {
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  const amount = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  return {
    /** @param {number} atMs */
    time: (atMs) => unbroken(time.format(atMs)),
    /** @param {number} value */
    decimal: (value) => amount.format(value),
    /** @param {number} bytes */
    megabytes: (bytes) => unbroken(`${amount.format(bytes / 1e6)} MB`),
    /** @param {string} rfc3339 */
    moment: (rfc3339) => `${day.format(new Date(rfc3339))}, ${unbroken(time.format(new Date(rfc3339)))}`,
  };
}

/** "1:44 p. m." stays on one line. @param {string} text */
function unbroken(text) {
  return text.replace(/\s/g, "\u00a0");
}
