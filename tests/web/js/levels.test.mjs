import assert from "node:assert/strict";
import { test } from "node:test";

import { barsOf, exchangeOf, flowOf, isHard, isTexting, pauseCause, showsVideo, strainOf } from "../../../web/static/js/levels.js";

const seat = (id, role, changes = {}) => ({
  id, role, name: id, present: true, path_lost: false, audio: true, video: true, up_level: "V3", down_level: "V3", level_reason: "congested",
  hold: "video", save_data: false, ...changes,
});
/** The patient's session, unless `role` says otherwise. */
const session = (patient = {}, physician = {}, changes = {}) => {
  const seats = [seat("p", "patient", patient), seat("d", "physician", physician)];
  const own = changes.role === "physician" ? 1 : 0;
  return {
    phase: "in-call", mediaPossible: true, uplinkLost: false, overPolling: false, me: seats[own], others: [seats[1 - own]], showsVideo: () => true, ...changes,
  };
};

for (const [level, flow, bars] of [["V3", "video", 4], ["V0", "video", 3], ["A2", "voice", 2], ["A0", "voice", 1], ["T", "text", 0], ["X9", "video", 4], [undefined, "video", 4]]) {
  test(`${level} carries ${flow} and has ${bars} bars`, () => assert.deepEqual([flowOf(level), barsOf(level)], [flow, bars]));
}

test("A to B runs at the lesser of what A sends and B takes", () => {
  assert.deepEqual(exchangeOf(session({ up_level: "A1" }, { up_level: "V0" })), { incoming: "video", outgoing: "voice" });
  assert.deepEqual(exchangeOf(session({ down_level: "T" }, { down_level: "A2" })), { incoming: "text", outgoing: "voice" });
});

test("of several others the best counts: who is on 2G does not make the rest blind", () => {
  const companion = seat("c", "companion", { up_level: "T", down_level: "T" });
  const call = session();
  assert.deepEqual(exchangeOf({ ...call, others: [...call.others, companion] }), { incoming: "video", outgoing: "video" });
});

test("the chat is the call only when nothing else goes either way", () => {
  assert.equal(isTexting(session({ up_level: "T", down_level: "T" })), true);
  assert.equal(isTexting(session({ up_level: "T" })), false);
  assert.equal(isTexting(session({}, { up_level: "T", down_level: "T" })), true);
  assert.equal(isTexting(session({ up_level: "T", down_level: "T" }, {}, { phase: "reconnecting" })), false);
  assert.equal(isTexting(session({}, {}, { mediaPossible: false })), true);
  for (const phase of ["joining", "reconnecting", "waiting", "idle"]) {
    const call = session({}, {}, { phase, overPolling: true });
    assert.deepEqual([isTexting(call), isHard(call)], phase.endsWith("ing") && phase !== "waiting" ? [true, true] : [false, false]);
  }
});

test("writing is offered from A1 on", () => {
  for (const [level, offered] of [["A2", false], ["A1", true], ["T", true]]) assert.equal(isHard(session({ down_level: level })), offered);
});

const STRAINS = [
  ["all is well", {}, {}, null],
  ["small steps within video are not said", { up_level: "V0" }, { down_level: "V1" }, null],
  ["the own uplink", { up_level: "A1" }, {}, { mine: true, way: "up", flow: "voice", cause: "slow", oneWay: null }],
  ["both own ways", { up_level: "A1", down_level: "A2" }, {}, { mine: true, way: "both", flow: "voice" }],
  ["the other's uplink", {}, { up_level: "A1" }, { mine: false, way: "up", flow: "voice" }],
  ["the worse of two", { up_level: "A1" }, { up_level: "T", down_level: "T" }, { mine: false, way: "both", flow: "text" }],
  ["one way only", { up_level: "T", level_reason: "silent" }, {}, { mine: true, way: "up", cause: "silent", oneWay: "video" }],
  ["a camera that is off leaves nothing to miss", { up_level: "A2", video: false }, { down_level: "A2" }, null],
  ["a held call is not slow", { up_level: "A2", down_level: "A2" }, { hold: "voice", up_level: "A2", down_level: "A2" }, { mine: false, flow: "voice", cause: "held" }],
  ["saving data is not slow", { save_data: true, up_level: "A2", down_level: "A2" }, {}, { mine: true, flow: "voice", cause: "saving" }],
  ["a link below what was wished is", { save_data: true, up_level: "T", down_level: "T" }, {}, { mine: true, flow: "text", cause: "slow" }],
  ["who is away is said elsewhere", {}, { up_level: "T", down_level: "T", path_lost: true }, null],
];
for (const [name, patient, physician, expected] of STRAINS) {
  test(`strain: ${name}`, () => {
    const strain = strainOf(session(patient, physician));
    if (!expected) assert.equal(strain, null);
    else assert.deepEqual({ ...strain, ...expected }, strain);
  });
}

test("what only this page knows of its uplink comes before what the server says", () => {
  const strain = strainOf(session({}, {}, { uplinkLost: true }));
  assert.deepEqual([strain.mine, strain.way, strain.cause, strain.oneWay], [true, "up", "silent", "video"]);
});

test("a picture is seen when it is on, reached and moves", () => {
  assert.equal(showsVideo(session(), seat("d", "physician")), true);
  assert.equal(showsVideo(session(), seat("d", "physician", { video: false })), false);
  assert.equal(showsVideo(session(), seat("d", "physician", { path_lost: true })), false);
  assert.equal(showsVideo(session({}, {}, { showsVideo: () => false }), seat("d", "physician")), false);
});

const PAUSES = [[{ down_level: "A1" }, {}, "slow"], [{ up_level: "A1" }, { up_level: "A2", level_reason: "lossy" }, "lossy"], [{}, { hold: "voice" }, "held"], [{}, {}, "start"]];
for (const [patient, physician, cause] of PAUSES) {
  test(`paused: ${cause}`, () => {
    const call = session(patient, physician);
    assert.equal(pauseCause(call, call.others[0]), cause);
  });
}
