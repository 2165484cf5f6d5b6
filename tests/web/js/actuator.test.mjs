import assert from "node:assert/strict";
import { test } from "node:test";

import { Actuator, audioEncoding, effective, videoEncoding, waitFor } from "../../../web/static/js/actuator.js";

const V3 = { width: 640, height: 360, frames_per_s: 15, bitrate_bps: 350_000 };
const V0 = { width: 320, height: 180, frames_per_s: 5, bitrate_bps: 45_000 };
const VOICE = { bitrate_bps: 24_000, ptime_ms: 20 };
const ALONE = { bitrate_bps: 12_000, ptime_ms: 60 };

/** Stands for the browser's sender; takes only the encoding fields in `knows`. */
class FakeSender {
  constructor(knows = ["active", "maxBitrate", "maxFramerate", "scaleResolutionDownBy"]) {
    this.knows = knows;
    this.track = null;
    this.encoding = {};
    this.calls = 0;
  }
  getParameters() {
    return { encodings: [{ ...this.encoding }] };
  }
  async setParameters({ encodings: [encoding], degradationPreference }) {
    this.calls += 1;
    if (Object.keys(encoding).some((field) => !this.knows.includes(field))) throw new TypeError("unknown field");
    Object.assign(this, { encoding, degradationPreference });
  }
  async replaceTrack(track) {
    this.track = track;
  }
}

const camera = (width, height) => ({ kind: "video", getSettings: () => ({ width, height }) });
const adapt = (epoch, video, audio, jitter_ms = null) => ({ type: "adapt", epoch, level: "V3", video, audio, jitter_ms, receives: [] });

function made({ knows, receivers = [] } = {}) {
  const senders = { audio: new FakeSender(knows), video: new FakeSender(knows) };
  const retuned = [];
  const pictured = [];
  const actuator = new Actuator({ senders, receivers, retune: (voice, picture) => retuned.push(voice) && pictured.push(picture) });
  actuator.tracks = { audio: { kind: "audio" }, video: camera(640, 360) };
  return { actuator, senders, retuned, pictured };
}

const SCALES = [
  ["as large as wanted", V3, 640, 360, 1],
  ["twice as large", V0, 640, 360, 2],
  ["smaller than wanted", V3, 320, 180, 1],
  ["upright", V0, 360, 640, 2],
  ["less wide than wanted", V0, 640, 480, 480 / 180],
  ["unknown", V3, undefined, undefined, 1],
];

for (const [name, order, width, height, scale] of SCALES) {
  test(`a camera that is ${name} is scaled by ${scale.toFixed(2)}`, () => {
    assert.equal(videoEncoding(order, { width, height }).scaleResolutionDownBy, scale);
  });
}

test("no order for video stops it", () => assert.deepEqual(videoEncoding(null, {}), { active: false }));
test("no order for sound stops it", () => assert.deepEqual(audioEncoding(null), { active: false }));

const ALONES = [
  ["video and voice", { video: V3, audio: VOICE }, { video: null, audio: ALONE }],
  ["a voice that is thinner already", { video: null, audio: { bitrate_bps: 8_000, ptime_ms: 60 } }, { video: null, audio: { bitrate_bps: 8_000, ptime_ms: 60 } }],
  ["silence", { video: null, audio: null }, { video: null, audio: null }],
  ["no order yet", { video: null }, { video: null, audio: ALONE }],
];

for (const [name, orders, expected] of ALONES) {
  test(`left alone with ${name}`, () => assert.deepEqual(effective(orders, true), expected));
  test(`led, ${name} is sent as ordered`, () => assert.deepEqual(effective(orders, false), { audio: undefined, ...orders }));
}

test("before the first order there is no picture, and sound as the answer says", async () => {
  const { actuator, senders, retuned } = made();
  await actuator.apply();
  assert.deepEqual(senders.video.encoding, { active: false });
  assert.deepEqual(senders.audio.encoding, {});
  assert.deepEqual(retuned, []);
  assert.equal(senders.audio.track, actuator.tracks.audio);
});

test("an order is carried out", async () => {
  const { actuator, senders, retuned } = made();
  assert.ok(actuator.take(adapt(1, V0, VOICE)));
  await actuator.apply();
  assert.deepEqual(senders.video.encoding, { active: true, maxBitrate: 45_000, maxFramerate: 5, scaleResolutionDownBy: 2 });
  assert.equal(senders.video.degradationPreference, "balanced");
  assert.deepEqual(senders.audio.encoding, { active: true, maxBitrate: 24_000 });
  assert.deepEqual(retuned, [VOICE]);
});

test("a voice says whether there is a picture beside it", async () => {
  const { actuator, pictured } = made();
  for (const [epoch, video] of [[1, null], [2, V0], [3, null]]) {
    actuator.take(adapt(epoch, video, { ...VOICE }));
    await actuator.apply();
  }
  assert.deepEqual(pictured, [false, true, false]);
});

test("sound and pictures wait each as long as told", () => {
  const receivers = ["audio", "video"].map((kind) => ({ track: { kind }, jitterBufferTarget: null }));
  const { actuator } = made({ receivers });
  actuator.take({ ...adapt(1, V0, VOICE, 350), picture_ms: 500 });
  assert.deepEqual(receivers.map((each) => each.jitterBufferTarget), [350, 500]);
  actuator.take({ ...adapt(2, V0, VOICE), picture_ms: null });
  assert.deepEqual(receivers.map((each) => each.jitterBufferTarget), [null, null]);
});

test("an older order, or the same again, is no news", () => {
  const { actuator } = made();
  assert.ok(actuator.take(adapt(4, V3, VOICE)));
  assert.ok(!actuator.take(adapt(4, null, null)));
  assert.ok(!actuator.take(adapt(3, null, null)));
  assert.deepEqual(actuator.orders, { video: V3, audio: VOICE });
});

test("what is in force is not set again", async () => {
  const { actuator, senders } = made();
  actuator.take(adapt(1, V3, VOICE));
  await actuator.apply();
  await actuator.apply();
  assert.deepEqual([senders.video.calls, senders.audio.calls], [1, 1]);
});

test("a camera that turns is scaled anew", async () => {
  const { actuator, senders } = made();
  actuator.take(adapt(1, V0, VOICE));
  await actuator.apply();
  actuator.tracks.video = camera(1280, 720);
  await actuator.apply();
  assert.equal(senders.video.encoding.scaleResolutionDownBy, 4);
});

test("left alone and led again, the last order holds", async () => {
  const { actuator, senders, retuned } = made();
  actuator.take(adapt(1, V3, VOICE));
  await actuator.apply();
  actuator.alone = true;
  await actuator.apply();
  assert.equal(senders.video.encoding.active, false);
  assert.equal(senders.audio.encoding.maxBitrate, 12_000);
  actuator.alone = false;
  await actuator.apply();
  assert.equal(senders.video.encoding.active, true);
  assert.deepEqual(retuned, [VOICE, ALONE, VOICE]);
});

const HUSHES = [
  ["a rate that falls to what means no picture", [300_000, 29_000], true],
  ["a rate that falls to a thin picture's", [300_000, 30_000], false],
  ["a rate that was thin before", [40_000, 29_000], false],
  ["a rate that is back", [300_000, 29_000, 31_000], false],
  ["a browser that does not tell", [300_000, null], false],
];

for (const [name, rates, hushed] of HUSHES) {
  test(`before the order comes: ${name}`, async () => {
    const { actuator, senders } = made();
    actuator.take(adapt(1, V3, VOICE));
    rates.forEach((rate) => actuator.sense(rate));
    await actuator.apply();
    assert.equal(senders.video.encoding.active, !hushed);
    assert.equal(senders.audio.encoding.maxBitrate, hushed ? 12_000 : VOICE.bitrate_bps);
  });
}

test("an order is believed more than a rate", async () => {
  const { actuator, senders } = made();
  actuator.take(adapt(1, V3, VOICE));
  [300_000, 29_000].forEach((rate) => actuator.sense(rate));
  actuator.take(adapt(2, V0, VOICE));
  actuator.sense(29_000);
  await actuator.apply();
  assert.equal(senders.video.encoding.active, true);
});

test("mute, nothing is sent, and then again what was ordered", async () => {
  const { actuator, senders } = made();
  actuator.take(adapt(1, V0, VOICE));
  actuator.mute = true;
  await actuator.apply();
  assert.deepEqual([senders.video.encoding.active, senders.audio.encoding.active], [false, false]);
  actuator.mute = false;
  await actuator.apply();
  assert.deepEqual([senders.video.encoding.active, senders.audio.encoding.active], [true, true]);
});

test("a browser that knows less does what it can", async () => {
  const { actuator, senders } = made({ knows: ["active", "maxBitrate"] });
  actuator.take(adapt(1, V0, VOICE));
  await actuator.apply();
  assert.deepEqual(senders.video.encoding, { active: true, maxBitrate: 45_000 });
});

test("a browser that cannot stop an encoding is given nothing to encode", async () => {
  const { actuator, senders } = made({ knows: [] });
  actuator.take(adapt(1, null, VOICE));
  await actuator.apply();
  assert.equal(senders.video.track, null);
  assert.equal(senders.audio.track, actuator.tracks.audio);
  actuator.take(adapt(2, V3, VOICE));
  await actuator.apply();
  assert.equal(senders.video.track, actuator.tracks.video);
});

test("sound waits as long as ordered, in the browser's own unit", () => {
  const [now, old, none] = [{ jitterBufferTarget: null }, { playoutDelayHint: null }, {}];
  for (const receiver of [now, old, none]) waitFor(receiver, 700);
  assert.deepEqual([now, old, none], [{ jitterBufferTarget: 700 }, { playoutDelayHint: 0.7 }, {}]);
  waitFor(now, 9_000);
  assert.equal(now.jitterBufferTarget, 4_000);
  waitFor(now, null);
  assert.equal(now.jitterBufferTarget, null);
});
