// Asks the clinic's routes with the join link: what stands beside the call, before and after it. Knows no page.

const TIMEOUT_MS = 30_000;

export class Asking {
  /** @param {() => string} token with the proof of this device, if it has one @param {Lang} lang */
  constructor(token, lang) {
    this.token = token;
    this.lang = lang;
  }

  /**
   * @param {string} what below /api/v1/visit/
   * @param {{method?: string, body?: unknown, key?: string}} [more] `key` makes a retry harmless
   * @returns {Promise<{ok: boolean, status: number, data: any}>} status 0: nobody answered
   */
  async ask(what, { method = "GET", body, key } = {}) {
    try {
      const response = await this.fetch(what, {
        method,
        body: body ? JSON.stringify(body) : undefined,
        headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) },
      });
      return { ok: response.ok, status: response.status, data: response.status === 204 ? null : await response.json() };
    } catch {
      return { ok: false, status: 0, data: null };
    }
  }

  /** @param {string} what @param {RequestInit} [init] */
  fetch(what, init = {}) {
    const headers = { Authorization: `Join ${this.token()}`, "Accept-Language": this.lang, ...init.headers };
    return fetch(`/api/v1/visit/${what}`, { ...init, headers, cache: "no-store", signal: AbortSignal.timeout?.(TIMEOUT_MS) });
  }
}
