// What survives a reload of this tab, and no longer than the tab: whether the human was in, and what was not sent yet.
// Old phones throw away the page's memory whenever another app comes to the front.

/** @typedef {import("./protocol.js").Command} Command */

export class Memory {
  /**
   * @param {Storage | null} storage null where the browser forbids it: then nothing is kept
   * @param {string} key tells consultations in one tab apart
   */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    this.wanted = this._read("wanted", false) === true;
    const waiting = this._read("waiting", []);
    this.waiting = /** @type {Command[]} */ (Array.isArray(waiting) ? waiting : []);
  }

  /** @param {boolean} wanted */
  keepWanted(wanted) {
    this._write("wanted", wanted);
  }

  /** @param {Command[]} waiting */
  keepWaiting(waiting) {
    this._write("waiting", waiting);
  }

  /**
   * @param {string} name
   * @param {unknown} otherwise
   * @returns {unknown}
   */
  _read(name, otherwise) {
    try {
      return JSON.parse(this.storage?.getItem(`${this.key}:${name}`) ?? "null") ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  _write(name, value) {
    try {
      this.storage?.setItem(`${this.key}:${name}`, JSON.stringify(value));
    } catch {
      // Full or forbidden: the page works without.
    }
  }
}
