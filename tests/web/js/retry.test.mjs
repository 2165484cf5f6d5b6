import assert from "node:assert/strict";
import { test } from "node:test";

import { FIRST_PATIENCE_MS, Retry, SLOWEST_MS, SPARING_MS } from "../../../web/static/js/retry.js";

/** Tries that fail: each hangs until it is given up, or is refused at once. */
function tries(seconds, { rttMs = 20, refused = false, random = 0.5 } = {}) {
  const retry = new Retry();
  retry.rttMs = rttMs;
  retry.succeeded();
  const begun = [];
  let now = 0;
  while (now < seconds * 1000) {
    now += retry.delayMs(now, begun.at(-1) ?? now, random);
    const patience = retry.patienceMs(now);
    begun.push(now);
    now += refused ? 1 : patience;
    retry.failed(now);
  }
  return { retry, now, begun, gaps: begun.slice(1).map((at, index) => at - begun[index]) };
}

test("the first try after a loss comes at once, spread over a fifth of a second", () => {
  const retry = new Retry();
  assert.equal(retry.delayMs(0, 0, 0), 0);
  assert.ok(retry.delayMs(0, 0, 0.999) < 200);
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
    // Chromium counts those of this window of 3 minutes and of the one before.
    for (let from = 0; from < 1_800_000; from += 180_000) {
      assert.ok(begun.filter((at) => at >= from && at < from + 360_000).length <= 15, `${from}`);
    }
    assert.ok(begun.length > 30);
  });
}

test("a sign of life makes the next try come at once, with little patience, however long it was dark", () => {
  const { retry, now } = tries(1_800);
  assert.equal(retry.patienceMs(now), SPARING_MS);
  retry.sign();
  assert.ok(retry.delayMs(now, now, 0.5) <= 200);
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
