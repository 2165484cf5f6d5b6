// The page's one line to the server: says hello, resends commands until they are acknowledged, and comes back by itself
// after every loss, without a limit on tries. Knows nothing of media, of the timeline's meaning or of the page.

import { CLOSE, VERSION, decode, encode } from "./protocol.js";

export const RETRY_MIN_MS = 300;
export const RETRY_MAX_MS = 5_000;
const OPEN_TIMEOUT_MS = 15_000; // TCP + TLS + upgrade is 4 round trips; 2G queues reach 3 s each
const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 8_000;
const WAKE_PONG_TIMEOUT_MS = 2_500; // after sleep or a change of network the old socket is usually dead: find out soon

/**
 * How long to wait before try number `attempt` (0 is the first): doubling, with jitter so that a restarted server is not stormed.
 * @param {number} attempt
 * @param {number} random in [0, 1)
 */
export function retryDelayMs(attempt, random) {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10));
  return Math.max(RETRY_MIN_MS, ceiling * (0.5 + random / 2));
}

export class Signaling {
  /** @param {SignalingOptions} options */
  constructor(options) {
    this.options = options;
    this.link = /** @type {Link} */ ("opening");
    this.socket = /** @type {WebSocket | null} */ (null);
    this.attempt = 0;
    this.made = 0;
    this.pings = 0;
    this.timers = /** @type {{retry?: Timer, ping?: Timer, pong?: Timer, open?: Timer}} */ ({});
  }

  /** Connects now: at the start, when a human asks for it, or when the network seems to be back. */
  start() {
    this._clear("retry");
    if (this.link === "taken-over") this._become("opening");
    const open = this.options.openSocket || ((url) => new WebSocket(url));
    const socket = open(this.options.url);
    this.socket = socket;
    socket.onopen = () => this._hello(socket);
    socket.onmessage = ({ data }) => this.socket === socket && this._receive(decode(data));
    socket.onclose = ({ code }) => this._lost(socket, code);
    this.timers.open = setTimeout(() => this._lost(socket, 0), OPEN_TIMEOUT_MS);
  }

  /** The phone woke up or has a network again: do not wait for the next try, do not trust the old socket for long. */
  wake() {
    if (this.link === "taken-over" || this.link === "refused") return;
    if (!this.socket) this.start();
    else if (this.link === "open") this._ping(WAKE_PONG_TIMEOUT_MS);
  }

  /** Takes a command and sends it until it is answered. @param {Act} act @returns {string} the command's id */
  command(act) {
    this.made += 1;
    const id = `${this.options.clientId}-${this.made}`;
    const command = { ...act, id };
    this.options.queue.push(command);
    this.send(command);
    return id;
  }

  /** Sends now or not at all. @param {FromPage} message @returns {boolean} whether it went out */
  send(message) {
    if (this.link !== "open" || !this.socket) return false;
    this.socket.send(encode(message));
    return true;
  }

  /** @param {WebSocket} socket */
  _hello(socket) {
    const { token, clientId, lang, after } = this.options;
    socket.send(encode({ type: "hello", v: VERSION, token, client_id: clientId, after: after(), lang }));
  }

  /** @param {ToPage | null} message */
  _receive(message) {
    this._clear("pong");
    if (!message || message.type === "pong") return;
    if (message.type === "error" && message.fatal) this._fatal(message.code);
    if (message.type === "welcome") this._opened();
    this.options.onMessage(message);
    if (message.type === "ack" || message.type === "refused") this.options.queue.settle(message.id);
  }

  _opened() {
    this._clear("open");
    this.attempt = 0;
    this._become("open");
    // Before anything new: a leave that waited must not follow the offer of a return.
    this.options.queue.waiting.forEach((command) => this.send(command));
    this._clear("ping");
    this.timers.ping = setInterval(() => this._ping(PONG_TIMEOUT_MS), PING_EVERY_MS);
  }

  /** @param {number} timeoutMs */
  _ping(timeoutMs) {
    const socket = this.socket;
    this.pings += 1;
    if (!socket || !this.send({ type: "ping", n: this.pings })) return;
    this._clear("pong");
    this.timers.pong = setTimeout(() => this._lost(socket, 0), timeoutMs);
  }

  /** @param {string} code of a fatal error: what a retry cannot heal stays refused, the rest is tried again */
  _fatal(code) {
    if (["unknown-token", "token-expired", "unsupported-version"].includes(code)) this._become("refused");
    // A command that the server cannot read would come back with every reconnect.
    if (["bad-message", "unknown-type", "too-large"].includes(code)) {
      this.options.queue.waiting.map((command) => command.id).forEach((id) => this.options.queue.settle(id));
    }
  }

  /** @param {WebSocket} socket @param {number} code of the close frame; 0 when we gave it up ourselves */
  _lost(socket, code) {
    if (this.socket !== socket) return;
    this.socket = null;
    socket.onclose = null;
    socket.close();
    for (const name of /** @type {const} */ (["open", "ping", "pong"])) this._clear(name);
    if (code === CLOSE.takenOver) this._become("taken-over");
    if (code === CLOSE.unknownToken || code === CLOSE.badVersion) this._become("refused");
    if (this.link === "taken-over" || this.link === "refused") return;
    this._become("lost");
    if (code === CLOSE.tooMany) this.attempt = Math.max(this.attempt, 5);
    this.timers.retry = setTimeout(() => this.start(), retryDelayMs(this.attempt, (this.options.random || Math.random)()));
    this.attempt += 1;
  }

  /** @param {Link} link */
  _become(link) {
    if (this.link === link) return;
    this.link = link;
    this.options.onLink(link);
  }

  /** @param {"retry" | "ping" | "pong" | "open"} name */
  _clear(name) {
    clearTimeout(this.timers[name]);
    this.timers[name] = undefined;
  }
}

/** Commands that are not acknowledged yet, in the order they were made. */
export class Queue {
  /**
   * @param {Command[]} [waiting] left over from a page load before this one
   * @param {(waiting: Command[]) => void} [onChange]
   */
  constructor(waiting = [], onChange = () => {}) {
    this.waiting = waiting;
    this.onChange = onChange;
  }

  /** @param {Command} command a later `set_media` replaces an earlier one: only the last switch position matters */
  push(command) {
    const older = command.type === "set_media" ? "set_media" : null;
    this._keep((other) => other.type !== older);
    this.waiting.push(command);
    this.onChange(this.waiting);
  }

  /** Forget what the server has answered, whatever it answered. @param {string} id @returns {Command | undefined} */
  settle(id) {
    const settled = this.waiting.find((command) => command.id === id);
    this._keep((command) => command.id !== id);
    if (settled) this.onChange(this.waiting);
    return settled;
  }

  /** @param {(command: Command) => boolean} wanted */
  _keep(wanted) {
    this.waiting = this.waiting.filter(wanted);
  }
}
