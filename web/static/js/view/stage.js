// All remote participants in a grid; the first is the one whom this page is about.

import { element, icon, setText } from "./element.js";
import { Tile } from "./tile.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../protocol.js").Role} Role */
/** @typedef {import("../language.js").Translate} Translate */

/** @type {Record<Role, Role[]>} */
const ORDER = {
  patient: ["physician", "companion", "patient"],
  companion: ["physician", "patient", "companion"],
  physician: ["patient", "companion", "physician"],
};

export class Stage {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.tiles = /** @type {Map<string, Tile>} */ (new Map());
    this.empty = element("p", { class: "stage-empty" });
    this.tap = element("button", { class: "tap-to-hear", type: "button", hidden: true, onclick: () => this.hear() }, icon("sound"), t("tapToHear"));
    this.frozen = element("p", { class: "frozen" }, t("frozen"));
    this.grid = element("div", { class: "grid" });
    this.root = element("div", { class: "stage" }, this.grid, this.empty, this.frozen, this.tap);
  }

  /** @param {Session} session */
  update(session) {
    const role = session.me?.role || "patient";
    const inSlot = new Map(session.remotes.map((remote) => [remote.seat, remote]));
    const shown = session.others
      .filter((seat) => seat.present || inSlot.has(seat.id))
      .sort((a, b) => ORDER[role].indexOf(a.role) - ORDER[role].indexOf(b.role));
    const before = this.tiles.size;
    this._removeExcept(shown.map((seat) => seat.id));
    shown.forEach((seat) => this._tile(seat.id).update(seat, inSlot.get(seat.id), session.speaking.has(seat.id)));
    this.grid.className = `grid grid-${shown.length}`;
    this.empty.hidden = shown.length > 0;
    setText(this.empty, this.t("waitingFor", { name: nameOfFirst(session, ORDER[role]) }));
    this.frozen.hidden = session.phase !== "reconnecting" || shown.length === 0;
    if (shown.length && (before !== shown.length || this.tap.hidden)) this.hear();
  }

  /** Nobody is on the stage: an old picture must not greet whoever comes back. */
  clear() {
    this._removeExcept([]);
  }

  /** Starts the sound; where the browser wants a tap first, shows the one big button for it. */
  hear() {
    Promise.all([...this.tiles.values()].map((tile) => tile.hear())).then(
      () => (this.tap.hidden = true),
      (error) => (this.tap.hidden = error.name !== "NotAllowedError"),
    );
  }

  /** @param {string} seat */
  _tile(seat) {
    const tile = this.tiles.get(seat) || new Tile(this.t);
    this.tiles.set(seat, tile);
    if (!tile.root.parentElement) this.grid.append(tile.root);
    return tile;
  }

  /** @param {string[]} seats */
  _removeExcept(seats) {
    for (const [seat, tile] of this.tiles) {
      if (seats.includes(seat)) continue;
      tile.remove();
      this.tiles.delete(seat);
    }
  }
}

/** @param {Session} session @param {Role[]} order */
function nameOfFirst(session, order) {
  const first = session.others.find((seat) => seat.role === order[0]) || session.others[0];
  return first ? first.name : "";
}
