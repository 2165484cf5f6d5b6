import assert from "node:assert/strict";
import { test } from "node:test";

import { Backlog } from "../../../web/static/js/backlog.js";

/** Plays at 48 kHz, looked at twice a second. */
class Ear {
  constructor() {
    this.now = 0;
    this.sound = { mid: "2", waitedS: 0, emitted: 0, concealed: 0 };
    this.backlog = new Backlog();
    this.emptied = [];
    this.hears(1, 60);
  }

  hears(seconds, delayMs, { asked = null, concealed = 0 } = {}) {
    for (let half = 0; half < seconds * 2; half += 1) {
      this.now += 500;
      this.sound.emitted += 24_000;
      this.sound.waitedS += (24_000 * delayMs) / 1000;
      this.sound.concealed += concealed;
      if (this.backlog.step(this.now, asked, [{ ...this.sound }]).length) this.emptied.push(this.now);
    }
    return this;
  }
}

test("sound that comes in time is left alone", () => assert.deepEqual(new Ear().hears(60, 300).emptied, []));
test("a wait that was asked for is none too long", () => assert.deepEqual(new Ear().hears(60, 1650, { asked: 1000 }).emptied, []));
test("a buffer that still runs dry is needed", () => assert.deepEqual(new Ear().hears(60, 2000, { concealed: 800 }).emptied, []));
test("a jam's remains are emptied at the second look", () => assert.deepEqual(new Ear().hears(1.5, 2000).emptied, [2000]));
test("not while the buffer still fills", () => {
  const ear = new Ear().hears(0.5, 500).hears(0.5, 1000).hears(0.5, 1500);
  assert.deepEqual([ear.emptied, ear.backlog.suspects], [[], true]);
  assert.deepEqual(ear.hears(0.5, 1550).emptied, [3000]);
  assert.equal(ear.hears(0.5, 1550).backlog.suspects, false, "it rests");
});
test("what waits after a jam is emptied as soon as it shows", () => {
  const ear = new Ear().hears(1, 200, { concealed: 16_000 });
  assert.equal(ear.backlog.suspects, true, "it is looked at closely");
  assert.deepEqual(ear.hears(0.5, 260).hears(0.5, 400).emptied, [3000]);
});
test("silence is no delay", () => {
  const ear = new Ear();
  for (let step = 0; step < 20; step += 1) assert.deepEqual(ear.backlog.step((ear.now += 500), null, [{ ...ear.sound }]), []);
});

test("it is emptied once more when the last of the jam came after, and then left", () => {
  assert.deepEqual(new Ear().hears(28, 2000).emptied, [2000, 5000]);
});

test("where a link needs it, it is emptied every half minute at most", () => {
  const { emptied } = new Ear().hears(300, 2000);
  assert.ok(emptied.length <= 12, `${emptied.length} times`);
});

test("a new buffer's counts begin anew", () => {
  const ear = new Ear().hears(1.5, 2000);
  Object.assign(ear.sound, { waitedS: 0, emitted: 0, concealed: 0 });
  assert.deepEqual(ear.hears(10, 60).emptied, [2000]);
});
