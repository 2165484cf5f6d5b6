// The page's one line to the server: says hello, resends commands until they are acknowledged, and comes back by itself
// after every loss, without a limit on tries. Where no WebSocket opens it speaks by HTTP requests, and goes on trying.
// Knows nothing of media, of the timeline's meaning or of the page.

import { CLOSE, VERSION, decode, encode } from "./protocol.js";
import { Retry } from "./retry.js";

const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 8_000;
const WAKE_PONG_TIMEOUT_MS = 2_000; // after sleep or a change of network the old socket is usually dead: find out soon
const ANSWER_MS = 2_000; // for a command; then the socket is doubted: it may be dead while media goes on, as when only a NAT changed
const OFFER_MS = 500; // no hello waits longer for its offer

/** Without a line for so long, or after two sockets that failed, HTTP requests are tried as well. */
const POLL_AFTER_MS = 8_000;
const POLL_AGAIN_MS = 3_000;
const TOO_MANY_RETRY_MS = 4_000;
const POLLING_RETRY_MS = 30_000; // a line is there: look for the better one now and then
const SOCKET_RETRY_MS = 3_000; // and sooner where it has worked: media waits for it

export class Signaling {
  /** @param {SignalingOptions} options */
  constructor(options) {
    this.options = options;
    this.now = options.now || (() => performance.now());
    this.link = /** @type {Link} */ ("opening");
    this.socket = /** @type {WebSocket | null} */ (null);
    this.poll = /** @type {PollSocket | null} */ (null);
    this.makePoll = /** @type {SignalingOptions["openPoll"]} */ (undefined);
    this.line = /** @type {WebSocket | PollSocket | null} */ (null); // the one of both that said welcome
    this.rttMs = /** @type {number | null} */ (null);
    /** The same without its peaks: a pong that TCP sent twice tells nothing of the way. */
    this.steadyRttMs = /** @type {number | null} */ (null);
    this.heardAtMs = -Infinity; // anything from the server
    this.answeredAtMs = -Infinity; // something that shows it hears us
    this.retry = new Retry();
    this.random = options.random || Math.random;
    this.hadSocket = false;
    /** The request that this line's hello carried. */
    this.carried = /** @type {number | null} */ (null);
    this.greeting = false; // this socket has said hello
    this.startedAtMs = 0;
    this.made = 0;
    this.pings = 0;
    this.pingedAtMs = this.pongByMs = 0;
    this.askedAtMs = 0; // something that wants an answer, with nothing heard since
    this.timers = /** @type {Partial<Record<TimerName, Timer>>} */ ({});
  }

  /** Connects now: at the start, when a human asks for it, or when the network seems to be back. */
  start() {
    this._clear("retry");
    if (this.link === "taken-over") this._become("opening");
    if (this.socket && this.line !== this.socket) this.retry.spent(this.now());
    this._drop();
    const open = this.options.openSocket || ((url) => new WebSocket(url));
    const socket = open(this.options.url);
    this.socket = socket;
    this.startedAtMs = this.now();
    socket.onopen = () => this._hello(socket);
    socket.onmessage = ({ data }) => this.socket === socket && this._receive(socket, decode(data));
    socket.onclose = ({ code }) => this._lost(socket, code);
    this._giveTime();
    if (!this.line && !this.poll) this._pollAfter(POLL_AFTER_MS);
  }

  /** For good: nobody looks at this seat here any more. */
  stop() {
    this._drop();
    this._closePoll();
    this._clear("retry");
    this.link = "refused";
  }

  /** HTTP requests carry the line: good for words, not for setting up media. */
  get polling() {
    return this.line !== null && this.line === this.poll;
  }

  /** The phone woke up or has a network again: do not wait for the next try, do not trust the old socket for long. */
  wake() {
    if (this.link === "taken-over" || this.link === "refused") return;
    this.retry.sign();
    if (this.socket && this.line === this.socket) this._ping(WAKE_PONG_TIMEOUT_MS + (this.steadyRttMs || 0));
    else if (!this.socket || this.now() - this.startedAtMs > this.retry.openingMs) this.start();
    else this._giveTime();
  }

  /** Asks whether the server hears us. */
  probe() {
    if (!this.timers.pong) this._ping(PONG_TIMEOUT_MS);
  }

  /** Takes a command and sends it until it is answered. @param {Act} act @returns {string} the command's id */
  command(act) {
    this.made += 1;
    const id = `${this.options.clientId}-${this.made}`;
    this.options.queue.push({ ...act, id });
    this.drain();
    return id;
  }

  /** Sends now or not at all. @param {FromPage} message @returns {boolean} whether it went out */
  send(message) {
    if (this.link !== "open" || !this.line) return false;
    this.line.send(encode(message));
    return true;
  }

  /** @returns {Hello} */
  _hi() {
    const { token, clientId, lang, after } = this.options;
    return { type: "hello", v: VERSION, token, client_id: clientId, after: after(), lang };
  }

  /** Until a try that hangs is replaced; less after a sign of life. */
  _giveTime() {
    const socket = this.socket;
    this._clear("open");
    const patienceMs = this.retry.patienceMs(this.now()) + this.startedAtMs - this.now();
    this.timers.open = setTimeout(() => socket && this._lost(socket, 0), patienceMs);
  }

  /** A call that needs healing says so at once: that saves a round trip. @param {WebSocket} socket */
  async _hello(socket) {
    this.pingedAtMs = this.now();
    const { offer } = this.options;
    const made = offer && (await Promise.race([offer(), new Promise((resolve) => setTimeout(resolve, OFFER_MS, null))]));
    if (this.socket !== socket) return;
    this.carried = made?.request ?? null;
    this.greeting = true;
    socket.send(encode(made ? { ...this._hi(), offer: made } : this._hi()));
  }

  /** @param {WebSocket | PollSocket} line @param {ToPage | null} message */
  _receive(line, message) {
    this._clear("pong");
    this.heardAtMs = this.now();
    if (!message) return;
    const { type } = message;
    if (type === "welcome") this._opened(line);
    if (type === "pong" || type === "ack" || type === "welcome") this.answeredAtMs = this.heardAtMs;
    if (type === "pong") return this._ponged(message.n);
    if (type === "error" && message.fatal) this._fatal(message.code);
    if (type === "refused" && message.code === "too-fast" && this.options.queue.tooFast(message.id, this.heardAtMs)) return this.drain();
    this.options.onMessage(message);
    if (type === "ack" || type === "refused") this.options.queue.settle(message.id);
  }

  /** @param {WebSocket | PollSocket} line */
  _opened(line) {
    this.line = line;
    this._clear("poll");
    if (line === this.socket) this._socketOpened();
    else if (this.hadSocket) this.wake(); // both may have come back just now
    this._become("open");
    // Before anything new: a leave that waited must not follow the offer of a return.
    this.options.queue.restart(this.now());
    this.drain();
    if (line === this.socket) this._ping(PONG_TIMEOUT_MS);
  }

  _socketOpened() {
    this._clear("open");
    this.hadSocket = true;
    this._closePoll();
    this._took(); // an upper bound, until the first pong
    this.retry.succeeded();
    this._clear("ping");
    this.timers.ping = setInterval(() => this._ping(PONG_TIMEOUT_MS), PING_EVERY_MS);
  }

  /** Sends what the queue lets out, and the rest when its time has come. */
  drain() {
    if (this.link !== "open") return;
    const { queue } = this.options;
    queue.take(this.now()).forEach((command) => this._sendCommand(command));
    this._clear("drain");
    const waitMs = queue.waitMs(this.now());
    if (waitMs !== null) this.timers.drain = setTimeout(() => this.drain(), waitMs);
  }

  /** @param {Command} command */
  _sendCommand(command) {
    this.send(command);
    if (this.timers.answer && this.heardAtMs <= this.askedAtMs) return; // an older one still waits for any sign
    this.askedAtMs = this.now();
    const doubt = () => this.heardAtMs <= this.askedAtMs && this._ping(WAKE_PONG_TIMEOUT_MS + (this.steadyRttMs || 0));
    this._clear("answer");
    this.timers.answer = setTimeout(doubt, ANSWER_MS + (this.steadyRttMs || 0));
  }

  /** @param {number} timeoutMs */
  _ping(timeoutMs) {
    const socket = this.socket;
    if (!socket || this.line !== socket) return;
    this.pings += 1;
    this.pingedAtMs = this.now();
    this.send({ type: "ping", n: this.pings });
    this.pongByMs = Math.min(this.timers.pong ? this.pongByMs : Infinity, this.pingedAtMs + timeoutMs);
    this._clear("pong");
    this.timers.pong = setTimeout(() => this._lost(socket, 0), this.pongByMs - this.pingedAtMs);
  }

  /** @param {number} n */
  _ponged(n) {
    if (n === this.pings) this._took();
  }

  _took() {
    this.rttMs = Math.round(this.now() - this.pingedAtMs);
    this.retry.rttMs = this.steadyRttMs = Math.round(Math.min(this.rttMs, 1.5 * (this.steadyRttMs ?? Infinity)));
  }

  /** @param {string} code of a fatal error: what a retry cannot heal stays refused, the rest is tried again */
  _fatal(code) {
    if (["unknown-token", "token-expired", "seat-revoked", "unsupported-version"].includes(code)) this._become("refused");
    // A command that the server cannot read would come back with every reconnect.
    if (["bad-message", "unknown-type", "too-large"].includes(code)) {
      this.options.queue.waiting.map((command) => command.id).forEach((id) => this.options.queue.settle(id));
    }
  }

  /** @param {WebSocket} socket @param {number} code of the close frame; 0 when we gave it up ourselves */
  _lost(socket, code) {
    if (this.socket !== socket) return;
    const wasLine = this.line === socket;
    this._drop();
    if (this._final(code)) return;
    if (!wasLine) this.retry.failed(this.now());
    if (!this.line) this._become("lost");
    if (this.retry.tries >= 2 && !this.hadSocket) this._pollAfter(0);
    const leastMs = code === CLOSE.tooMany ? TOO_MANY_RETRY_MS : this.line ? (this.hadSocket ? SOCKET_RETRY_MS : POLLING_RETRY_MS) : 0;
    this._retry(Math.max(leastMs, this._delayMs()));
  }

  _delayMs() {
    return this.retry.delayMs(this.now(), this.startedAtMs, this.random());
  }

  /** @param {number} afterMs */
  _retry(afterMs) {
    this._clear("retry");
    this.timers.retry = setTimeout(() => this.start(), afterMs);
  }

  /** Lets go of the WebSocket without a word. */
  _drop() {
    const socket = this.socket;
    if (!socket) return;
    if (this.line === socket) this.line = null;
    this.socket = null;
    this.greeting = false;
    socket.onclose = null;
    socket.close();
    for (const name of /** @type {const} */ (["open", "ping", "pong", "drain", "answer"])) this._clear(name);
  }

  /** @param {number} code @returns {boolean} whether no retry heals it */
  _final(code) {
    if (code === CLOSE.takenOver) this._become("taken-over");
    if (code === CLOSE.unknownToken || code === CLOSE.badVersion) this._become("refused");
    if (this.link !== "taken-over" && this.link !== "refused") return false;
    this._drop();
    this._closePoll();
    this._clear("retry");
    return true;
  }

  /** @param {number} afterMs */
  _pollAfter(afterMs) {
    if (this.timers.poll && afterMs) return;
    this._clear("poll");
    this.timers.poll = setTimeout(() => this._openPoll(), afterMs);
  }

  _openPoll() {
    this._clear("poll");
    if (this.poll || (this.line && this.line === this.socket)) return;
    const make = this.options.openPoll || this.makePoll;
    if (!make) return void this._loadPoll();
    const poll = make(() => this._hi());
    this.poll = poll;
    poll.onmessage = (message) => this.poll === poll && this._receive(poll, message);
    poll.onclose = ({ code }) => this.poll === poll && this._pollLost(code);
    poll.start();
  }

  /** Most networks never need it. */
  async _loadPoll() {
    try {
      const { PollSocket } = await import("./polling.js");
      this.makePoll = (/** @type {() => Hello} */ hello) => new PollSocket(this.options.pollUrl, hello);
      if (this.link !== "taken-over" && this.link !== "refused") this._openPoll();
    } catch {
      this._pollAfter(POLL_AGAIN_MS);
    }
  }

  /** @param {number} code */
  _pollLost(code) {
    const wasLine = this.polling;
    this._closePoll();
    // Perhaps only by our own socket, which is told itself.
    if (!(code === CLOSE.takenOver && this.greeting) && this._final(code)) return;
    if (wasLine) this._become("lost");
    if (wasLine && !this.socket) this._retry(this._delayMs());
    this._pollAfter(POLL_AGAIN_MS * (0.6 + 0.8 * this.random()));
  }

  _closePoll() {
    const poll = this.poll;
    this.poll = null;
    if (this.line === poll) this.line = null;
    poll?.close();
    this._clear("poll");
  }

  /** @param {Link} link */
  _become(link) {
    if (this.link === link) return;
    this.link = link;
    this.options.onLink(link);
  }

  /** @param {TimerName} name */
  _clear(name) {
    clearTimeout(this.timers[name]);
    delete this.timers[name];
  }
}
