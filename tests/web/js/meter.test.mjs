import assert from "node:assert/strict";
import { test } from "node:test";

import { NOTHING, reading, receipt } from "../../../web/static/js/meter.js";

const report = (...stats) => new Map(stats.map((stat, id) => [`${id}`, stat]));
const TRANSPORT = { type: "transport", bytesSent: 1000, bytesReceived: 2000, packetsSent: 10, packetsReceived: 20 };
const PAIR = { type: "candidate-pair", nominated: true, bytesSent: 900, bytesReceived: 1800, requestsSent: 5, responsesReceived: 4, currentRoundTripTime: 0.6214 };
const AUDIO = {
  type: "inbound-rtp", kind: "audio", bytesReceived: 300, headerBytesReceived: 60, packetsReceived: 17, packetsLost: 3, totalSamplesReceived: 48_000,
  concealedSamples: 4_800, silentConcealedSamples: 2_400, jitterBufferDelay: 9_600, jitterBufferEmittedCount: 48_000,
};
const VIDEO = { type: "inbound-rtp", kind: "video", bytesReceived: 5000, headerBytesReceived: 100, framesDecoded: 10, totalFreezesDuration: 0.5 };

test("the wire carries IP and UDP as well", () => assert.equal(reading(report(TRANSPORT, PAIR)).wireBytes, 3000 + 30 * 28));
test("without a transport's bytes the pairs' count", () => assert.equal(reading(report(PAIR)).wireBytes, 2700));
test("the round trip is whole milliseconds", () => assert.equal(reading(report(PAIR)).rttMs, 621));
test("answers to checks on a pair that is not in use are no sign of life of the path", () => {
  const inbound = (...pairs) => reading(report(TRANSPORT, PAIR, ...pairs)).inbound;
  assert.equal(inbound({ type: "candidate-pair", nominated: false, responsesReceived: 9 }), inbound());
  assert.equal(inbound(), 2000 + 1800 + 4);
});
test("an empty report is nothing", () => assert.deepEqual(reading(report()), NOTHING));

test("what was received in a second", () => {
  assert.deepEqual(receipt(NOTHING, reading(report(TRANSPORT, PAIR, AUDIO, VIDEO)), 1000.4), {
    interval_ms: 1000, received_bytes: 5460, audio_received: 17, audio_lost: 3, played_ms: 1000, concealed_ms: 50, jitter_buffer_ms: 200,
    frozen_ms: 500, rtt_ms: 621,
  });
});

test("a count that went back is none, and nothing is beyond what the server takes", () => {
  const huge = { ...NOTHING, samples: 1e12, audioLost: -5, frozenS: 9e9 };
  const { played_ms, audio_lost, frozen_ms, interval_ms } = receipt(NOTHING, huge, 1e9);
  assert.deepEqual({ played_ms, audio_lost, frozen_ms, interval_ms }, { played_ms: 60_000, audio_lost: 0, frozen_ms: 60_000, interval_ms: 60_000 });
});
