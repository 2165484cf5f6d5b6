import assert from "node:assert/strict";
import { test } from "node:test";

import { Queue } from "../../../web/static/js/signaling.js";

const chat = (id) => ({ type: "chat", id, text: "hola" });
const media = (id, audio) => ({ type: "set_media", id, audio, video: true, problem: null });

test("commands wait in the order they were made", () => {
  const queue = new Queue();
  queue.push(chat("a"));
  queue.push(chat("b"));
  assert.deepEqual(queue.waiting.map(({ id }) => id), ["a", "b"]);
});

test("an answered command is forgotten and given back", () => {
  const queue = new Queue([chat("a"), chat("b")]);
  assert.equal(queue.settle("a").id, "a");
  assert.deepEqual(queue.waiting.map(({ id }) => id), ["b"]);
});

test("an unknown id changes nothing", () => {
  const queue = new Queue([chat("a")]);
  assert.equal(queue.settle("z"), undefined);
  assert.equal(queue.waiting.length, 1);
});

test("only the last position of a switch is kept", () => {
  const queue = new Queue([media("a", true), chat("b")]);
  queue.push(media("c", false));
  assert.deepEqual(queue.waiting.map(({ id }) => id), ["b", "c"]);
});

test("every change is told, so that it can be stored", () => {
  const stored = [];
  const queue = new Queue([], (waiting) => stored.push(waiting.length));
  queue.push(chat("a"));
  queue.settle("a");
  assert.deepEqual(stored, [1, 0]);
});
