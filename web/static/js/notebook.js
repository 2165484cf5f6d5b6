// The physician's private note: kept in the browser with every key, at the server a moment later. Each save names the one that
// it was made from, so that two devices never overwrite each other: where they did, both texts stay.

const SOON_MS = 1_500;
const AGAIN_MS = 2_000; // after the server found it too fast
const MAX_CHARS = 20_000; // clinic/events.py MAX_NOTE_CHARS
const LINE = "\n\n———\n\n";

/** Both texts, theirs first; one of them where it holds the other. @param {string} theirs @param {string} ours */
export function merged(theirs, ours) {
  if (theirs.includes(ours.trim())) return theirs;
  return ours.includes(theirs.trim()) ? ours : theirs + LINE + ours;
}

export class Notebook {
  /** @param {NoteOptions} options */
  constructor(options) {
    this.options = options;
    this.text = this.savedText = this.base = "";
    this.flights = /** @type {NoteFlight[]} */ ([]); // sent and not answered, each made from the one before
    this.known = /** @type {string | null} */ (null); // the newest save that the server told of
    this.refused = false; // until that save's text is here
    this.timer = /** @type {Timer | undefined} */ (undefined);
    this.restore();
  }

  /** @returns {NoteView} */
  get view() {
    const { text, savedText } = this;
    if (text === savedText) return { text, savedText, state: "saved" };
    if (text.length > MAX_CHARS) return { text, savedText, state: "too-long" };
    return { text, savedText, state: this.options.isOnline() ? "saving" : "offline" };
  }

  /** What a page before this one, or another tab, left here. */
  restore() {
    Object.assign(this, this.options.memory.note);
  }

  /** @param {string} text */
  write(text) {
    this.text = text;
    this._keep();
    this._saveSoon(SOON_MS);
  }

  /** What the server has now. @param {string} text @param {string} id */
  follow(text, id) {
    if (id === this.known) return;
    this.known = id;
    this.refused = false;
    const landed = this.flights.findIndex((flight) => flight.id === id);
    const foreign = landed < 0 && id !== this.base;
    if (foreign) this._meet(text);
    this.flights = foreign ? [] : this.flights.slice(landed + 1);
    [this.base, this.savedText] = [id, text];
    this._keep();
    this._saveSoon(landed < 0 ? 0 : SOON_MS);
  }

  /** A line to the server is open: what it has not answered goes out again. */
  resend() {
    this.flights.forEach((flight) => this._send(flight));
    this._saveSoon(0);
  }

  /** Now, behind what is on its way: something final follows. */
  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { text, refused, known, flights } = this;
    if (known === null || refused || text === (flights.at(-1)?.text ?? this.savedText) || text.length > MAX_CHARS) return;
    const flight = { id: this.options.newId(), text, base: flights.at(-1)?.id ?? this.base };
    flights.push(flight);
    this._keep();
    this._send(flight);
  }

  /** @param {string} id @returns {boolean} whether it was a note's */
  acked(id) {
    const flight = this.flights.find((each) => each.id === id);
    if (!flight) return false;
    this.savedText = flight.text;
    this.base = id;
    this.flights = this.flights.slice(this.flights.indexOf(flight) + 1);
    if (this.known !== null) this.known = id; // its event tells nothing new
    this._keep();
    this._saveSoon(SOON_MS);
    return true;
  }

  /** @param {string} id @param {string} code @returns {boolean} whether it was a note's */
  refuse(id, code) {
    const flight = this.flights.find((each) => each.id === id);
    if (!flight) return false;
    if (code === "too-fast") setTimeout(() => this.flights.includes(flight) && this._send(flight), AGAIN_MS);
    else this.flights = [];
    this.refused = code !== "too-fast";
    this._keep();
    return true;
  }

  /** Somebody else's note came between. @param {string} theirs */
  _meet(theirs) {
    this.text = this.text === this.savedText ? theirs : merged(theirs, this.text);
  }

  /** One save at a time; the next one when it is answered. @param {number} ms */
  _saveSoon(ms) {
    if (this.timer || this.flights.length) return;
    this.timer = setTimeout(() => (this.flights.length ? (this.timer = undefined) : this.flush()), ms);
  }

  _keep() {
    const { text, savedText, base, flights } = this;
    this.options.memory.keepNote(text === savedText ? null : { text, savedText, base, flights });
  }

  /** @param {NoteFlight} flight */
  _send({ id, text, base }) {
    this.options.send({ type: "save_note", id, text, base: base || null });
  }
}
