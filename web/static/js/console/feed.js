/// <reference path="../../../console.d.ts" />
// The physician's queue as it changes: one request that waits for news, again and again. No DOM.

import { ApiError } from "../staff/api.js";

const WAIT_S = 25;
const AGAIN_MS = 2_000;

export class Feed {
  /** @param {{api: StaffApi, onView: (view: QueueView) => void, onLost: (lost: boolean) => void, pause?: (ms: number) => Promise<void>}} options */
  constructor({ api, onView, onLost, pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }) {
    this.api = api;
    this.onView = onView;
    this.onLost = onLost;
    this.pause = pause;
    this.mark = "";
    this.waiting = /** @type {AbortController | null} */ (null);
  }

  /** For as long as the page lives. */
  async run() {
    for (;;) await this.turn();
  }

  /** Ask now: something was done here, or time stood still. */
  hurry() {
    this.mark = "";
    this.waiting?.abort();
  }

  async turn() {
    this.waiting = new AbortController();
    try {
      const view = /** @type {QueueView} */ (await this.api.get(`/queue?wait_s=${this.mark ? WAIT_S : 0}&after=${this.mark}`, { once: true, signal: this.waiting.signal }));
      this.onLost(false);
      if (view.mark === this.mark) return;
      this.mark = view.mark;
      this.onView(view);
    } catch (error) {
      if (this.waiting.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.onLost(true);
      await this.pause(AGAIN_MS);
    }
  }
}
