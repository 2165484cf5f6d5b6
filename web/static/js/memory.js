// What this browser keeps of one consultation. The tab: what it cost, and the way back into the call. The browser, where it
// outlives a closed tab, a crash or an empty battery: whether the human was in, what was not sent yet, the note.

const KEPT_MS = 2 * 24 * 3_600_000;

export class Memory {
  /**
   * @param {Storage | null} tab null where the browser forbids it: then nothing is kept
   * @param {Storage | null} device the same for all tabs
   * @param {string} name tells consultations apart
   * @param {() => number} now Unix time in ms
   */
  constructor(tab, device, name, now = Date.now) {
    this.tab = tab;
    this.device = device;
    this.key = `hilo:${name}:`;
    this.now = now;
    if (device) Object.keys(device).forEach((key) => /^hilo:.*:/.test(key) && this._read(device, key, null) === null && device.removeItem(key));
    this.wanted = this._read(device, `${this.key}wanted`, false) === true;
    this.bytes = Number(this._read(tab, `${this.key}bytes`, 0)) || 0;
    this.answers = /** @type {Record<string, unknown[]>} */ (this._read(device, `${this.key}answers`, {}));
    /** That this device passed the link's second check. */
    this.proof = String(this._read(device, `${this.key}proof`, "") || "");
    this.note = /** @type {NoteDraft | null} */ (this._read(device, `${this.key}note`, null));
  }

  /** What the server has not answered yet, in order; other tabs of this seat add to it. */
  get waiting() {
    return this._entries().map(({ command }) => command);
  }

  /** What the call needs before the first welcome; null when there is nothing, or it is too old. */
  get room() {
    const room = /** @type {KeptRoom | null} */ (this._read(this.tab, `${this.key}room`, null));
    const lives = room?.ice_servers.every(({ username }) => !(1000 * parseInt(username) < this.now()));
    return room && lives ? room : null;
  }

  /** @param {boolean} wanted */
  keepWanted(wanted) {
    this._write(this.device, "wanted", wanted);
  }

  /** @param {Command[]} added @param {string[]} dropped ids */
  keepWaiting(added, dropped) {
    const rest = this._entries().filter(({ command }) => !dropped.includes(command.id));
    this._write(this.device, "waiting", [...rest, ...added.map((command) => ({ atMs: this.now(), command }))]);
  }

  /** @param {NoteDraft | null} note */
  keepNote(note) {
    this.note = note;
    this._write(this.device, "note", note);
  }

  /** Of the clinic's questions, what the server does not have yet. @param {Record<string, unknown[]>} answers */
  keepAnswers(answers) {
    this._write(this.device, "answers", answers);
  }

  /** @param {string} proof */
  keepProof(proof) {
    this.proof = proof;
    this._write(this.device, "proof", proof);
  }

  /** @param {KeptRoom} room */
  keepRoom(room) {
    this._write(this.tab, "room", room);
  }

  /** @param {number} bytes that the consultation has cost so far */
  keepBytes(bytes) {
    this._write(this.tab, "bytes", bytes);
  }

  /** Whether a `storage` event tells of more that waits. @param {StorageEvent} event */
  isOfWaiting(event) {
    return event.key === `${this.key}waiting`;
  }

  /** The consultation is over: what still waits will never be taken. */
  forget() {
    for (const name of ["wanted", "waiting"]) this.device?.removeItem(this.key + name);
    this.tab?.removeItem(`${this.key}room`);
  }

  /** @returns {{atMs: number, command: Command}[]} */
  _entries() {
    const entries = this._read(this.device, `${this.key}waiting`, []);
    return Array.isArray(entries) ? entries.filter(({ atMs }) => atMs > this.now() - KEPT_MS) : [];
  }

  /** @param {Storage | null} storage @param {string} key @param {unknown} otherwise @returns {unknown} */
  _read(storage, key, otherwise) {
    try {
      const { atMs, value } = JSON.parse(storage?.getItem(key) ?? "{}");
      return atMs > this.now() - KEPT_MS ? value ?? otherwise : otherwise;
    } catch {
      return otherwise;
    }
  }

  /** @param {Storage | null} storage @param {string} name @param {unknown} value */
  _write(storage, name, value) {
    try {
      storage?.setItem(this.key + name, JSON.stringify({ atMs: this.now(), value }));
    } catch {
      // Full or forbidden: the page works without.
    }
  }
}
