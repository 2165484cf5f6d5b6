import assert from "node:assert/strict";
import { test } from "node:test";

import { Autonomy } from "../../../web/static/js/autonomy.js";

/** Steps twice a second. A browser checks every second while it has no answer. */
class Link {
  constructor() {
    this.now = 0;
    this.echo = { inbound: 0, sound: 0, requests: 0, responses: 0, rttMs: 50, serverAtMs: 0, answeredAtMs: 0 };
    this.autonomy = new Autonomy(0);
    this.states = [];
  }

  for(seconds, { down = true, up = true, line = true, sound = true, rttMs = 50 } = {}) {
    this.echo.rttMs = rttMs;
    for (let half = 0; half < seconds * 2; half += 1) {
      this.now += 500;
      if (down) this.echo.inbound += 100;
      if (down && sound) this.echo.sound += 24_000;
      if (this.now % 1000 === 0) this.echo.requests += 1;
      if (up && this.now % 1000 === 0) this.echo.responses += 1;
      if (line && down) this.echo.serverAtMs = this.now;
      if (line && down && up) this.echo.answeredAtMs = this.now;
      this.state = this.autonomy.step(this.now, this.echo);
    }
    return this;
  }
}

const CUT = { down: false, up: false, line: false };

test("a link that works is left to the SFU", () => assert.equal(new Link().for(60).state.alone, false));

test("nothing from anybody for two seconds: fends for itself", () => {
  const link = new Link().for(10).for(2, CUT);
  assert.equal(link.state.alone, false);
  assert.equal(link.for(1, CUT).state.alone, true);
});

test("a server that is away while media flows changes nothing", () => {
  assert.equal(new Link().for(10).for(30, { line: false }).state.alone, false);
});

test("a media path that is silent while the server speaks is the server's to judge", () => {
  const link = new Link().for(10);
  for (let second = 0; second < 20; second += 1) {
    link.echo.serverAtMs = link.echo.answeredAtMs = link.now;
    link.for(1, { ...CUT, line: true });
  }
  assert.equal(link.state.alone, false);
});

test("no word from the server and no sound from the SFU, which is there: sends nothing, until either comes", () => {
  const jam = { line: false, sound: false, rttMs: 4_000 };
  const link = new Link().for(10).for(3, jam);
  assert.equal(link.state.mute, false);
  assert.equal(link.for(2, jam).state.mute, true);
  assert.equal(new Link().for(10).for(9, jam).for(0.5, { line: false }).state.mute, false);
  assert.equal(new Link().for(10).for(9, jam).for(0.5, { sound: false }).state.mute, false);
});

test("the same, and checks go unanswered: does not wait for more of them", () => {
  assert.equal(new Link().for(10).for(4, { line: false, sound: false, up: false }).state.mute, true);
});

test("a server that died drowns in nothing: checks are answered as soon as ever, and the voice goes on", () => {
  assert.equal(new Link().for(10).for(30, { line: false, sound: false }).state.mute, false);
});

test("silent, the checks have room: that is no reason to speak again", () => {
  assert.equal(new Link().for(10).for(9, { line: false, sound: false, rttMs: 4_000 }).for(5, { line: false, sound: false }).state.mute, true);
});

test("a voice into an outage goes on: it is the first that is heard after it", () => {
  assert.equal(new Link().for(10).for(20, CUT).state.mute, false);
});

test("while the server speaks, what is sent is its to say", () => assert.equal(new Link().for(10).for(30, { sound: false }).state.mute, false));

test("heard but not answered: sends little, and says that the uplink is lost", () => {
  const link = new Link().for(10).for(6, { up: false });
  assert.deepEqual(link.state, { alone: true, unheard: true, doubt: true, mute: false });
});

test("one check or two without an answer are no dead uplink", () => {
  for (let round = 0; round < 10; round += 1) assert.equal(new Link().for(10).for(2, { up: false }).state.unheard, false);
});

test("back again, the last order holds after a moment for a better one", () => {
  const link = new Link().for(10).for(10, CUT).for(1);
  assert.equal(link.state.alone, true);
  assert.equal(link.for(3).state.alone, false);
});

test("a new order is obeyed at once", () => {
  const link = new Link().for(10).for(10, CUT);
  link.autonomy.ordered(link.now);
  assert.equal(link.for(1).state.alone, false);
});

test("a new order over a dead uplink is given its time", () => {
  const link = new Link().for(10).for(10, { up: false });
  link.autonomy.ordered(link.now);
  assert.equal(link.for(2, { up: false }).state.alone, false);
  assert.equal(link.for(3, { up: false }).state.alone, true);
});

test("a new connection starts with a clean slate", () => {
  const link = new Link().for(10).for(10, { up: false });
  Object.assign(link.echo, { inbound: 0, requests: 0, responses: 0 });
  link.autonomy.reopened(link.now);
  assert.equal(link.for(1).state.unheard, false);
});
