import assert from "node:assert/strict";
import { test } from "node:test";

import { SILENT_MS, Watchdog } from "../../../web/static/js/watchdog.js";

/** Steps ten times a second; `inbound` grows while `flowing`, `sound` where there is `voice` too. */
class Path {
  constructor({ rttMs = 0 } = {}) {
    this.now = 0;
    this.inbound = this.sound = 0;
    this.rttMs = rttMs;
    this.watchdog = new Watchdog(0);
    this.watchdog.acted(0, "reopen");
    this.acts = [];
  }

  for(seconds, { state = "connected", flowing = true, voice = true, answers = true, line = true } = {}) {
    for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
      this.now += 100;
      this.inbound += flowing ? 100 : 0;
      if (flowing && voice) this.watchdog.paused(this.now - (this.soundAt ?? this.now));
      if (flowing && voice) this.soundAt = this.now;
      this.sound += flowing && voice ? 2 : 0;
      if (answers) this.answeredAtMs = this.now;
      const sample = { state, inbound: this.inbound, sound: this.sound, rttMs: this.rttMs };
      const { path, remedy } = this.watchdog.step(this.now, sample, line ? this.answeredAtMs ?? -Infinity : null);
      this.path = path;
      if (remedy) this.watchdog.acted(this.now, remedy);
      if (remedy === "reopen") this.inbound = this.sound = 0;
      if (remedy) this.acts.push([this.now, remedy]);
    }
    return this;
  }

  get names() {
    return this.acts.map(([, remedy]) => remedy);
  }
}

const silent = { flowing: false };
const dead = { flowing: false, answers: false };

test("a path that brings something is up", () => assert.equal(new Path().for(10).path, "up"));

test("before the first media it is opening, not lost", () => {
  assert.equal(new Path().for(2, { state: "connecting", flowing: false }).path, "opening");
});

test("where sound flowed, two silent seconds are enough", () => {
  const path = new Path().for(5).for(1.8, silent);
  assert.equal(path.path, "up");
  assert.equal(path.for(0.3, silent).path, "lost");
});

test("another way is looked for long before that, once", () => {
  const path = new Path().for(5).for(0.5, silent);
  assert.deepEqual(path.acts, []);
  assert.deepEqual(path.for(1.3, silent).acts, [[5600, "move"]]);
  assert.equal(new Path({ rttMs: 400 }).for(5).for(0.9, silent).acts.length, 0);
});

test("a pause that this link makes now and then is no reason to look for another way", () => {
  const path = new Path();
  for (let stall = 0; stall < 5; stall += 1) path.for(5).for(1.1, silent);
  assert.equal(path.acts.length, 1);
  assert.equal(path.for(60).for(1.1, silent).acts.length, 2);
});

test("two round trips more on a long way, and never more than four seconds", () => {
  assert.equal(new Path({ rttMs: 600 }).for(5).for(3, silent).path, "up");
  assert.equal(new Path({ rttMs: 600 }).for(5).for(3.4, silent).path, "lost");
  assert.equal(new Path({ rttMs: 3000 }).for(5).for(4.2, silent).path, "lost");
});

test("on text the path idles: four seconds", () => {
  const path = new Path().for(5).for(5, { voice: false }).for(SILENT_MS / 1000 - 0.2, silent);
  assert.equal(path.path, "up");
  assert.equal(path.for(0.4, silent).path, "lost");
});

test("silence moves the path, then asks the server, then opens anew with growing patience", () => {
  const path = new Path().for(5).for(40, silent);
  assert.deepEqual(path.acts, [[5600, "move"], [7000, "restart"], [9000, "reopen"], [16_500, "reopen"], [27_800, "reopen"], [44_700, "reopen"]]);
});

test("where nothing comes back on the line either, the server is not asked; own checks go on for a minute", () => {
  const path = new Path().for(5).for(1800, dead);
  assert.deepEqual(path.acts.map(([at]) => at), [5600, 17_600, 29_600, 41_600, 53_600]);
  assert.ok(path.names.every((remedy) => remedy === "move"));
});

test("back after half an hour: a sign of life moves the path at once, and then the server is asked", () => {
  const path = new Path().for(5).for(1800, dead);
  path.acts = [];
  path.watchdog.suspect(path.now);
  assert.deepEqual(path.for(1, silent).names, ["move"]);
  assert.deepEqual(path.for(1, silent).names, ["move", "restart"]);
});

test("a sign that the network changed needs no second of silence to move", () => {
  const path = new Path().for(5);
  path.watchdog.suspect(path.now);
  path.for(0.3, silent);
  assert.deepEqual(path.acts, []);
  path.for(0.2, silent);
  assert.deepEqual(path.names, ["move"]);
  assert.equal(path.path, "up");
  assert.deepEqual(path.for(1, silent).names, ["move"]);
});

test("a sign that the network changed while all goes on changes nothing", () => {
  const path = new Path().for(5);
  path.watchdog.suspect(path.now);
  assert.deepEqual(path.for(5).acts, []);
});

test("a new connection that is being set up is not moved", () => {
  const path = new Path();
  path.watchdog.suspect(path.now);
  assert.deepEqual(path.for(3, { state: "connecting", flowing: false }).acts, []);
});

for (const state of ["disconnected", "failed"]) {
  test(`${state}, but still hearing: the path is up, other ways are looked for, and nothing is thrown away`, () => {
    const path = new Path().for(5).for(60, { state });
    assert.equal(path.path, "up");
    assert.deepEqual(path.names.slice(0, 2), ["move", "restart"]);
    assert.ok(path.acts.length < 9 && !path.names.includes("reopen"));
  });

  test(`${state}, hearing, and no way to offer: only own checks`, () => {
    const path = new Path().for(5).for(60, { state, line: false });
    assert.equal(path.path, "up");
    assert.ok(path.names.every((remedy) => remedy === "move"));
  });
}

test("a new connection has not been heard yet", () => {
  const path = new Path().for(5).for(5.1, silent);
  assert.equal(path.names.at(-1), "reopen");
  assert.equal(path.for(2, { state: "connecting" }).path, "lost"); // STUN answers are no media
  assert.equal(path.for(1).path, "up");
});

test("the first sound after a silence is told", () => {
  const watchdog = new Watchdog(0);
  watchdog.step(1000, { state: "connected", inbound: 5, sound: 1, rttMs: 0 }, null);
  const heard = [2000, 9000, 10_000].map((now) => watchdog.step(now, { state: "connected", inbound: now, sound: 1, rttMs: 0 }, null).heard);
  assert.deepEqual(heard, [false, true, false]);
});

test("a path that is back forgets what was tried", () => {
  const path = new Path().for(5).for(3, silent).for(5).for(3, silent);
  assert.deepEqual(path.names, ["move", "restart", "move", "restart"]);
});

test("a connection that somebody else just opened is given its time", () => {
  const path = new Path().for(5);
  path.watchdog.acted(path.now, "reopen");
  assert.deepEqual(path.for(4.9, { state: "connecting", flowing: false }).acts, []);
});
