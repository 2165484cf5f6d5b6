// The page's line and queue against a server that fails at random, many times, each time by its seed: what was written goes
// out once and in order, whatever is lost, answered late, refused as too fast or loaded anew.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Queue } from "../../../web/static/js/queue.js";
import { Signaling } from "../../../web/static/js/signaling.js";

const RUNS = 60;
const STEPS = 80;
const CHAT_BURST = 30; // signaling/limits.py CHAT
const CHAT_PER_MS = 2 / 1000;
const HEALING_MS = 120_000;

/** mulberry32: numbers in [0, 1) that a seed gives. @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What signaling/ is to a page: applies each id once, acknowledges also what it had before, forgets nothing. */
class Server {
  constructor(random) {
    this.random = random;
    this.applied = [];
    this.ids = new Set();
    this.fails = 0; // how likely each thing goes wrong
    this.sockets = [];
  }

  open() {
    const socket = { inbox: [], gone: false, welcomed: false, tokens: CHAT_BURST, atMs: Date.now() };
    socket.send = (text) => socket.gone || socket.inbox.push(JSON.parse(text));
    socket.close = () => {
      socket.gone = true;
    };
    this.sockets.push(socket);
    if (!this.goesWrong()) setTimeout(() => socket.gone || socket.onopen(), 50);
    return socket;
  }

  goesWrong() {
    return this.random() < this.fails;
  }

  /** Does what some of the lines brought; of lines that the page has given up too. */
  work() {
    for (const socket of this.sockets) {
      while (socket.inbox.length > 0 && this.random() < 0.8) this.take(socket, socket.inbox.shift());
      if (!socket.gone && this.random() < this.fails / 4) this.drop(socket);
    }
  }

  drop(socket) {
    socket.gone = true;
    if (!this.goesWrong()) socket.onclose?.({ code: 1006 }); // else the page finds out by silence
  }

  take(socket, message) {
    if (message.id && !this.ids.has(message.id) && socket !== this.newest()) return; // a newer claim holds the seat
    if (message.type === "hello") this.welcome(socket);
    else if (message.type === "ping") this.answer(socket, { type: "pong", n: message.n });
    else if (message.id && this.isTooFast(socket, message)) this.answer(socket, { type: "refused", id: message.id, code: "too-fast", message: "" });
    else if (message.id) this.apply(socket, message);
  }

  newest() {
    return this.sockets.filter(({ welcomed }) => welcomed).at(-1);
  }

  isTooFast(socket, { type, id }) {
    socket.tokens = Math.min(CHAT_BURST, socket.tokens + (Date.now() - socket.atMs) * CHAT_PER_MS);
    socket.atMs = Date.now();
    if (type !== "chat" || this.ids.has(id)) return false;
    if (socket.tokens < 1) return true;
    socket.tokens -= 1;
    return false;
  }

  apply(socket, message) {
    if (!this.ids.has(message.id)) this.applied.push(message);
    this.ids.add(message.id);
    if (this.goesWrong() && !socket.gone) this.drop(socket); // an acknowledgement is lost with its line only
    this.answer(socket, { type: "ack", id: message.id });
  }

  welcome(socket) {
    socket.welcomed = true;
    this.answer(socket, { type: "welcome", events: [] });
  }

  answer(socket, message) {
    if (!socket.gone) socket.onmessage({ data: JSON.stringify(message) });
  }
}

/** A browser with one page, whose queue outlives it. */
class Browser {
  constructor(server, random) {
    this.server = server;
    this.random = random;
    this.stored = [];
    this.made = [];
    this.acknowledged = [];
    this.loads = 0;
    this.load();
  }

  load() {
    this.loads += 1;
    const queue = new Queue([...this.stored], (added, dropped) => {
      this.stored = [...this.stored.filter(({ id }) => !dropped.includes(id)), ...added];
    });
    this.queue = queue;
    this.signaling = new Signaling({
      url: "ws://clinic/ws", pollUrl: "", token: "t".repeat(22), clientId: `page-${this.loads}`, lang: "es", queue, after: () => null,
      onMessage: (message) => this.hears(message), onLink: () => {}, random: this.random, now: () => Date.now(),
      openSocket: () => this.server.open(), openPoll: () => ({ start() {}, close() {}, send() {} }),
    });
    this.signaling.start();
  }

  /** The page is gone, with all its timers' effects; what is in flight may still arrive. */
  reload() {
    const old = this.signaling.socket;
    if (old) Object.assign(old, { gone: true, onopen() {}, onmessage() {}, onclose() {} });
    this.signaling.start = () => {};
    this.load();
  }

  hears({ type, id }) {
    assert.notEqual(type, "refused", "nobody is told of what is only too fast");
    if (type === "ack") this.acknowledged.push(id);
  }

  write() {
    this.made.push(this.signaling.command({ type: "chat", text: "hola" }));
  }

  toggle() {
    this.switched = this.signaling.command({ type: "set_media", audio: this.random() < 0.5, video: true, problem: null });
  }
}

function step(browser, server, random) {
  const dice = random();
  if (dice < 0.35) for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) browser.write();
  else if (dice < 0.45) browser.toggle();
  else if (dice < 0.5) browser.reload();
  else if (dice < 0.55) browser.signaling.wake();
  else pass(server, random() * 20_000);
}

function pass(server, ms) {
  for (let passed = 0; passed < ms; passed += 250) {
    mock.timers.tick(250);
    server.work();
  }
}

function once(server, browser) {
  const chats = server.applied.filter(({ type }) => type === "chat").map(({ id }) => id);
  assert.deepEqual(chats, browser.made.slice(0, chats.length), "lost, doubled or out of order");
  for (const id of browser.acknowledged) assert.ok(server.ids.has(id), `${id} was acknowledged, and is lost`);
}

for (let seed = 1; seed <= RUNS; seed += 1) {
  test(`a server that fails at random, seed ${seed}`, () => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
    const random = chance(seed);
    const server = new Server(random);
    const browser = new Browser(server, random);
    for (let number = 0; number < STEPS; number += 1) {
      server.fails = number % 20 < 10 ? 0.4 : 0.05;
      step(browser, server, random);
      once(server, browser);
    }
    server.fails = 0;
    browser.signaling.wake();
    pass(server, HEALING_MS);
    once(server, browser);
    assert.deepEqual(browser.queue.waiting, [], "something is left unsaid");
    assert.equal(server.applied.filter(({ type }) => type === "chat").length, browser.made.length);
    const last = server.applied.filter(({ type }) => type === "set_media").at(-1);
    assert.equal(last?.id, browser.switched, "the last position of the switch counts");
    assert.equal(browser.signaling.link, "open");
  });
}
