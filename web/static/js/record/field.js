/// <reference path="../../../record.d.ts" />
// One field of the record: which of its texts is shown, what stands beside it, and what the server would refuse. Pure.

/** @type {RecordField[]} */
export const FIELDS = ["reason", "impressions", "prescriptions", "instructions", "next_action"];
export const MAX_TEXT = 20_000; // clinic/record/content.py
export const MAX_LINE = 500;
export const MAX_ITEMS = 40;

/** @param {RecordField} field @returns {RecordValue} */
export function emptyOf(field) {
  return field === "next_action" ? null : field === "reason" || field === "instructions" ? "" : [];
}

/** What is absent, false or an empty text says nothing, whoever wrote it down. @param {RecordValue} one @param {RecordValue} other */
export function same(one, other) {
  return plain(one) === plain(other);
}

/** @param {RecordValue} value */
function plain(value) {
  return JSON.stringify(value, (_, part) => {
    if (!part || typeof part !== "object" || Array.isArray(part)) return part;
    const said = Object.entries(part).filter(([, each]) => each !== null && each !== "" && each !== false && each !== undefined);
    return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * The text on the screen when nothing is typed: this page's own last, else the newest.
 * @param {RecordText[]} heads @param {string} client @returns {RecordText | undefined}
 */
export function shownHead(heads, client) {
  return heads.filter((head) => head.client === client).at(-1) || heads.at(-1);
}

/**
 * What an edit is made from by now. A page's own last text stands for the one before it: the answer to its save was lost.
 * Where neither is there, somebody wrote on from it: the number stays, and the server puts both beside each other.
 * @param {RecordText[]} heads @param {number} base @param {string[]} clients the pages that it was typed on
 */
export function baseOf(heads, base, clients) {
  if (heads.some(({ revision }) => revision === base)) return base;
  return heads.filter((head) => clients.includes(head.client)).at(-1)?.revision ?? base;
}

/**
 * What would be refused for its size.
 * @param {RecordValue} value @returns {RecordTrouble | null}
 */
export function troubleOf(value) {
  if (typeof value === "string") return [...value].length > MAX_TEXT ? "too-long" : null;
  const items = Array.isArray(value) ? value : value ? [value] : [];
  if (items.length > MAX_ITEMS) return "too-many";
  const texts = items.flatMap((item) => Object.values(item)).filter((text) => typeof text === "string");
  return texts.some((text) => [...text].length > MAX_LINE) ? "too-long-line" : null;
}

/**
 * Both texts in one: a text under the other, the items of both lists.
 * @param {RecordValue} mine @param {RecordValue} other @returns {RecordValue}
 */
export function joined(mine, other) {
  if (typeof mine === "string") return mine.includes(other.trim()) ? mine : other.includes(mine.trim()) ? other : `${mine}\n\n${other}`;
  if (!Array.isArray(mine)) return mine || other;
  const ids = new Map(mine.map((item) => [item.id, item]));
  const new_ = other.filter((/** @type {{id: string}} */ item) => !ids.has(item.id) || !same(ids.get(item.id), item));
  return [...mine, ...new_.map((/** @type {{id: string}} */ item) => (ids.has(item.id) ? { ...item, id: `${item.id.slice(0, 40)}-b` } : item))];
}

/** The content with nothing beside it: of each field what is shown. @param {RecordView} view @param {string} client @returns {RecordContent} */
export function contentOf(view, client) {
  return /** @type {RecordContent} */ (Object.fromEntries(FIELDS.map((field) => [field, shownHead(view.fields[field], client)?.value ?? emptyOf(field)])));
}
