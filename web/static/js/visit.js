// What stands beside the call: a test of the link, the clinic's questions, and what was prescribed. Loaded while the patient reads the first page.

import { Asking } from "./asking.js";
import { After } from "./view/after.js";
import { LinkLine } from "./view/link_line.js";
import { Triage } from "./view/triage.js";

const TEXTS = { es: () => import("./texts/es-visit.js"), en: () => import("./texts/en-visit.js") };

/** @param {Language} language @param {Session} session @param {Kit} kit @param {() => string} newId @returns {Promise<Visit>} */
export async function openVisit(language, session, kit, newId) {
  await language.add(TEXTS);
  const asking = new Asking(() => session.environment.token, language.lang);
  return {
    line: new LinkLine(language.t, kit, session),
    triage: new Triage(language.t, kit, asking, session.environment.memory, newId),
    after: new After(language, kit, asking),
  };
}
