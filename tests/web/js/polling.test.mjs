import assert from "node:assert/strict";
import { test } from "node:test";

import { PollSocket } from "../../../web/static/js/polling.js";
import { CLOSE } from "../../../web/static/js/protocol.js";

/** Stands for the server: each request waits in `requests` until the test answers it. */
class Server {
  constructor() {
    this.requests = [];
    this.arrivals = [];
    this.request = (url, { body, signal }) =>
      new Promise((resolve, reject) => {
        const request = { ...JSON.parse(body), signal, fail: () => reject(new TypeError("network")) };
        request.answer = (messages, status = 200, headers = {}) => {
          resolve(new Response(JSON.stringify({ messages }), { status, headers }));
        };
        signal.addEventListener("abort", () => reject(signal.reason));
        this.requests.push(request);
        this.arrivals.shift()?.(request);
      });
  }

  next() {
    return new Promise((resolve) => this.arrivals.push(resolve));
  }
}

async function started() {
  const server = new Server();
  const seen = { messages: [], codes: [], after: null };
  const socket = new PollSocket("/poll", () => ({ type: "hello", after: seen.after }), server.request);
  socket.onmessage = (message) => seen.messages.push(message.type);
  socket.onclose = ({ code }) => seen.codes.push(code);
  const first = server.next();
  socket.start();
  return { server, socket, seen, first: await first };
}

async function welcomed() {
  const all = await started();
  const waiting = all.server.next();
  all.first.answer([{ type: "welcome" }]);
  return { ...all, waiting: await waiting };
}

const chat = (id) => JSON.stringify({ type: "chat", id, text: "hola" });

test("asks for the welcome first and without waiting, then waits for news", async () => {
  const { first, waiting, socket, seen } = await welcomed();
  assert.deepEqual([first.welcome, first.wait_s, first.messages], [true, 0, []]);
  assert.deepEqual([waiting.welcome, waiting.wait_s], [false, 25]);
  assert.deepEqual(seen.messages, ["welcome"]);
  socket.close();
});

test("every request says what the page has seen by then", async () => {
  const { server, waiting, socket, seen } = await welcomed();
  const next = server.next();
  seen.after = "9-1";
  waiting.answer([{ type: "events", events: [] }]);
  assert.equal((await next).hello.after, "9-1");
  socket.close();
});

test("typing gives up the waiting request and leaves at once", async () => {
  const { server, waiting, socket } = await welcomed();
  const next = server.next();
  socket.send(chat("a"));
  const request = await next;
  assert.ok(waiting.signal.aborted);
  assert.deepEqual(request.messages.map(({ id }) => id), ["a"]);
  assert.equal(request.wait_s, 0);
  socket.close();
});

test("one request with commands at a time: what is typed meanwhile goes with the next, in order", async () => {
  const { server, socket } = await welcomed();
  const first = server.next();
  socket.send(chat("a"));
  const request = await first;
  socket.send(chat("b"));
  socket.send(chat("c"));
  assert.equal(server.requests.length, 3);
  assert.ok(!request.signal.aborted);
  const second = server.next();
  request.answer([{ type: "ack", id: "a" }]);
  assert.deepEqual((await second).messages.map(({ id }) => id), ["b", "c"]);
  socket.close();
});

test("a request that fails is made again with the same commands", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, socket, seen } = await welcomed();
  const first = server.next();
  socket.send(chat("a"));
  const second = server.next();
  (await first).fail();
  await new Promise(setImmediate);
  t.mock.timers.tick(1_000);
  assert.deepEqual((await second).messages.map(({ id }) => id), ["a"]);
  assert.deepEqual(seen.codes, []);
  socket.close();
});

test("told to come later, it does", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, waiting, socket } = await welcomed();
  const next = server.next();
  waiting.answer([], 429, { "Retry-After": "7" });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.mock.timers.tick(6_999);
  await new Promise(setImmediate);
  assert.equal(server.requests.length, 2);
  t.mock.timers.tick(1);
  await next;
  socket.close();
});

test("three failures in a row lose the line", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { server, waiting, seen } = await welcomed();
  waiting.fail();
  for (let failure = 0; failure < 2; failure += 1) {
    const next = server.next();
    await new Promise(setImmediate);
    t.mock.timers.tick(1_000);
    (await next).fail();
  }
  await new Promise(setImmediate);
  assert.deepEqual(seen.codes, [1006]);
});

for (const [message, code] of [[{ type: "taken_over" }, CLOSE.takenOver], [{ type: "error", code: "unknown-token", fatal: true }, CLOSE.unknownToken]]) {
  test(`${message.type} ends it like a socket's ${code}`, async () => {
    const { server, waiting, seen } = await welcomed();
    waiting.answer([message]);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.deepEqual(seen.codes, [code]);
    assert.equal(server.requests.length, 2);
  });
}

test("what needs a socket is not sent", async () => {
  const { server, socket, waiting } = await welcomed();
  for (const type of ["ping", "report", "offer"]) socket.send(JSON.stringify({ type }));
  assert.equal(server.requests.length, 2);
  assert.ok(!waiting.signal.aborted);
  socket.close();
});

test("closed, it says nothing more", async () => {
  const { server, socket, waiting, seen } = await welcomed();
  socket.close();
  await new Promise(setImmediate);
  assert.ok(waiting.signal.aborted);
  assert.equal(server.requests.length, 2);
  assert.deepEqual(seen.codes, []);
});
