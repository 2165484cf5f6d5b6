import assert from "node:assert/strict";
import { test } from "node:test";

import { SILENT_MS, Watchdog } from "../../../web/static/js/watchdog.js";

/** Steps once a second; `inbound` grows while `flowing`. */
class Path {
  constructor() {
    this.now = 0;
    this.inbound = 0;
    this.watchdog = new Watchdog(0);
    this.watchdog.acted(0, "reopen");
    this.acts = [];
  }

  for(seconds, { state = "connected", flowing = true, canAct = true } = {}) {
    for (let second = 0; second < seconds; second += 1) {
      this.now += 1000;
      this.inbound += flowing ? 100 : 0;
      const { path, remedy } = this.watchdog.step(this.now, { state, inbound: this.inbound }, canAct);
      this.path = path;
      if (remedy) this.watchdog.acted(this.now, remedy);
      if (remedy === "reopen") this.inbound = 0;
      if (remedy) this.acts.push([this.now, remedy]);
    }
    return this;
  }
}

test("a path that brings something is up", () => assert.equal(new Path().for(10).path, "up"));

test("before the first media it is opening, not lost", () => {
  assert.equal(new Path().for(2, { state: "connecting", flowing: false }).path, "opening");
});

test("a short silence is no loss", () => {
  const path = new Path().for(5).for(SILENT_MS / 1000 - 1, { flowing: false });
  assert.equal(path.path, "up");
  assert.deepEqual(path.acts, []);
});

test("silence restarts ICE first, then opens anew with growing patience", () => {
  const path = new Path().for(5).for(45, { flowing: false });
  assert.equal(path.path, "lost");
  assert.deepEqual(path.acts, [[9000, "restart"], [15000, "reopen"], [30000, "reopen"], [50000, "reopen"]]);
});

for (const state of ["disconnected", "failed"]) {
  test(`${state}, but still hearing: the path is up, ICE looks for another way, and nothing is thrown away`, () => {
    const path = new Path().for(5).for(60, { state });
    assert.equal(path.path, "up");
    assert.deepEqual(path.acts[0], [6000, "restart"]);
    assert.ok(path.acts.every(([, remedy]) => remedy === "restart"));
  });

  test(`${state}, hearing, and no way to offer: nothing is done`, () => {
    const path = new Path().for(5).for(60, { state, canAct: false });
    assert.equal(path.path, "up");
    assert.deepEqual(path.acts, []);
  });
}

test("a new connection has not been heard yet", () => {
  const path = new Path().for(5).for(11, { flowing: false });
  assert.equal(path.acts.at(-1)[1], "reopen");
  assert.equal(path.for(2, { state: "connecting" }).path, "lost"); // STUN answers are no media
  assert.equal(path.for(1).path, "up");
});

test("the first sound after a silence is told", () => {
  const watchdog = new Watchdog(0);
  watchdog.step(1000, { state: "connected", inbound: 5 }, false);
  const heard = [2000, 9000, 10_000].map((now) => watchdog.step(now, { state: "connected", inbound: now }, false).heard);
  assert.deepEqual(heard, [false, true, false]);
});

test("nothing is tried while no offer could be sent, and at once when it can", () => {
  const path = new Path().for(5).for(60, { flowing: false, canAct: false });
  assert.deepEqual(path.acts, []);
  assert.deepEqual(path.for(1, { flowing: false }).acts, [[66000, "restart"]]);
});

test("a path that is back forgets what was tried", () => {
  const path = new Path().for(5).for(20, { flowing: false }).for(5).for(5, { flowing: false });
  assert.deepEqual(path.acts.map(([, remedy]) => remedy), ["restart", "reopen", "restart"]);
});

test("a connection that somebody else just opened is given its time", () => {
  const path = new Path().for(5);
  path.watchdog.acted(path.now, "reopen");
  assert.deepEqual(path.for(5, { state: "connecting", flowing: false }).acts, []);
});
