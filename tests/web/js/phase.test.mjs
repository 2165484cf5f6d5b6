import assert from "node:assert/strict";
import { test } from "node:test";

import { phaseOf, rungOf } from "../../../web/static/js/phase.js";

const START = { ended: false, wanted: false, admitted: false, online: true, mediaPossible: true, path: "none", wasUp: false };
const IN = { wanted: true, admitted: true };
const PHASES = [
  ["before the tap", {}, "idle"],
  ["admitted before, not tapped yet", { admitted: true }, "idle"],
  ["tapped, not admitted", { wanted: true }, "waiting"],
  ["waiting without a line to the server", { wanted: true, online: false }, "waiting"],
  ["admitted, offer under way", { ...IN, path: "opening" }, "joining"],
  ["media flows", { ...IN, path: "up", wasUp: true }, "in-call"],
  ["the server is away, media flows", { ...IN, path: "up", wasUp: true, online: false }, "in-call"],
  ["the path is silent", { ...IN, path: "lost", wasUp: true }, "reconnecting"],
  ["a new connection in place of a lost one", { ...IN, path: "opening", wasUp: true }, "reconnecting"],
  ["no WebRTC: the chat is the call", { ...IN, mediaPossible: false }, "in-call"],
  ["no WebRTC and no line", { ...IN, mediaPossible: false, online: false }, "reconnecting"],
  ["a drop is never shown as an end", { ...IN, path: "lost", wasUp: true, online: false }, "reconnecting"],
  ["ended wins", { ...IN, path: "up", wasUp: true, ended: true }, "ended"],
];

for (const [name, now, phase] of PHASES) test(name, () => assert.equal(phaseOf({ ...START, ...now }), phase));

const RUNGS = [
  [[{ audio: true, video: true }], true, "video"],
  [[{ audio: true, video: false }, { audio: true, video: true }], true, "video"],
  [[{ audio: false, video: false }, { audio: true, video: false }], true, "voice"],
  [[{ audio: false, video: false }], true, "chat"],
  [[{ audio: true, video: true }], false, "chat"],
];

for (const [senders, up, rung] of RUNGS) {
  test(`${JSON.stringify(senders)} with media ${up ? "up" : "down"} is ${rung}`, () => assert.equal(rungOf(senders, up), rung));
}
