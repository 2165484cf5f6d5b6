// One seat's consultation on one page: brings signaling, timeline, devices and call together. The pages show its `model`
// and call its verbs; it never touches the DOM.

import { Call } from "./call.js";
import { LocalMedia } from "./media.js";
import { phaseOf, rungOf } from "./phase.js";
import { Queue } from "./queue.js";
import { Signaling } from "./signaling.js";
import { EMPTY, applied, ownSeat, welcomed } from "./store.js";

const KEEP_BYTES_EVERY = 20_000;
const TEST_REQUEST = 1_000_000; // as link_test.js has it: no call makes so many offers
const SAVING_MS = 1_500; // an answer takes no longer, unless the store is away

export class Session {
  /** @param {Environment} environment */
  constructor(environment) {
    this.environment = environment;
    this.state = EMPTY;
    this.welcome = /** @type {Welcome | null} */ (null);
    this.wanted = environment.memory.wanted;
    this.speaking = /** @type {Set<string>} */ (new Set());
    this.quality = /** @type {Map<string, Quality>} */ (new Map());
    this.queued = /** @type {WaitingRoom | null} */ (null);
    this.failed = /** @type {FailedMessage[]} */ ([]);
    this.notice = "";
    this.fatal = "";
    /** The digest of the consent text that was accepted here, or by another page of this seat. */
    this.accepted = "";
    /** Why the last consent was not taken. */
    this.denied = "";
    /** Of a test of the link that goes on. @type {((message: Tested | Extract<ToPage, {type: "answer"}> | null) => void) | null} */
    this.onTest = null;
    /** Where the next call begins, as the test found. */
    this.startLevel = /** @type {Level | null} */ (null);
    this.mediaRefusal = /** @type {MediaRefusal | null} */ (null);
    this.call = /** @type {Call | null} */ (null);
    this.media = new LocalMedia(environment.devices, () => this._mediaChanged());
    this.told = "";
    this.bytesBefore = this.bytesKept = environment.memory.bytes;
    const { memory, Notebook, url, pollUrl, token, lang, hidden } = environment;
    this.queue = new Queue(memory.waiting, (added, dropped) => memory.keepWaiting(added, dropped));
    this.signaling = new Signaling({
      url,
      pollUrl,
      token,
      clientId: newId(),
      lang,
      queue: this.queue,
      hidden,
      after: () => this.state.seen,
      offer: () => this._offer(),
      onMessage: (message) => this._receive(message),
      onLink: () => this._lineChanged(),
    });
    this.notes = Notebook ? new Notebook({ memory, newId, send: (command) => this._send(command), isOnline: () => this.link === "open" }) : null;
  }

  /** A page that was in the call makes its offer before anybody has said a word to it. */
  start() {
    const { room } = this.environment.memory;
    if (this.wanted && room && this.environment.rtc) this._openCall(room);
    this.signaling.start();
    if (this.wanted) void this.media.open();
  }

  /** This page lets go of the seat, without a word to the others. */
  stop() {
    this._dropCall();
    this.media.close();
    this.signaling.stop();
  }

  // --- what the pages read

  get me() {
    return ownSeat(this.state);
  }

  get others() {
    return this.state.consultation?.seats.filter((seat) => seat.id !== this.state.me && !seat.revoked) || [];
  }

  get link() {
    return this.signaling.link;
  }

  /** The place in the line while this seat waits; null while it does not, or before the server told. */
  get waiting() {
    return this.me?.arrived && !this._admitted ? this.queued : null;
  }

  /** Tracks of those who are in the call. @returns {Remote[]} */
  get remotes() {
    return this.call?.remotes || [];
  }

  /** Without a WebSocket no call can be set up; one that is up goes on. */
  get mediaPossible() {
    const line = !this.overPolling || this.call?.path === "up";
    return this.environment.rtc && this.mediaRefusal === null && line;
  }

  /** The others hear nothing of us now, while we may still hear and see them. */
  get uplinkLost() {
    return Boolean(this.call?.uplinkLost);
  }

  /** What this consultation has cost on this device's link, both ways, reloads included. */
  get dataBytes() {
    return this.bytesBefore + (this.call?.bytes || 0);
  }

  /** HTTP requests carry what a WebSocket would: words go, media does not. */
  get overPolling() {
    return this.signaling.polling;
  }

  /** Whether there is a picture of the seat that moves. @param {string} seat */
  showsVideo(seat) {
    return Boolean(this.call?.pictures.shows(seat));
  }

  /** Why a picture that is to come is not shown. @param {string} seat @returns {"starting" | "stalled" | null} */
  pausedReason(seat) {
    return this.call?.pictures.lacks(seat) || null;
  }

  /** The physician's own note; null where there is none to write. @returns {NoteView | null} */
  get note() {
    return this.notes?.view || null;
  }

  /** Whether the server, which can be reached, has not said for long that something is saved. */
  get saving() {
    return this.link === "open" && this.queue.waitedMs(performance.now()) >= SAVING_MS;
  }

  get phase() {
    return phaseOf({
      ended: this.state.consultation?.status === "ended",
      wanted: this.wanted,
      admitted: this._admitted,
      online: this.link === "open",
      mediaPossible: this.mediaPossible,
      path: this.call?.path || "none",
      wasUp: Boolean(this.call?.watchdog.wasUp),
    });
  }

  get rung() {
    const level = this.call?.level || "A1"; // before the first order there is sound, and no picture
    const own = { audio: this.media.micOn && level !== "T", video: this.media.cameraOn && level[0] === "V" };
    const here = this.others.filter((seat) => seat.present && !seat.path_lost);
    const theirs = here.map((seat) => ({ audio: seat.audio && seat.up_level !== "T", video: this.showsVideo(seat.id) }));
    return rungOf([own, ...theirs], this.call?.path === "up");
  }

  /** Chat messages that are not acknowledged yet. */
  get unsent() {
    return this.queue.waiting.flatMap((command) =>
      command.type === "chat" ? [{ id: command.id, text: command.text }] : [],
    );
  }

  // --- what a human can do

  /** The text that must be accepted before anything else. @returns {ConsentText | null} */
  get consent() {
    const consent = this.welcome?.consent;
    return consent && this.accepted !== consent.sha256 ? consent : null;
  }

  /** @param {ConsentGiven} given */
  acceptConsent({ sha256, ...answers }) {
    const { consent } = this;
    if (!consent) return;
    this.denied = "";
    this.accepted = consent.sha256;
    this._do({ type: "consent", text_version: consent.version, text_sha256: sha256, lang: consent.lang, ...answers });
  }

  /** Takes it back, and leaves. */
  withdrawConsent() {
    this._want(false);
    this._do({ type: "withdraw" });
    this._closeCall();
    this._changed();
  }

  join() {
    this._want(true);
    void this.media.open();
    if (!this._admitted || !this.mediaPossible) this._do({ type: "arrive" });
    this._changed();
  }

  hangUp() {
    this._want(false);
    this._do({ type: "leave" });
    this._closeCall();
    this._changed();
  }

  /** @param {string} seat */
  admit(seat) {
    this._do({ type: "admit", seat });
    if (!this.wanted) this.join();
  }

  end() {
    this.notes?.flush();
    this._do({ type: "end", reason: "completed" });
  }

  /** @param {string} text */
  say(text) {
    this._do({ type: "chat", text });
    this._changed();
  }

  /** The best that may be used (a physician's holds for all), and saving data. @param {{hold?: Kind, saveData?: boolean}} wish */
  setPreference({ hold = this.me?.hold || "video", saveData = Boolean(this.me?.save_data) }) {
    this._do({ type: "set_preference", hold, save_data: saveData });
    this._changed();
  }

  /** This page takes the seat back from the one that took it over, with what that one left: as a newer page than that. */
  useHere() {
    this.signaling.options.clientId = newId();
    this.notes?.restore();
    this.adopt();
    this.signaling.start();
    if (this.wanted) void this.media.open();
  }

  /** Another tab of this seat left something unsent. */
  adopt() {
    this.queue.adopt(this.environment.memory.waiting);
    this.signaling.drain();
    this._changed();
  }

  /** The network may be back, or another one. */
  wake() {
    this.signaling.wake();
    this.call?.suspect();
  }

  /** A human asks for it. What is about to succeed is left alone. */
  reconnectNow() {
    this.wake();
  }

  /** Kept in this browser at once, and soon at the server. @param {string} text */
  writeNote(text) {
    this.notes?.write(text);
    this._changed();
  }

  // --- what the server says

  /** @param {ToPage} message */
  _receive(message) {
    switch (message.type) {
      case "welcome":
        this._welcomed(message);
        break;
      case "events":
        this.state = applied(this.state, message.events);
        // Its own save is acknowledged before the timeline tells of it: until then what is known here is older.
        if (message.events.some(({ event }) => event.type === "note_saved")) this._followNote();
        message.events.forEach(({ event }) => this._followConsent(event));
        this._fetchMore(message.more);
        this._growCall();
        break;
      case "ack":
        this.notes?.acked(message.id);
        break;
      case "refused":
        if (!this.notes?.refuse(message.id, message.code)) this._refused(message.id, message.code, message.message);
        this._followNote();
        break;
      case "tested":
        this.onTest?.(message);
        break;
      case "answer":
        if (message.request === TEST_REQUEST) this.onTest?.(message);
        void this.call?.answered(message.request, message.sdp, message.slots);
        break;
      case "no_answer":
        if (message.code === "room-full" || message.code === "bad-offer") this._withoutMedia(message.code);
        if (message.request === TEST_REQUEST) return void this.onTest?.(null);
        this.call?.notAnswered(message.request, message.code, message.after_ms);
        break;
      case "slots":
        this.call?.changeSlots(message.slots);
        break;
      case "renegotiate":
        void this.call?.open();
        break;
      case "adapt":
        void this.call?.adapt(message);
        break;
      case "speaking":
        this.speaking[message.speaking ? "add" : "delete"](message.seat);
        break;
      case "quality":
        this.quality.set(message.seat, message);
        break;
      case "waiting":
        this.queued = message;
        break;
      case "error":
        this.fatal = message.fatal ? message.code : this.fatal;
        this.notice = message.message;
        if (message.code !== "seat-revoked") break;
        this._want(false);
        this._closeCall();
        break;
    }
    // Acknowledged commands leave the queue after this: show it then.
    queueMicrotask(() => this._changed());
  }

  /** @param {Welcome} welcome */
  _welcomed(welcome) {
    this.welcome = welcome;
    this.fatal = "";
    this.notice = "";
    this.told = "";
    const first = !this.state.consultation;
    this.state = welcomed(this.state, welcome);
    this._fetchMore(welcome.more);
    if (first) this._land();
    // A page that was reloaded in the waiting room is still waiting.
    if (this.wanted && this.me && !this._admitted && !this.me.arrived) this._do({ type: "arrive" });
    if (this.call && !this._admitted) this._dropCall();
    this._growCall();
    this.call?.lineOpened();
    this._followNote();
    this.notes?.resend();
  }

  /** Who opens the link again, on whatever device, is where the seat is: waiting, or in the call. */
  _land() {
    if (this.wanted || this._isLeaving || !(this.me?.present || this.me?.arrived)) return;
    this._want(true);
    void this.media.open();
  }

  /** Another page of this seat may have given it, or taken it back. @param {Fact} event */
  _followConsent(event) {
    if (event.type === "consented" && event.seat === this.state.me) this.accepted = event.text_sha256;
    if (event.type !== "consent_withdrawn" || event.seat !== this.state.me) return;
    this.accepted = "";
    this._want(false);
    this._closeCall();
    this.signaling.start(); // the next welcome brings the text
  }

  _followNote() {
    const { consultation } = this.state;
    if (consultation) this.notes?.follow(consultation.note, consultation.note_id);
  }

  /** @param {boolean} more */
  _fetchMore(more) {
    if (more) this.signaling.send({ type: "fetch", after: this.state.seen });
  }

  /** @param {string} id @param {string} code @param {string} message */
  _refused(id, code, message) {
    const command = this.queue.waiting.find((waiting) => waiting.id === id);
    if (command?.type === "chat") this.failed.push({ id, text: command.text, reason: message });
    else this.notice = (code === "consent-required" && this.denied) || message;
    if (command?.type === "consent") [this.denied, this.accepted] = [message, ""];
    if (command?.type === "arrive") this._want(false);
    if (code === "stale-consent") this.signaling.start(); // the next welcome brings the text that holds now
  }

  // --- inner workings

  get _isLeaving() {
    return this.queue.waiting.some(({ type }) => type === "leave" || type === "end");
  }

  get _admitted() {
    if (!this.me) return Boolean(this.call); // it was, before the page was reloaded
    return this.me.role === "physician" || this.me.admitted;
  }

  /** @param {Act} act */
  _do(act) {
    this.notice = "";
    this.signaling.command(act);
    this._lookAgain();
  }

  /** @param {Command} command */
  _send(command) {
    this.signaling.send(command);
    this._lookAgain();
  }

  /** Whether it is saved by then. */
  _lookAgain() {
    setTimeout(() => this.environment.onChange(), SAVING_MS + 50);
  }

  /** @param {boolean} wanted */
  _want(wanted) {
    this.wanted = wanted;
    this.environment.memory.keepWanted(wanted);
  }

  _changed() {
    const ended = this.state.consultation?.status === "ended";
    if (ended && (this.call || this.media.live)) this._closeCall();
    if (ended && this.wanted) this._want(false);
    if (ended) this.environment.memory.forget();
    if (this.link === "open" && !this.overPolling) this._begin();
    this._tellMedia();
    this.environment.onChange();
  }

  /** A call that is wanted and not there begins. */
  _begin() {
    const ended = this.state.consultation?.status === "ended";
    const possible = this.environment.rtc && this.mediaRefusal === null;
    if (!this.call && this.welcome && possible && this.wanted && this._admitted && !ended) this._openCall(this.welcome);
  }

  /** What the next hello carries. A goodbye that still waits would come after it, and undo it. */
  async _offer() {
    if (this._isLeaving) return null;
    this._begin();
    return this.call ? this.call.offerNow() : null;
  }

  /** @param {KeptRoom} room */
  _openCall({ ice_servers, slots }) {
    this.environment.memory.keepRoom({ ice_servers, slots });
    this.call = new Call({
      iceServers: ice_servers,
      slots,
      line: this.signaling,
      onChange: () => this._changed(),
      onBytes: () => this._keepBytes(),
      start: this.startLevel,
    });
    this.call.setTracks({ audio: this.media.audio, video: this.media.video });
    void this.call.open();
  }

  /** Somebody came for whom the offer had no place. The old connection's picture stays until the new one has its first. */
  _growCall() {
    const { call } = this;
    if (!call || this.others.filter(({ present }) => present).length <= call.options.slots) return;
    call.options.slots = this.others.length;
    this.environment.memory.keepRoom({ ice_servers: call.options.iceServers, slots: call.options.slots });
    void call.open();
  }

  _closeCall() {
    this._dropCall();
    this.speaking.clear();
    this.mediaRefusal = null;
    this.media.close();
  }

  /** @param {MediaRefusal} refusal the consultation goes on as chat */
  _withoutMedia(refusal) {
    this._dropCall();
    this.mediaRefusal = refusal;
  }

  _dropCall() {
    if (!this.call) return;
    this.call.close();
    this.bytesBefore += this.call.bytes;
    this.call = null;
    this._keepBytes();
  }

  _keepBytes() {
    if (this.call && this.dataBytes - this.bytesKept < KEEP_BYTES_EVERY) return;
    this.bytesKept = this.dataBytes;
    this.environment.memory.keepBytes(this.bytesKept);
  }

  _lineChanged() {
    if (this.link === "lost") this.call?.suspect();
    if (this.link === "taken-over") {
      const wanted = this.wanted;
      this._closeCall();
      this.wanted = wanted;
    }
    this._changed();
  }

  _mediaChanged() {
    this.call?.setTracks({ audio: this.media.audio, video: this.media.video });
    this._changed();
  }

  /** The others are told what can be seen and heard of this seat, once per change. */
  _tellMedia() {
    if (!this.wanted || this.media.asking || !this._admitted || this.link === "taken-over") return;
    const { micOn: audio, cameraOn: video, problem } = this.media;
    const told = JSON.stringify([audio, video, problem]);
    if (told === this.told) return;
    this.told = told;
    this.signaling.command({ type: "set_media", audio, video, problem });
  }
}

/** 128 random bits. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
