// Days and hours of the diary are the clinic's, wherever the browser is; what is shown is in the page's address.

import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceOf, hashOf, queryOf } from "../../../web/static/js/office/choice.js";
import { addDays, Dates, isDay, minutesBetween, wall, weekOf } from "../../../web/static/js/office/dates.js";

test("the clinic's clock is read off the text, not off the browser's zone", () => {
  assert.deepEqual(wall("2026-12-01T23:30:00-04:00"), { day: "2026-12-01", time: "23:30" });
  const spanish = new Dates("es");
  assert.equal(spanish.time("2026-12-01T09:30:00-04:00"), "9:30 a. m.");
  assert.equal(spanish.time("2026-12-01T12:00:00-04:00"), "12:00 p. m.");
  assert.equal(spanish.day("2026-12-01"), "Martes, 1 de diciembre de 2026");
  assert.match(new Dates("en").day("2026-12-01"), /^Tuesday, December 1/);
});

test("a week begins on Monday, also over the end of a year and a leap day", () => {
  assert.deepEqual([weekOf("2027-01-03")[0], weekOf("2027-01-03")[6]], ["2026-12-28", "2027-01-03"]);
  assert.deepEqual(weekOf("2027-01-04")[0], "2027-01-04");
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-03-01", -1), "2026-02-28");
});

test("a length is of instants, also where the clock was put forward between", () => {
  assert.equal(minutesBetween("2027-03-14T01:50:00-05:00", "2027-03-14T03:10:00-04:00"), 20);
});

test("what is shown comes back from the address; nonsense shows today", () => {
  const choice = choiceOf("#day=2026-12-01&view=week&physician=abc", "2026-11-30");
  assert.deepEqual(choice, { day: "2026-12-01", view: "week", physician: "abc" });
  assert.deepEqual(choiceOf(hashOf(choice), ""), choice);
  assert.deepEqual(choiceOf("#day=2026-13-77&view=year", "2026-11-30"), { day: "2026-11-30", view: "day", physician: "" });
  assert.equal(String(queryOf(choice, "9-x")), "day=2026-12-01&span=week&physician=abc&after=9-x");
  assert.equal(isDay("2026-02-30"), false);
});
