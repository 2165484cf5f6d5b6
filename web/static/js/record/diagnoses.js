/// <reference path="../../../record.d.ts" />
// ICD-10 by code or by words, without a network: the list is fetched once and kept in the browser. Found and ranked as
// clinic/record/icd10.py does it.

import { keepList, keptList } from "./keeper.js";

const NAME = "diagnoses";
const MAX = 8;

/** @param {string} text @returns {string[]} without accents and case */
function wordsOf(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[0-9a-z]+/g) || [];
}

export class Diagnoses {
  /** @param {Diagnosis[]} list */
  constructor(list) {
    this.entries = list.map((each) => ({ each, code: each.code.replace(".", "").toLowerCase(), name: wordsOf(each.name), more: wordsOf(`${each.name} ${each.also || ""}`) }))
      .sort((a, b) => a.each.name.length - b.each.name.length || (a.code < b.code ? -1 : 1));
  }

  /** @param {string} query @returns {Diagnosis[]} codes that begin so, then names, the shorter ones first */
  search(query, limit = MAX) {
    const asked = wordsOf(query);
    const start = asked.join("");
    if (!start) return [];
    const codes = this.entries.filter(({ code }) => code.startsWith(start)).sort((a, b) => (a.code < b.code ? -1 : 1));
    const named = start.length > 1 ? this.entries.filter((entry) => !codes.includes(entry) && asked.every((word) => begins(entry.more, word))) : [];
    const ranked = named.map((entry) => ({ entry, rank: rankOf(entry.name, asked) })).sort((a, b) => a.rank - b.rank);
    return [...codes, ...ranked.map(({ entry }) => entry)].slice(0, limit).map(({ each }) => each);
  }
}

/** @param {string[]} words @param {string} start */
function begins(words, start) {
  return words.some((word) => word.startsWith(start));
}

/** @param {string[]} name @param {string[]} asked */
function rankOf(name, asked) {
  if (name.join(" ").startsWith(asked.join(" "))) return 0;
  return asked.every((word) => begins(name, word)) ? 1 : 2;
}

/** From the server where it answers, else as it was last time. @param {RecordApi} api @returns {Promise<Diagnoses>} */
export async function loadDiagnoses(api) {
  const kept = await keptList(NAME);
  const fresh = api.get("/diagnoses/all", { once: true }).then(({ diagnoses }) => diagnoses);
  if (kept) {
    void fresh.then((list) => keepList(NAME, list), () => undefined);
    return new Diagnoses(kept);
  }
  const list = await fresh.catch(() => []);
  if (list.length) await keepList(NAME, list);
  return new Diagnoses(list);
}
