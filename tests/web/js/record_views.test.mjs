import assert from "node:assert/strict";
import { test } from "node:test";

import { Diagnoses } from "../../../web/static/js/record/diagnoses.js";
import { Samples, heightOf, kindOf, sharesOf, stretches } from "../../../web/static/js/record/lanes.js";

const LIST = [
  { code: "G43.0", name: "Migraña sin aura" },
  { code: "G43.1", name: "Migraña con aura" },
  { code: "G44.2", name: "Cefalea tensional", also: "dolor de cabeza por tensión" },
  { code: "A90", name: "Dengue" },
  { code: "I10", name: "Hipertensión arterial", also: "tensión alta" },
];

function found(query) {
  return new Diagnoses(LIST).search(query).map(({ code }) => code);
}

test("diagnoses are found by the beginning of their code, with or without the dot", () => {
  assert.deepEqual(found("g43"), ["G43.0", "G43.1"]);
  assert.deepEqual(found("G43.1"), ["G43.1"]);
  assert.deepEqual(found("a"), ["A90"]);
});

test("words are found by their beginnings, in any order, without accents", () => {
  assert.deepEqual(found("aura migra"), ["G43.0", "G43.1"]);
  assert.deepEqual(found("HIPERTENSION"), ["I10"]);
  assert.deepEqual(found("tension"), ["I10", "G44.2"].sort());
  assert.deepEqual(found("cabeza dolor"), ["G44.2"]);
  assert.deepEqual(found("  "), []);
});

const JOINED = { at_ms: 0, seat: "p", type: "joined" };
const step = (atMs, level, direction = "up", seat = "p") => ({ at_ms: atMs, seat, type: "level_changed", direction, level, reason: "congested" });

test("a lane holds each rung for as long as it lasted", () => {
  const steps = [JOINED, step(10, "A1"), step(15, "A2", "down"), step(40, "T"), { at_ms: 50, seat: "p", type: "path_lost" }, { at_ms: 60, seat: "p", type: "path_back" }, { at_ms: 100, seat: "", type: "ended" }];
  const lane = stretches(steps, "p", "up", 200);
  assert.deepEqual(lane, [
    { fromMs: 0, untilMs: 10, level: "V3" },
    { fromMs: 10, untilMs: 40, level: "A1" },
    { fromMs: 40, untilMs: 50, level: "T" },
    { fromMs: 50, untilMs: 60, level: null },
    { fromMs: 60, untilMs: 100, level: "T" },
  ]);
  assert.deepEqual(sharesOf(lane), { video: 10, voice: 30, text: 50, away: 10 });
  assert.deepEqual(stretches(steps, "nobody", "up", 200), []);
});

test("who left and came back has a gap, and begins anew", () => {
  const steps = [JOINED, step(5, "A1"), { at_ms: 20, seat: "p", type: "left" }, { at_ms: 30, seat: "p", type: "joined" }];
  assert.deepEqual(stretches(steps, "p", "up", 40).map(({ level }) => level), ["V3", "A1", null, "V3"]);
});

test("rungs have kinds and rates have heights", () => {
  assert.deepEqual(["V0", "A2", "T", null].map(kindOf), ["video", "voice", "text", "away"]);
  assert.deepEqual([0, 8_000, 128_000, 2_048_000, 1e9].map(heightOf), [0, 0, 0.5, 1, 1]);
});

test("measures are thinned out and old ones go", () => {
  const samples = new Samples(4_000, 60_000);
  for (let at = 0; at <= 120_000; at += 2_000) samples.add({ seat: "p", up_bps: at, down_bps: 0, up_loss: 0, down_loss: 0, up_capacity_bps: 0, down_capacity_bps: 5 }, at);
  const lane = samples.of("p", "up");
  assert.equal(lane.at(-1).bps, 120_000);
  assert.ok(lane[0].atMs >= 60_000 && lane.length <= 16);
  assert.equal(samples.of("p", "down")[0].bps, 5);
  assert.deepEqual(samples.of("q", "up"), []);
});
