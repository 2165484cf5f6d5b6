// Commands that are not acknowledged yet, in the order they were made, and when each may go out: the server takes a burst of
// chat messages and then two a second of one socket (signaling/limits.py); faster ones would be refused. Pure: time comes in.

const CHAT_BURST = 20;
const CHAT_PER_MS = 1.5 / 1000;
const REFUSED_WAIT_MS = 2_000;

/** Of these only the last one that was made matters. */
const SWITCHES = ["set_media", "set_preference"];

export class Queue {
  /**
   * @param {Command[]} [waiting] left over from a page load before this one
   * @param {(added: Command[], dropped: string[]) => void} [onChange]
   */
  constructor(waiting = [], onChange = () => {}) {
    this.waiting = waiting;
    this.onChange = onChange;
    this.sent = /** @type {Map<string, number>} */ (new Map()); // when, over the present line
    this.tokens = CHAT_BURST;
    this.filledAtMs = 0;
  }

  /** @param {Command} command a later switch position replaces an earlier one */
  push(command) {
    const dropped = this.waiting.filter(({ type }) => type === command.type && SWITCHES.includes(type)).map(({ id }) => id);
    dropped.forEach((id) => this.sent.delete(id));
    this.waiting = [...this.waiting.filter(({ id }) => !dropped.includes(id)), command];
    this.onChange([command], dropped);
  }

  /** What another tab of this seat left unsent: ids keep it from being done twice. @param {Command[]} commands */
  adopt(commands) {
    this.waiting = [...this.waiting, ...commands.filter(({ id }) => !this.waiting.some((command) => command.id === id))];
  }

  /** For how long the oldest one has been on its way over the present line. @param {number} nowMs */
  waitedMs(nowMs) {
    return nowMs - Math.min(nowMs, ...this.sent.values());
  }

  /** Forget what the server has answered, whatever it answered. @param {string} id @returns {Command | undefined} */
  settle(id) {
    const settled = this.waiting.find((command) => command.id === id);
    this.waiting = this.waiting.filter((command) => command !== settled);
    this.sent.delete(id);
    if (settled) this.onChange([], [id]);
    return settled;
  }

  /** A new line to the server: what it has not answered goes out again. @param {number} nowMs */
  restart(nowMs) {
    this.sent.clear();
    this.tokens = CHAT_BURST;
    this.filledAtMs = nowMs;
  }

  /**
   * What goes out now, in order: a chat message that must wait holds back what was made after it.
   * @param {number} nowMs
   * @returns {Command[]}
   */
  take(nowMs) {
    this.tokens = Math.min(CHAT_BURST, this.tokens + Math.max(0, nowMs - this.filledAtMs) * CHAT_PER_MS);
    this.filledAtMs = Math.max(nowMs, this.filledAtMs);
    const due = [];
    for (const command of this.waiting) {
      if (this.sent.has(command.id)) continue;
      if (command.type === "chat" && this.tokens < 1) break;
      if (command.type === "chat") this.tokens -= 1;
      this.sent.set(command.id, nowMs);
      due.push(command);
    }
    return due;
  }

  /** How long after a `take` there is more to take; null when nothing waits for that. @param {number} nowMs */
  waitMs(nowMs) {
    const rest = this.waiting.some((command) => !this.sent.has(command.id));
    return rest ? Math.ceil((1 - this.tokens) / CHAT_PER_MS + this.filledAtMs - nowMs) : null;
  }

  /**
   * The server found this one too fast: it and all after it go out again later, under the same ids. An id that was applied
   * after all (its ack was lost with an older socket) is acknowledged then, not applied twice.
   * @param {string} id
   * @param {number} nowMs
   * @returns {boolean} whether it is one of these
   */
  tooFast(id, nowMs) {
    const first = this.waiting.findIndex((command) => command.id === id);
    if (first < 0) return false;
    this.waiting.slice(first).forEach((command) => this.sent.delete(command.id));
    this.tokens = 0;
    this.filledAtMs = nowMs + REFUSED_WAIT_MS;
    return true;
  }
}
