import assert from "node:assert/strict";
import { test } from "node:test";

import { Actuator } from "../../../web/static/js/actuator.js";
import { Call } from "../../../web/static/js/call.js";

const VOICE = { bitrate_bps: 20_000, ptime_ms: 20 };

/** An order of the SFU, as the page is told it. */
const order = (epoch, audio) => ({ epoch, level: audio ? "A1" : "T", audio, video: null, jitter_ms: null, picture_ms: null, receives: [] });

/** A call whose new connection has been offered; what it orders of the browser is kept, not done. */
function offered(context) {
  const call = new Call({ iceServers: [], slots: 1, line: { link: "open", send: () => true }, onChange() {}, onBytes() {} });
  context.after(() => call.close());
  const actuator = new Actuator({ senders: {}, receivers: [], retune() {} });
  actuator.apply = async () => {};
  call.connection = { actuator, answer: "", last: { wireBytes: 0 }, pc: {}, close() {}, read: async () => null };
  call._tell = () => {};
  return call;
}

test("an order of the session before, come late, is not the new one's", async (context) => {
  const call = offered(context);
  await call.adapt(order(40, null));
  call.connection.answer = "v=0";
  await call.adapt(order(1, VOICE));
  assert.equal(call.connection.actuator.epoch, 1);
  assert.equal(call.level, "A1");
});

test("a session takes its own newer orders", async (context) => {
  const call = offered(context);
  call.connection.answer = "v=0";
  await call.adapt(order(1, VOICE));
  await call.adapt(order(2, null));
  await call.adapt(order(1, VOICE));
  assert.equal(call.level, "T");
});
