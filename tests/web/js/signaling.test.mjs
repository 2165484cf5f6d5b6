import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { CLOSE, decode } from "../../../web/static/js/protocol.js";
import { Queue } from "../../../web/static/js/queue.js";
import { Signaling } from "../../../web/static/js/signaling.js";

/** Stands for the browser's WebSocket: what was sent is in `sent`. */
class FakeSocket {
  constructor() {
    this.sent = [];
    this.closed = false;
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  receives(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
  types() {
    return this.sent.map(({ type }) => type);
  }
}

/** Stands for HTTP requests. */
class FakePoll extends FakeSocket {
  start() {
    this.started = true;
  }
  receives(message) {
    this.onmessage(message);
  }
}

function started(options = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const seen = { sockets: [], polls: [], messages: [], links: [] };
  const signaling = new Signaling({
    url: "ws://clinic/ws", token: "t".repeat(22), clientId: "client01", lang: "es", queue: new Queue(), after: () => "7-1",
    onMessage: (message) => seen.messages.push(message.type), onLink: (link) => seen.links.push(link), random: () => 0,
    openSocket: () => {
      seen.sockets.push(new FakeSocket());
      return seen.sockets.at(-1);
    },
    openPoll: () => {
      seen.polls.push(new FakePoll());
      return seen.polls.at(-1);
    },
    now: () => Date.now(),
    ...options,
  });
  signaling.start();
  return { signaling, ...seen };
}

/** Nested timers run in their own time. */
function pass(ms) {
  for (let step = 0; step < ms; step += 100) mock.timers.tick(100);
}

function welcomed(options) {
  const all = started(options);
  all.sockets[0].onopen();
  all.sockets[0].receives({ type: "welcome" });
  return all;
}

test("says hello with the last event it has", () => {
  const { sockets } = started();
  sockets[0].onopen();
  const { type, v, after, lang, client_id } = sockets[0].sent[0];
  assert.deepEqual({ type, v, after, lang, client_id }, { type: "hello", v: 1, after: "7-1", lang: "es", client_id: "client01" });
});

test("a command made before the welcome goes out after it", () => {
  const { signaling, sockets } = started();
  signaling.command({ type: "arrive" });
  sockets[0].onopen();
  assert.deepEqual(sockets[0].types(), ["hello"]);
  sockets[0].receives({ type: "welcome" });
  assert.deepEqual(sockets[0].types(), ["hello", "arrive", "ping"]);
});

test("what waited goes out before what the welcome gives rise to", () => {
  const all = started({ onLink: () => {}, onMessage: ({ type }) => type === "welcome" && all.signaling.send({ type: "fetch", after: null }) });
  all.signaling.command({ type: "leave" });
  all.sockets[0].onopen();
  all.sockets[0].receives({ type: "welcome" });
  assert.deepEqual(all.sockets[0].types(), ["hello", "leave", "ping", "fetch"]);
});

test("an unacknowledged command is sent again under the same id, an acknowledged one is not", () => {
  const { signaling, sockets } = welcomed();
  const [kept] = [signaling.command({ type: "chat", text: "uno" }), signaling.command({ type: "chat", text: "dos" })];
  sockets[0].receives({ type: "ack", id: "client01-2" });
  sockets[0].onclose({ code: 1006 });
  mock.timers.tick(1);
  sockets[1].onopen();
  sockets[1].receives({ type: "welcome" });
  assert.deepEqual(sockets[1].sent.slice(1, -1).map(({ id }) => id), [kept]);
});

test("ids fit the protocol", () => {
  const { signaling } = welcomed();
  assert.match(signaling.command({ type: "arrive" }), /^[A-Za-z0-9_-]{8,64}$/);
});

test("comes back after every loss, without a limit", () => {
  const { signaling, sockets } = started();
  for (let lost = 0; lost < 30; lost += 1) {
    sockets.at(-1).onclose({ code: 1006 });
    mock.timers.tick(60_000);
  }
  assert.equal(sockets.length, 31);
  assert.equal(signaling.link, "lost");
});

test("a silent server is given up after a ping without an answer", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  mock.timers.tick(10_000);
  assert.equal(sockets[0].types().at(-1), "ping");
  mock.timers.tick(8_000);
  assert.equal(signaling.link, "lost");
  assert.ok(sockets[0].closed);
});

test("an answered ping keeps the line", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  mock.timers.tick(10_000);
  sockets[0].receives({ type: "pong", n: 2 });
  mock.timers.tick(9_000);
  assert.equal(signaling.link, "open");
});

test("a line that answers no command is doubted soon", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  pass(3_000);
  signaling.command({ type: "chat", text: "uno" });
  pass(2_000);
  assert.equal(sockets[0].types().at(-1), "ping");
  pass(2_000);
  assert.equal(signaling.link, "lost");
});

test("a line over which anything comes is not doubted, though a command is not saved yet", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  signaling.command({ type: "chat", text: "uno" });
  pass(1_000);
  sockets[0].receives({ type: "slots", slots: [] });
  pass(5_000);
  assert.equal(sockets[0].types().at(-1), "chat");
  assert.equal(signaling.link, "open");
});

test("words that follow do not put the doubt off", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  pass(1_000);
  for (let word = 0; word < 4; word += 1, pass(1_000)) signaling.command({ type: "chat", text: "uno" });
  assert.equal(signaling.link, "lost");
});

test("a word after an answered one is watched as well", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].receives({ type: "pong", n: 1 });
  pass(1_000);
  const id = signaling.command({ type: "chat", text: "uno" });
  pass(1_000);
  sockets[0].receives({ type: "ack", id });
  pass(500);
  signaling.command({ type: "chat", text: "dos" });
  pass(4_000);
  assert.equal(signaling.link, "lost");
});

test("a socket that never opens is given up", () => {
  const { sockets } = started();
  mock.timers.tick(15_000);
  assert.ok(sockets[0].closed);
  mock.timers.tick(200);
  assert.equal(sockets.length, 2);
});

test("waking up connects at once instead of waiting for the next try", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].onclose({ code: 1006 });
  signaling.wake();
  assert.equal(sockets.length, 2);
  mock.timers.tick(300);
  assert.equal(sockets.length, 2);
});

test("waking up on an open line asks whether it is alive, with little patience", () => {
  const { signaling, sockets } = welcomed();
  signaling.wake();
  assert.equal(sockets[0].types().at(-1), "ping");
  mock.timers.tick(2_000);
  assert.equal(signaling.link, "lost");
});

for (const [name, code, link] of [["taken over", CLOSE.takenOver, "taken-over"], ["an unknown token", CLOSE.unknownToken, "refused"], ["a version too old", CLOSE.badVersion, "refused"]]) {
  test(`${name} is not retried`, () => {
    const { signaling, sockets } = welcomed();
    sockets[0].onclose({ code });
    mock.timers.tick(60_000);
    signaling.wake();
    assert.equal(sockets.length, 1);
    assert.equal(signaling.link, link);
  });
}

test("taken over, the human may take it back", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].onclose({ code: CLOSE.takenOver });
  signaling.start();
  sockets[1].onopen();
  sockets[1].receives({ type: "welcome" });
  assert.equal(signaling.link, "open");
});

test("a command that the server cannot read is not sent forever", () => {
  const { signaling, sockets } = welcomed();
  signaling.command({ type: "chat", text: "x" });
  sockets[0].receives({ type: "error", code: "bad-message", message: "", fatal: true });
  assert.deepEqual(signaling.options.queue.waiting, []);
});

test("an old socket's last words are not heard", () => {
  const { sockets, messages } = welcomed();
  sockets[0].onclose({ code: 1006 });
  sockets[0].receives({ type: "events", events: [] });
  assert.deepEqual(messages, ["welcome"]);
});

test("what is no message is passed over", () => {
  for (const data of ["", "{", "null", "[]", "1", '{"type":1}', new ArrayBuffer(1)]) assert.equal(decode(data), null);
});

test("the round trip is known with the welcome, and better with the first pong", () => {
  const { signaling, sockets } = started();
  sockets[0].onopen();
  mock.timers.tick(900);
  sockets[0].receives({ type: "welcome" });
  assert.equal(signaling.rttMs, 900);
  mock.timers.tick(600);
  sockets[0].receives({ type: "pong", n: 1 });
  assert.equal(signaling.rttMs, 600);
});

test("one late pong does not make a link slow", () => {
  const { signaling, sockets } = started();
  sockets[0].onopen();
  mock.timers.tick(100);
  sockets[0].receives({ type: "welcome" });
  mock.timers.tick(3_000);
  sockets[0].receives({ type: "pong", n: 1 });
  assert.deepEqual([signaling.rttMs, signaling.steadyRttMs], [3_000, 150]);
});

test("a late pong of an earlier ping says nothing of the round trip", () => {
  const { signaling, sockets } = welcomed();
  mock.timers.tick(5_000);
  sockets[0].receives({ type: "slots", slots: [] });
  mock.timers.tick(6_000);
  sockets[0].receives({ type: "pong", n: 1 });
  assert.equal(signaling.rttMs, 0);
});

test("chat that the server found too fast is sent again, and nobody is told", () => {
  const { signaling, sockets, messages } = welcomed();
  const id = signaling.command({ type: "chat", text: "uno" });
  sockets[0].receives({ type: "refused", id, code: "too-fast", message: "" });
  for (let second = 0; second < 5; second += 1) {
    mock.timers.tick(1000);
    sockets[0].receives({ type: "pong", n: 1 });
  }
  assert.equal(sockets[0].sent.filter((message) => message.id === id).length, 2);
  assert.ok(!messages.includes("refused"));
});

test("fifty messages typed offline all go out, in order", () => {
  const { signaling, sockets } = started();
  const made = Array.from({ length: 50 }, (_, number) => signaling.command({ type: "chat", text: `${number}` }));
  sockets[0].onopen();
  sockets[0].receives({ type: "welcome" });
  for (let second = 0; second < 40; second += 1) {
    mock.timers.tick(1000);
    sockets[0].receives({ type: "pong", n: 0 });
  }
  assert.deepEqual(sockets[0].sent.filter(({ type }) => type === "chat").map(({ id }) => id), made);
});

test("after two sockets that fail, HTTP requests carry the line", () => {
  const { signaling, sockets, polls } = started();
  const id = signaling.command({ type: "chat", text: "hola" });
  sockets[0].onclose({ code: 1006 });
  mock.timers.tick(200);
  sockets[1].onclose({ code: 1006 });
  mock.timers.tick(1);
  assert.ok(polls[0].started);
  polls[0].receives({ type: "welcome" });
  assert.equal(signaling.link, "open");
  assert.ok(signaling.polling);
  assert.deepEqual(polls[0].sent.map((message) => message.id), [id]);
});

test("a socket that says nothing for 8 seconds is joined by HTTP requests, and may still win", () => {
  const { signaling, sockets, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  assert.ok(signaling.polling);
  assert.ok(!sockets[0].closed);
  sockets[0].onopen();
  sockets[0].receives({ type: "welcome" });
  assert.ok(!signaling.polling);
  assert.ok(polls[0].closed);
  assert.equal(signaling.link, "open");
});

test("while requests carry the line, a socket is tried every 30 seconds", () => {
  const { sockets, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  sockets[0].onclose({ code: 1006 });
  mock.timers.tick(29_000);
  assert.equal(sockets.length, 1);
  mock.timers.tick(1_000);
  assert.equal(sockets.length, 2);
});

test("commands not acknowledged over requests go out again over the socket", () => {
  const { signaling, sockets, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  const id = signaling.command({ type: "chat", text: "hola" });
  sockets[0].onopen();
  sockets[0].receives({ type: "welcome" });
  assert.ok(sockets[0].sent.some((message) => message.id === id));
});

test("requests that fail are tried again, and the link is lost meanwhile", () => {
  const { signaling, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  polls[0].onclose({ code: 1006 });
  assert.equal(signaling.link, "lost");
  mock.timers.tick(3_000);
  polls[1].receives({ type: "welcome" });
  assert.equal(signaling.link, "open");
});

test("taken over while polling is not retried", () => {
  const { signaling, sockets, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  polls[0].onclose({ code: CLOSE.takenOver });
  mock.timers.tick(100_000);
  assert.equal(signaling.link, "taken-over");
  assert.deepEqual([sockets.length, polls.length], [1, 1]);
});

test("requests that our own socket took the seat from are no take-over", () => {
  const { signaling, sockets, polls } = started();
  mock.timers.tick(8_000);
  polls[0].receives({ type: "welcome" });
  sockets[0].onopen();
  polls[0].onclose({ code: CLOSE.takenOver });
  sockets[0].receives({ type: "welcome" });
  assert.equal(signaling.link, "open");
});

test("a socket that worked is trusted: a short loss opens no requests", () => {
  const { sockets, polls } = welcomed();
  sockets[0].onclose({ code: 1006 });
  pass(7_500);
  assert.ok(sockets.length > 2);
  assert.equal(polls.length, 0);
});

test("a network that comes back after a short outage is found within seconds", () => {
  const { sockets } = welcomed();
  sockets[0].onclose({ code: 1006 });
  for (let second = 0; second < 20; second += 5) {
    const before = sockets.length;
    pass(5_000);
    assert.ok(sockets.length > before, `no try in seconds ${second} to ${second + 5}`);
  }
});

test("a line that is lost is looked for again at once, a try that hangs is replaced within seconds", () => {
  const { sockets } = welcomed();
  sockets[0].onclose({ code: 1006 });
  pass(10_000);
  assert.ok(sockets.length >= 5);
  assert.equal(sockets.filter(({ closed }) => !closed).length, 1);
});

test("a sign of life replaces a try that hangs, but not one that could still be welcomed", () => {
  const { signaling, sockets } = welcomed();
  sockets[0].onclose({ code: 1006 });
  pass(300);
  signaling.wake();
  assert.equal(sockets.length, 2);
  pass(600);
  signaling.wake();
  assert.equal(sockets.length, 3);
});

test("asked twice whether it is alive, it does not get twice the time", () => {
  const { signaling } = welcomed();
  signaling.wake();
  pass(1_500);
  signaling.wake();
  pass(600);
  assert.equal(signaling.link, "lost");
});

async function helloWith(offer) {
  const all = started({ offer });
  all.sockets[0].onopen();
  mock.timers.tick(500);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return all;
}

test("the hello carries the offer of a call that needs healing", async () => {
  const { signaling, sockets } = await helloWith(async () => ({ type: "offer", request: 3, sdp: "v=0" }));
  assert.equal(sockets[0].sent[0].offer.request, 3);
  assert.equal(signaling.carried, 3);
});

test("no offer, none in the hello", async () => {
  const { signaling, sockets } = await helloWith(async () => null);
  assert.deepEqual([sockets[0].types(), "offer" in sockets[0].sent[0], signaling.carried], [["hello"], false, null]);
});

test("a hello does not wait long for an offer", async () => {
  const { sockets } = await helloWith(() => new Promise(() => {}));
  assert.deepEqual(sockets[0].types(), ["hello"]);
});

test("requests carry no offer", () => {
  const hellos = [];
  const openPoll = (hello) => (hellos.push(hello()), new FakePoll());
  started({ offer: async () => ({ type: "offer", request: 3, sdp: "v=0" }), openPoll });
  mock.timers.tick(8_000);
  assert.deepEqual(hellos.map((hello) => "offer" in hello), [false]);
});
