/// <reference path="../../../staff.d.ts" />
// Asks the clinic's API as staff: JSON, the session's CSRF token, one Idempotency-Key a write however often it is sent.
// What cannot be saved now is sent again until it is; a session that ended is begun anew over the page. No DOM.

const BASE = "/api/v1";
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Nobody answered, or a server that will soon. */
const PASSING = new Set([0, 502, 503, 504]);
const ID_BYTES = 16;

/** The API said no. `message` is for people, in their language; `fields` maps a field's path to its sentence. */
export class ApiError extends Error {
  /** @param {number} status 0: the server cannot be reached @param {Problem_} problem */
  constructor(status, { code, message, fields = [], more = {} }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.more = more;
    this.fields = /** @type {Record<string, string>} */ (Object.fromEntries(fields.map((each) => [each.field, each.message])));
  }
}

export class Api {
  /** @param {ApiOptions} options */
  constructor({ lang, signIn, onTrouble, say, fetch = globalThis.fetch.bind(globalThis), pause = sleep, newId = freshId }) {
    this.lang = lang;
    this.signIn = signIn;
    this.onTrouble = onTrouble;
    this.say = say;
    this.fetch = fetch;
    this.pause = pause;
    this.newId = newId;
    this.csrf = "";
    this.member = /** @type {StaffMember | null} */ (null);
    this.waiting = 0;
    this.signingIn = /** @type {Promise<void> | null} */ (null);
  }

  /** The session that writes belong to. @param {StaffSession} session */
  use({ member, csrf }) {
    this.member = member;
    this.csrf = csrf;
  }

  /** @param {string} path after `/api/v1` @param {AskOptions} [options] @returns {Promise<any>} */
  get(path, options) {
    return this.ask("GET", path, undefined, options);
  }

  /** @param {string} path @param {unknown} [body] @param {AskOptions} [options] @returns {Promise<any>} */
  post(path, body, options) {
    return this.ask("POST", path, body, options);
  }

  /** @param {string} path @param {unknown} [body] @param {AskOptions} [options] @returns {Promise<any>} */
  put(path, body, options) {
    return this.ask("PUT", path, body, options);
  }

  /** @param {string} path @param {unknown} [body] @param {AskOptions} [options] @returns {Promise<any>} */
  patch(path, body, options) {
    return this.ask("PATCH", path, body, options);
  }

  /** @param {string} path @param {unknown} [body] @param {AskOptions} [options] @returns {Promise<any>} */
  delete(path, body, options) {
    return this.ask("DELETE", path, body, options);
  }

  /**
   * The answer's JSON; null where there is none. A body that is a Blob, a string or bytes goes as it is: give its type in
   * `headers`. Rejects with ApiError for what the server refuses.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {AskOptions} [options]
   * @returns {Promise<any>}
   */
  async ask(method, path, body, options = {}) {
    const key = options.key || this.newId();
    const trouble = { told: false };
    try {
      for (let tries = 0, renewed = false; ; tries += 1) {
        const answer = await this.send(method, path, body, key, options);
        if (answer?.ok) return await contentOf(answer, options.as);
        const problem = answer ? await this.problem(answer) : new ApiError(0, { code: "offline", message: this.say("offline") });
        if (problem.code === "sign-in-first") await this.again();
        else if (problem.code === "stale-page" && !renewed && (await this.renew())) renewed = true;
        else if (!PASSING.has(problem.status) || options.once) throw problem;
        else await this.wait(trouble, tries, options.signal);
      }
    } finally {
      if (trouble.told) this.count(-1);
    }
  }

  /**
   * null: the server could not be reached.
   * @param {string} method @param {string} path @param {unknown} body @param {string} key @param {AskOptions} options
   */
  async send(method, path, body, key, { headers = {}, signal }) {
    /** @type {Record<string, string>} */
    const sent = { "Accept-Language": this.lang, ...headers };
    if (method !== "GET") Object.assign(sent, { "X-CSRF-Token": this.csrf, "Idempotency-Key": key });
    const raw = body === undefined || body instanceof Blob || body instanceof ArrayBuffer || typeof body === "string";
    if (!raw) sent["Content-Type"] = "application/json";
    const content = /** @type {BodyInit | undefined} */ (raw ? body : JSON.stringify(body));
    try {
      return await this.fetch(BASE + path, { method, headers: sent, body: content, signal, credentials: "same-origin", cache: "no-store" });
    } catch (error) {
      if (signal?.aborted) throw error;
      return null;
    }
  }

  /** @param {Response} answer */
  async problem(answer) {
    const told = await answer.json().catch(() => null);
    return new ApiError(answer.status, told?.code ? told : { code: "broken", message: this.say("broken") });
  }

  /** All requests that find the session ended wait for one dialog. */
  again() {
    this.signingIn ||= this.signIn().finally(() => (this.signingIn = null));
    return this.signingIn;
  }

  /** Whether the cookie is still the same member's, whose token this page has now. */
  async renew() {
    const session = /** @type {StaffSession} */ (await this.get("/session"));
    if (this.member && session.member.id !== this.member.id) return false;
    this.use(session);
    return true;
  }

  /** @param {{told: boolean}} trouble @param {number} tries @param {AbortSignal} [signal] */
  async wait(trouble, tries, signal) {
    if (!trouble.told) this.count(1);
    trouble.told = true;
    await this.pause(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]);
    signal?.throwIfAborted();
  }

  /** Requests that were sent more than once and have no answer yet. @param {number} change */
  count(change) {
    const before = this.waiting;
    this.waiting += change;
    if (Boolean(before) !== Boolean(this.waiting)) this.onTrouble(Boolean(this.waiting));
  }
}

/** @param {Response} answer @param {AskOptions["as"]} as */
async function contentOf(answer, as) {
  if (answer.status === 204) return null;
  if (as === "blob") return answer.blob();
  if (as === "text") return answer.text();
  return (answer.headers.get("Content-Type") || "").startsWith("application/json") ? answer.json() : answer.text();
}

/** For an Idempotency-Key. `crypto.randomUUID` is missing on plain HTTP. */
export function freshId() {
  return [...crypto.getRandomValues(new Uint8Array(ID_BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} ms @returns {Promise<void>} */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
