import assert from "node:assert/strict";
import { test } from "node:test";

import { Queue } from "../../../web/static/js/queue.js";

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
  const told = [];
  const queue = new Queue([], (added, dropped) => told.push([ids(added), dropped]));
  queue.push(media("a", true));
  queue.push(media("b", false));
  queue.settle("b");
  queue.settle("z");
  assert.deepEqual(told, [[["a"], []], [["b"], ["a"]], [[], ["b"]]]);
});

test("what another tab left unsent follows what this one has, each once", () => {
  const queue = new Queue([chat("a"), chat("b")]);
  queue.take(0);
  queue.adopt([chat("b"), chat("c")]);
  assert.deepEqual(ids(queue.waiting), ["a", "b", "c"]);
  assert.deepEqual(ids(queue.take(0)), ["c"]);
});

test("how long the oldest has waited for its answer counts from when it went out over this line", () => {
  const queue = new Queue([chat("a"), media("m", true)]);
  assert.equal(queue.waitedMs(5000), 0);
  queue.take(1000);
  assert.equal(queue.waitedMs(3000), 2000);
  queue.restart(3000);
  queue.take(4000);
  queue.push(media("n", false));
  queue.settle("a");
  assert.equal(queue.waitedMs(5000), 0);
});

const wish = (id, hold) => ({ type: "set_preference", id, hold, save_data: false });
const ids = (commands) => commands.map(({ id }) => id);
const chats = (count) => Array.from({ length: count }, (_, number) => chat(`c${number}`));

test("only the last wish is kept", () => {
  const queue = new Queue([wish("a", "voice"), media("b", true)]);
  queue.push(wish("c", "video"));
  assert.deepEqual(ids(queue.waiting), ["b", "c"]);
});

test("what was taken is not taken again before the next line", () => {
  const queue = new Queue([chat("a")]);
  assert.deepEqual(ids(queue.take(0)), ["a"]);
  assert.deepEqual(queue.take(0), []);
  queue.restart(1);
  assert.deepEqual(ids(queue.take(1)), ["a"]);
});

test("a long outage's chat goes out in order, no faster than the server takes it", () => {
  const queue = new Queue(chats(60));
  queue.restart(0);
  const sent = [];
  for (let now = 0; now <= 60_000; now += 100) sent.push(...queue.take(now).map(({ id }) => ({ id, now })));
  assert.deepEqual(ids(sent), ids(chats(60)));
  for (const { now } of sent) {
    const before = sent.filter((each) => each.now <= now).length;
    assert.ok(before <= 30 + (2 * now) / 1000, `${before} by ${now} ms`); // signaling/limits.py CHAT
  }
});

test("what follows a chat message that must wait waits too", () => {
  const queue = new Queue([...chats(21), media("m", true)]);
  assert.equal(queue.take(0).length, 20);
  assert.ok(queue.waitMs(0) > 0);
  assert.deepEqual(ids(queue.take(queue.waitMs(0))), ["c20", "m"]);
  assert.equal(queue.waitMs(10_000), null);
});

test("found too fast, a message goes out again later, with all that came after it, under the same ids", () => {
  const queue = new Queue(chats(3));
  queue.take(0);
  queue.settle("c0");
  queue.tooFast("c1", 100);
  assert.deepEqual(queue.take(1000), []);
  const wait = queue.waitMs(1000);
  assert.ok(wait >= 1100);
  assert.deepEqual(ids(queue.take(1000 + wait)), ["c1"]);
  assert.deepEqual(ids(queue.take(10_000)), ["c2"]);
});
