// The line to the server where no WebSocket opens: HTTP requests that the server holds open until there is news. One request
// at a time, so that the order of commands holds; a waiting one is given up as soon as there is something to say.

import { CLOSE } from "./protocol.js";

const WAIT_S = 25; // most proxies cut a silent request after 30 to 60 s
const REQUEST_TIMEOUT_MS = 20_000; // beyond the wait
const FAILURES = 3; // in a row, until the line counts as lost
const RETRY_MS = 1_000;
const MAX_RETRY_AFTER_S = 60;

/** Of fatal errors: the close codes that a WebSocket has for them. @type {Record<string, number>} */
const CODES = {
  "unknown-token": CLOSE.unknownToken,
  "token-expired": CLOSE.unknownToken,
  "check-needed": CLOSE.unknownToken,
  "seat-revoked": CLOSE.unknownToken,
  "unsupported-version": CLOSE.badVersion,
  "too-many": CLOSE.tooMany,
};

export class PollSocket {
  /**
   * @param {string} url
   * @param {() => Hello} hello as it is now, with the last event that the page has
   * @param {typeof fetch} [request]
   */
  constructor(url, hello, request = (input, init) => fetch(input, init)) {
    this.url = url;
    this.hello = hello;
    this.request = request;
    this.onmessage = /** @type {(message: ToPage) => void} */ (() => {});
    this.onclose = /** @type {(event: {code: number}) => void} */ (() => {});
    this.outbox = /** @type {FromPage[]} */ ([]);
    this.welcomed = false;
    this.closed = false;
    this.waiting = /** @type {AbortController | null} */ (null);
    this.poke = () => {};
  }

  start() {
    void this._run();
  }

  /** @param {string} text what cannot be had this way (media, its reports, pings) is passed over */
  send(text) {
    const message = /** @type {FromPage} */ (JSON.parse(text));
    if (["ping", "report", "offer"].includes(message.type)) return;
    this.outbox.push(message);
    this.waiting?.abort();
  }

  close() {
    this.closed = true;
    this.waiting?.abort();
    this.poke();
  }

  async _run() {
    let failures = 0;
    while (!this.closed && failures < FAILURES) {
      const asked = this.outbox.slice();
      const pauseMs = await this._exchange(asked);
      failures = pauseMs === null ? 0 : failures + 1;
      // Until the server has answered, what was said stays to be said again: ids keep it from being done twice.
      if (pauseMs === null) this.outbox.splice(0, asked.length);
      else if (failures < FAILURES) await this._pause(pauseMs);
    }
    this._end(1006);
  }

  /**
   * One request. @param {FromPage[]} messages
   * @returns {Promise<number | null>} null when it went well (or was given up for something to say), else how long to wait
   */
  async _exchange(messages) {
    const idle = this.welcomed && messages.length === 0;
    const abort = new AbortController();
    this.waiting = idle ? abort : null;
    const timer = setTimeout(() => abort.abort("timeout"), REQUEST_TIMEOUT_MS + (idle ? WAIT_S * 1000 : 0));
    try {
      const body = JSON.stringify({ hello: this.hello(), messages, wait_s: idle ? WAIT_S : 0, welcome: !this.welcomed });
      const headers = { "Content-Type": "application/json" };
      const response = await this.request(this.url, { method: "POST", body, headers, signal: abort.signal, cache: "no-store" });
      return await this._answered(response);
    } catch {
      return idle && abort.signal.aborted && abort.signal.reason !== "timeout" ? null : RETRY_MS;
    } finally {
      clearTimeout(timer);
      this.waiting = null;
    }
  }

  /** @param {Response} response @returns {Promise<number | null>} as `_exchange` */
  async _answered(response) {
    if (response.status === 429 || response.status === 503) {
      return 1000 * Math.min(MAX_RETRY_AFTER_S, Number(response.headers.get("Retry-After")) || 1);
    }
    const { messages } = await response.json();
    for (const message of /** @type {ToPage[]} */ (messages)) if (!this.closed) this._deliver(message);
    return null;
  }

  /** @param {ToPage} message */
  _deliver(message) {
    if (message.type === "welcome") this.welcomed = true;
    this.onmessage(message);
    if (message.type === "taken_over") this._end(CLOSE.takenOver);
    if (message.type === "error" && message.fatal) this._end(CODES[message.code] || 1006);
  }

  /** @param {number} ms */
  _pause(ms) {
    return new Promise((resolve) => {
      this.poke = () => resolve(undefined);
      setTimeout(resolve, ms);
    });
  }

  /** @param {number} code */
  _end(code) {
    if (this.closed) return;
    this.close();
    this.onclose({ code });
  }
}
