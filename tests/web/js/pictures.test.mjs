import assert from "node:assert/strict";
import { test } from "node:test";

import { Pictures, STALLED_MS } from "../../../web/static/js/pictures.js";

const ON = [{ seat: "a", video: true }];
const OFF = [{ seat: "a", video: false }];

function moving() {
  const pictures = new Pictures();
  pictures.order(ON);
  pictures.step(0, "a", 1);
  pictures.step(50, "a", 2);
  pictures.step(100, "a", 3);
  return pictures;
}

test("nothing is shown before it is ordered", () => {
  const pictures = new Pictures();
  pictures.step(0, "a", 1);
  pictures.step(100, "a", 2);
  assert.equal(pictures.shows("a"), false);
});

test("ordered, it is shown when it moves", () => {
  const pictures = new Pictures();
  pictures.order(ON);
  assert.equal(pictures.step(0, "a", 7), false); // the last frame of before the pause
  assert.equal(pictures.shows("a"), false);
  assert.equal(pictures.lacks("a"), "starting");
  assert.equal(pictures.step(100, "a", 8), false);
  assert.equal(pictures.lacks("a"), "starting");
  assert.equal(pictures.step(200, "a", 9), true);
  assert.ok(pictures.shows("a"));
});

test("a frame now and then is no picture", () => {
  const pictures = new Pictures();
  pictures.order(ON);
  for (let n = 0; n < 10; n += 1) assert.equal(pictures.step(n * STALLED_MS, "a", n), false);
});

test("the very first frame of a receiver counts", () => {
  const pictures = new Pictures();
  pictures.order(ON);
  pictures.step(0, "a", null);
  pictures.step(100, "a", 1);
  assert.equal(pictures.step(200, "a", 2), true);
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

test("a picture that stops is hidden before it looks frozen, and back when it moves", () => {
  const pictures = moving();
  assert.equal(pictures.step(100 + STALLED_MS - 1, "a", 3), false);
  assert.equal(pictures.step(100 + STALLED_MS, "a", 3), true);
  assert.equal(pictures.lacks("a"), "stalled");
  assert.equal(pictures.step(1000, "a", 4), false);
  assert.equal(pictures.step(1100, "a", 5), true);
  assert.ok(pictures.shows("a"));
});

test("a new receiver without frames yet does not bring the picture back", () => {
  const pictures = moving();
  pictures.step(1000, "a", 3);
  assert.equal(pictures.step(1100, "a", null), false);
  pictures.step(1200, "a", 99);
  assert.equal(pictures.step(1300, "a", 100), true);
});

test("a seat that left is forgotten", () => {
  const pictures = moving();
  pictures.order([]);
  assert.equal(pictures.shows("a"), false);
});
