import assert from "node:assert/strict";
import { test } from "node:test";

import { FIRST_PATIENCE_MS, Retry, SLOWEST_MS, SPARING_MS } from "../../../web/static/js/retry.js";

/** Tries that fail: each hangs until it is given up, or is refused at once. */
function tries(seconds, { rttMs = 20, refused = false, hidden = false, random = 0.5 } = {}) {
  const retry = new Retry();
  retry.rttMs = rttMs;
  retry.succeeded();
  const begun = [];
  let now = 0;
  while (now < seconds * 1000) {
    now += retry.delayMs(now, begun.at(-1) ?? now, hidden, random);
    const patience = retry.patienceMs(now);
    begun.push(now);
    now += refused ? 1 : patience;
    retry.failed(now);
  }
  return { retry, now, begun, gaps: begun.slice(1).map((at, index) => at - begun[index]) };
}

test("the first try after a loss comes at once, spread over a fifth of a second", () => {
  const retry = new Retry();
  assert.equal(retry.delayMs(0, 0, false, 0), 0);
  assert.ok(retry.delayMs(0, 0, false, 0.999) < 200);
});

test("on a fair link a try that hangs is replaced every two to three seconds, then the next have more time", () => {
  const { gaps } = tries(20);
  assert.ok(gaps.slice(0, 3).every((gap) => gap < 3_500), String(gaps));
  assert.ok(gaps.at(-1) > 4_000);
});

test("a server that refuses is asked about once a second", () => {
  const { gaps } = tries(6, { refused: true });
  assert.ok(gaps.every((gap) => gap <= SLOWEST_MS * 1.2), String(gaps));
});

for (const refused of [true, false]) {
  test(`half an hour of tries that ${refused ? "are refused" : "hang"} stays below what makes Chromium wait`, () => {
    const { begun } = tries(1_800, { refused });
    const window = (at) => begun.filter((other) => other > at - 360_000 && other <= at).length;
    assert.ok(Math.max(...begun.map(window)) <= 22);
    assert.ok(begun.length > 30);
    assert.ok(begun.slice(20).every((at) => begun.filter((other) => other > at - 180_000 && other <= at).length <= 9));
  });
}

test("a sign of life makes the next try come at once, with little patience, however long it was dark", () => {
  const { retry, now } = tries(1_800);
  assert.equal(retry.patienceMs(now), SPARING_MS);
  retry.sign();
  assert.ok(retry.delayMs(now, now, false, 0.5) <= 200);
  assert.ok(retry.patienceMs(now) < 3_000);
});

test("no try is given up that a link of three seconds' round trips would have brought home", () => {
  assert.equal(new Retry().patienceMs(0), FIRST_PATIENCE_MS);
  for (const rttMs of [400, 1_000, 3_000]) {
    const retry = new Retry();
    retry.rttMs = rttMs;
    assert.ok(retry.patienceMs(0) >= 4 * rttMs);
  }
  // The link became slow while it was away.
  const patiences = tries(60).gaps;
  assert.ok(Math.max(...patiences) > 4 * 3_000);
});

test("when nobody looks, ten seconds are soon enough after a while", () => {
  const retry = new Retry();
  for (let failure = 0; failure < 9; failure += 1) retry.failed(failure);
  assert.ok(retry.delayMs(10, 0, true, 0.5) >= 8_000);
  assert.ok(retry.delayMs(10, 0, false, 0.5) <= SLOWEST_MS * 1.2);
});
