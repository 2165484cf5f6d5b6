// Commands that are not acknowledged yet, in the order they were made. Pure: ids come in, storage is the owner's.

/** @typedef {import("./protocol.js").Command} Command */

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

  /**
   * Forget what the server has answered, whatever it answered.
   * @param {string} id
   * @returns {Command | undefined}
   */
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
