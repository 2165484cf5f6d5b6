import assert from "node:assert/strict";
import { test } from "node:test";

import { difference } from "../../../web/static/js/view/notes.js";

const PAIRS = [
  ["", ""], ["", "abc"], ["abc", ""], ["abc", "abc"], ["dolor", "dolor de cabeza"], ["dolor", "Mucho dolor"],
  ["fiebre no", "fiebre sí, tos no"], ["aaa", "aa"], ["aa", "aaaa"], ["uno dos", "uno y dos"], ["x", "y"],
];
for (const [before, after] of PAIRS) {
  test(`"${before}" becomes "${after}" by one replacement`, () => {
    const { from, until, text } = difference(before, after);
    assert.equal(before.slice(0, from) + text + before.slice(until), after);
    assert.ok(from <= until);
  });
}

test("only what differs is replaced", () => {
  assert.deepEqual(difference("tos y fiebre", "tos seca y fiebre"), { from: 4, until: 4, text: "seca " });
});
