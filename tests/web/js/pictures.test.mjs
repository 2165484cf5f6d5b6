import assert from "node:assert/strict";
import { test } from "node:test";

import { Pictures, STALLED_MS } from "../../../web/static/js/pictures.js";

const ON = [{ seat: "a", video: true }];
const OFF = [{ seat: "a", video: false }];

function moving() {
  const pictures = new Pictures();
  pictures.order(ON);
  pictures.step(0, "a", 1);
  pictures.step(100, "a", 2);
  return pictures;
}

test("nothing is shown before it is ordered", () => {
  const pictures = new Pictures();
  pictures.step(0, "a", 1);
  pictures.step(100, "a", 2);
  assert.equal(pictures.shows("a"), false);
});

test("ordered, it is shown with its first new frame", () => {
  const pictures = new Pictures();
  pictures.order(ON);
  assert.equal(pictures.step(0, "a", 7), false); // the last frame of before the pause
  assert.equal(pictures.shows("a"), false);
  assert.equal(pictures.lacks("a"), "starting");
  assert.equal(pictures.step(100, "a", 8), true);
  assert.ok(pictures.shows("a"));
});

test("the very first frame of a receiver counts", () => {
  const pictures = new Pictures();
  pictures.order(ON);
  pictures.step(0, "a", null);
  assert.equal(pictures.step(100, "a", 1), true);
});

test("an announced pause hides it at once", () => {
  const pictures = moving();
  pictures.order(OFF);
  assert.equal(pictures.shows("a"), false);
  assert.equal(pictures.lacks("a"), null);
});

test("the same order again changes nothing", () => {
  const pictures = moving();
  pictures.order(ON);
  assert.ok(pictures.shows("a"));
});

test("a picture that stops is hidden before it looks frozen, and back with one frame", () => {
  const pictures = moving();
  assert.equal(pictures.step(100 + STALLED_MS - 1, "a", 2), false);
  assert.equal(pictures.step(100 + STALLED_MS, "a", 2), true);
  assert.equal(pictures.lacks("a"), "stalled");
  assert.equal(pictures.step(1000, "a", 3), true);
  assert.ok(pictures.shows("a"));
});

test("a new receiver without frames yet does not bring the picture back", () => {
  const pictures = moving();
  pictures.step(1000, "a", 2);
  assert.equal(pictures.step(1100, "a", null), false);
  assert.equal(pictures.step(1200, "a", 99), true);
});

test("a seat that left is forgotten", () => {
  const pictures = moving();
  pictures.order([]);
  assert.equal(pictures.shows("a"), false);
});
