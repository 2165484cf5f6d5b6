// One seat's media session with the SFU: offers, takes answers and orders, watches the path and heals it. Tracks go in,
// tracks come out; who is shown where is the page's business. The browser always offers (DESIGN section 4).

import { Autonomy } from "./autonomy.js";
import { Backlog } from "./backlog.js";
import { Connection, frameMark } from "./connection.js";
import { receipt } from "./meter.js";
import { Pictures } from "./pictures.js";
import { Reach, stunUrls } from "./reach.js";
import { SILENT_MS, Watchdog } from "./watchdog.js";

const CHECK_EVERY_MS = 500;
const AGAIN_MS = 200; // while a buffer seems to wait too long
const LOOK_EVERY_MS = 100;
const HUSH_MS = 300; // of sound that flowed
const LOOK_CLOSELY_MS = [0, 150, 300, 450, 600, 900, 1_200]; // after a sign that the network changed
const DARK_MS = 4_000; // then the server is asked whether it can be reached
const RETIRED_FOR_MS = 3_000; // time for the new connection's first picture
const SESSION_KEPT_MS = 100_000; // the SFU forgets who was silent for 120 s (media/peer.py)
const REPORT_EVERY_MS = 1_000;
const THIN_REPORT_EVERY_MS = 2_000; // a report is 0.3 kB: too much every second for the lowest rungs

export class Call {
  /** @param {CallOptions} options */
  constructor(options) {
    const now = performance.now();
    this.options = options;
    this.connection = /** @type {Connection | null} */ (null);
    this.retired = /** @type {Connection | null} */ (null);
    this.watchdog = new Watchdog(now);
    this.autonomy = new Autonomy(now);
    this.backlog = new Backlog();
    this.pictures = new Pictures();
    this.reach = new Reach((rttMs) => this._reached(rttMs));
    this.lightAtMs = now; // when the server was last there, one way or the other
    this.path = /** @type {Path} */ ("none");
    /** Our uplink is dead while we may still hear the others. */
    this.uplinkLost = false;
    this.level = /** @type {Level | null} */ (null); // as ordered; null before the first order
    this.request = 0;
    this.unanswered = /** @type {Offer | null} */ (null);
    this.offering = Promise.resolve();
    this.slots = /** @type {RoomSlot[]} */ ([]);
    this.remotes = /** @type {Remote[]} */ ([]);
    this.tracks = /** @type {Tracks} */ ({ audio: null, video: null });
    this.reported = { atMs: now, reading: /** @type {Reading | null} */ (null) };
    this.sound = { mark: "", atMs: -Infinity };
    this.bytesBefore = 0;
    this.closed = false;
    this.again = 0;
    this.timers = [setInterval(() => this._check(), CHECK_EVERY_MS), setInterval(() => this._look(), LOOK_EVERY_MS)];
  }

  /** On the wire both ways, over all connections of this call. */
  get bytes() {
    return this.bytesBefore + (this.connection?.last.wireBytes || 0);
  }

  /** A new PeerConnection and its offer. The one before stays until media flows, so that its last picture does. */
  async open() {
    const now = performance.now();
    this._retire();
    this.watchdog.acted(now, "reopen");
    this.autonomy.reopened(now);
    const connection = new Connection({ iceServers: this.options.iceServers }, this.options.slots, () => this._check());
    this.connection = connection;
    this.reported = { atMs: now, reading: null };
    void connection.send(this.tracks);
    return this._offer(connection, false);
  }

  /** ICE restart: the same connection on a new network path. */
  async restart() {
    if (!this.connection?.stable) return this.open();
    this.watchdog.acted(performance.now(), "restart");
    return this._offer(this.connection, true);
  }

  /** The same on our side alone. */
  async move() {
    const { connection } = this;
    if (!connection) return;
    const { line } = this.options;
    this.watchdog.acted(performance.now(), "move");
    if (line.link === "open") line.wake();
    if (this.unanswered && line.link === "open") return; // its answer moves the path as well
    if (this.unanswered?.restart) this.unanswered = null;
    await connection.move();
  }

  /** The network may have changed, or be back. */
  suspect() {
    this.watchdog.suspect(performance.now());
    LOOK_CLOSELY_MS.forEach((ms) => setTimeout(() => this.closed || void this._check(), ms));
  }

  /** What the next hello shall carry, made anew if need be. @returns {Promise<Offer | null>} */
  async offerNow() {
    await this.offering;
    await this._check();
    if (this.path === "up" || this.closed) return null;
    const now = performance.now();
    if (!this.unanswered && this.watchdog.isOpening(now)) return null;
    if (!this.unanswered) await (now - this.watchdog.heardAtMs < SESSION_KEPT_MS ? this.restart() : this.open());
    return this.unanswered;
  }

  /** @param {number} request @param {string} sdp @param {RoomSlot[]} slots */
  async answered(request, sdp, slots) {
    if (!this.connection || request !== this.unanswered?.request) return;
    this.unanswered = null;
    this.changeSlots(slots);
    await this.connection.answered(sdp); // refused: the watchdog offers anew
  }

  /** @param {number} request @param {NoAnswerCode} code @param {number} afterMs */
  notAnswered(request, code, afterMs) {
    if (request !== this.unanswered?.request) return;
    this.unanswered = null;
    if (code === "restart-unknown") void this.open();
    if (code === "retry") setTimeout(() => this.closed || this.unanswered || void this.open(), afterMs);
  }

  /** @param {RoomSlot[]} slots who is where from now on */
  changeSlots(slots) {
    this.slots = slots;
    this.remotes = slots.flatMap(({ seat, audio_mid, video_mid }) =>
      seat ? [{ seat, audio: this._received(audio_mid), video: this._received(video_mid) }] : [],
    );
    this.options.onChange();
  }

  /** What the SFU wants sent and says is coming, from now on. @param {Adapt} adapt */
  async adapt(adapt) {
    const { connection } = this;
    if (!connection?.answer) return; // the session before was meant: its epochs would make ours look old
    if (!connection.actuator.take(adapt)) return; // what is told again, the next report confirms
    this.autonomy.ordered(performance.now());
    connection.actuator.alone = false;
    this.level = adapt.level;
    this.pictures.order(adapt.receives);
    this.options.onChange();
    await connection.actuator.apply();
    if (connection === this.connection) await this._report();
  }

  /** What is sent from now on; null is silence or a camera that is off. No renegotiation. @param {Tracks} tracks */
  setTracks(tracks) {
    this.tracks = tracks;
    void this.connection?.send(tracks);
  }

  /** The line to the server is open again: an offer that went unanswered is made again. */
  lineOpened() {
    const { line } = this.options;
    if (!this.unanswered) return this.suspect();
    if (this.unanswered.request !== line.carried) line.send(this.unanswered);
  }

  close() {
    this.closed = true;
    this.timers.forEach(clearInterval);
    this.reach.stop();
    this._retire();
    this._closeRetired();
  }

  /** @param {Connection} connection @param {boolean} restart */
  _offer(connection, restart) {
    this.offering = this._makeOffer(connection, restart);
    return this.offering;
  }

  /** @param {Connection} connection @param {boolean} restart */
  async _makeOffer(connection, restart) {
    const sdp = await connection.offer(restart);
    if (connection !== this.connection || !sdp) return;
    this.request += 1;
    /** @type {Offer} */
    const message = { type: "offer", request: this.request, sdp, restart, rtt_ms: this.options.line.steadyRttMs, start: this.request < 2 ? this.options.start : null };
    this.unanswered = message;
    this.options.line.send(message);
  }

  /** @param {string | null} mid */
  _received(mid) {
    return this.connection?.receiver(mid)?.track || null;
  }

  async _check() {
    const { connection } = this;
    if (!connection) return;
    const reading = await connection.read();
    if (connection !== this.connection) return;
    const now = performance.now();
    // An emptied buffer counts from 0.
    if (reading.emitted < (this.reported.reading?.emitted || 0)) this.reported = { atMs: now, reading };
    this._fendForItself(connection, now, reading);
    const stuck = this.backlog.step(now, connection.actuator.jitterMs, reading.sounds);
    if (stuck.length) void connection.flush(stuck);
    clearTimeout(this.again);
    if (this.backlog.suspects && !stuck.length) this.again = setTimeout(() => this.closed || this._check(), AGAIN_MS);
    this._heal(now, { state: connection.pc.connectionState, inbound: reading.inbound, sound: reading.audioReceived, rttMs: reading.rttMs ?? this.options.line.steadyRttMs });
    const every = this.level === "A0" || this.level === "T" ? THIN_REPORT_EVERY_MS : REPORT_EVERY_MS;
    if (connection.actuator.epoch && now - this.reported.atMs >= every - CHECK_EVERY_MS / 2) this._tell(connection, now, reading);
    this.options.onBytes();
  }

  /** @param {Connection} connection @param {number} now @param {Reading} reading */
  _fendForItself(connection, now, reading) {
    const { line, onChange } = this.options;
    const { alone, unheard, doubt, mute } = this.autonomy.step(now, { ...reading, sound: reading.emitted, serverAtMs: line.heardAtMs, answeredAtMs: line.answeredAtMs });
    const up = this.path === "up";
    connection.actuator.alone = alone && (up || this.path === "lost");
    if (mute && up && !connection.actuator.mute) line.wake(); // now words may get through
    connection.actuator.mute = mute && up;
    connection.actuator.sense(reading.availableBps);
    void connection.actuator.apply(); // also follows a camera that turned
    if (doubt && up) line.probe();
    if ((unheard && up) === this.uplinkLost) return;
    this.uplinkLost = unheard && up;
    onChange();
  }

  /** @param {number} now @param {PathSample} sample */
  _heal(now, sample) {
    const { line, onChange } = this.options;
    const { path, remedy, heard } = this.watchdog.step(now, sample, line.link === "open" && !line.polling ? line.answeredAtMs : null);
    if (heard && line.link !== "open") line.wake();
    if (path !== this.path) {
      this.path = path;
      if (path === "up") setTimeout(() => this.path === "up" && this._closeRetired(), RETIRED_FOR_MS);
      onChange();
    }
    this._grope(now);
    if (remedy) void this[remedy === "reopen" ? "open" : remedy]();
  }

  /** @param {number} now */
  _grope(now) {
    const { line } = this.options;
    if (this.path === "up" || line.link === "open") this.lightAtMs = now;
    if (now - this.lightAtMs < DARK_MS || line.options.hidden?.()) this.reach.stop();
    else this.reach.start(stunUrls(this.connection?.answer || this.retired?.answer || ""));
  }

  /** @param {number} rttMs */
  _reached(rttMs) {
    const { line } = this.options;
    this.lightAtMs = performance.now();
    line.retry.rttMs = Math.max(line.retry.rttMs ?? 0, rttMs);
    line.wake();
    this.suspect();
  }

  /** What is in force and what came, at once. */
  async _report() {
    const { connection } = this;
    if (!connection) return;
    const reading = await connection.read();
    if (connection === this.connection) this._tell(connection, performance.now(), reading);
  }

  /** @param {Connection} connection @param {number} now @param {Reading} reading */
  _tell(connection, now, reading) {
    const { atMs, reading: before } = this.reported;
    this.reported = { atMs: now, reading };
    this.options.line.send({ type: "report", epoch: connection.actuator.epoch, ...receipt(before || reading, reading, now - atMs) });
  }

  /** Who is seen changes by the frame, not by the second. */
  _look() {
    if (!this.connection) return;
    const now = performance.now();
    let [changed, mark] = [false, ""];
    for (const { seat, audio_mid, video_mid } of this.slots) {
      if (seat) changed = this.pictures.step(now, seat, frameMark(this.connection.receiver(video_mid))) || changed;
      mark += frameMark(this.connection.receiver(audio_mid));
    }
    if (changed) this.options.onChange();
    this._listen(now, mark);
  }

  /** A hush is looked into at once. @param {number} now @param {string} mark differs with every sound */
  _listen(now, mark) {
    const hushMs = now - this.sound.atMs;
    if (mark !== this.sound.mark) this.watchdog.paused(hushMs);
    if (mark !== this.sound.mark) this.sound = { mark, atMs: now };
    if (hushMs > HUSH_MS && hushMs < SILENT_MS) void this._check();
  }

  _retire() {
    const { connection } = this;
    this.connection = null;
    this.unanswered = null;
    if (!connection) return;
    this.bytesBefore += connection.last.wireBytes;
    connection.pc.onconnectionstatechange = null;
    // Of several failed ones in a row, the first holds the picture.
    if (this.retired) connection.close();
    else this.retired = connection;
  }

  _closeRetired() {
    this.retired?.close();
    this.retired = null;
  }
}
