/// <reference path="../../../record.d.ts" />
// A record to be read: before it is signed, after it, or of an earlier visit.

import { element } from "../view/element.js";
import { FIELDS } from "./field.js";
import { LABELS, lines } from "./words.js";

/** @param {RecordContent} content @param {Language} language */
export function reading(content, language) {
  const rows = FIELDS.map((field) => {
    const said = lines(field, content[field], language);
    const body = said.length ? said.map((line) => element("p", {}, line)) : [element("p", { class: "hint" }, language.t("besideNothing"))];
    return [element("dt", {}, language.t(LABELS[field])), element("dd", {}, ...body)];
  });
  return element("dl", { class: "reading", "data-testid": "reading" }, ...rows.flat());
}
