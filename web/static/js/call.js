// One seat's media session with the SFU: offers, takes answers, watches the path and heals it. Tracks go in, tracks come
// out; who is shown where is the page's business. The browser always offers (DESIGN section 4).

import { Watchdog } from "./watchdog.js";

const CHECK_EVERY_MS = 1_000;
const RETIRED_FOR_MS = 3_000; // time for the new connection's first picture
const VIDEO_ENCODING = { maxBitrate: 350_000, maxFramerate: 15 };

export class Call {
  /** @param {CallOptions} options */
  constructor(options) {
    this.options = options;
    this.pc = /** @type {RTCPeerConnection | null} */ (null);
    this.retired = /** @type {RTCPeerConnection | null} */ (null);
    this.watchdog = new Watchdog(performance.now());
    this.path = /** @type {Path} */ ("none");
    this.request = 0;
    this.unanswered = /** @type {Offer | null} */ (null);
    this.slots = /** @type {RoomSlot[]} */ ([]);
    this.tracks = /** @type {Tracks} */ ({ audio: null, video: null });
    this.closed = false;
    this.timer = setInterval(() => this._check(), CHECK_EVERY_MS);
  }

  /** A new PeerConnection and its offer. The one before stays until media flows, so that its last picture does. */
  async open() {
    this._retire();
    this.watchdog.acted(performance.now(), "reopen");
    const pc = new RTCPeerConnection({
      iceServers: this.options.iceServers,
      bundlePolicy: "max-bundle",
    });
    this.pc = pc;
    pc.onconnectionstatechange = () => this._check();
    addTransceivers(pc, this.options.slots);
    this._sendTracks();
    await this._offer(pc, false);
  }

  /** ICE restart: the same connection on a new network path. */
  async restart() {
    if (!this.pc || this.pc.signalingState !== "stable") return this.open();
    this.watchdog.acted(performance.now(), "restart");
    this.pc.restartIce();
    return this._offer(this.pc, true);
  }

  /** @param {number} request @param {string} sdp @param {RoomSlot[]} slots */
  async answered(request, sdp, slots) {
    const pc = this.pc;
    if (!pc || request !== this.unanswered?.request) return;
    this.unanswered = null;
    this.changeSlots(slots);
    try {
      await pc.setRemoteDescription({ type: "answer", sdp });
    } catch (error) {
      console.error("answer refused by the browser", error); // the watchdog offers anew
    }
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
    const seated = slots.flatMap(({ seat, audio_mid, video_mid }) =>
      seat ? [{ seat, audio: this._received(audio_mid), video: this._received(video_mid) }] : [],
    );
    this.options.onRemotes(seated);
  }

  /** What is sent from now on; null is silence or a camera that is off. No renegotiation. @param {Tracks} tracks */
  setTracks(tracks) {
    this.tracks = tracks;
    this._sendTracks();
  }

  /** The line to the server is open again: an offer that went unanswered is made again. */
  lineOpened() {
    if (this.unanswered) this.options.sendOffer(this.unanswered);
    else void this._check();
  }

  close() {
    this.closed = true;
    clearInterval(this.timer);
    this._retire();
    this._closeRetired();
  }

  /** @param {RTCPeerConnection} pc @param {boolean} restart */
  async _offer(pc, restart) {
    const offer = await pc.createOffer();
    if (pc !== this.pc) return;
    // Chromium announced that it may stop accepting changed offers: then the plain one has to do.
    await pc.setLocalDescription({ type: "offer", sdp: withAudioNack(offer.sdp || "") }).catch(() => pc.setLocalDescription(offer));
    if (pc !== this.pc || !pc.localDescription) return;
    this.request += 1;
    /** @type {Offer} */
    const message = { type: "offer", request: this.request, sdp: pc.localDescription.sdp, restart };
    this.unanswered = message;
    this.options.sendOffer(message);
  }

  _sendTracks() {
    if (!this.pc) return;
    const [audio, video] = this.pc.getTransceivers();
    void audio.sender.replaceTrack(this.tracks.audio).catch(reportUnlessClosed);
    void video.sender.replaceTrack(this.tracks.video).catch(reportUnlessClosed);
  }

  /** @param {string | null} mid */
  _received(mid) {
    const transceiver = mid !== null && this.pc?.getTransceivers().find((each) => each.mid === mid);
    return transceiver ? transceiver.receiver.track : null;
  }

  async _check() {
    const pc = this.pc;
    if (!pc) return;
    const inbound = await inboundCount(pc);
    if (pc !== this.pc) return;
    const sample = { state: pc.connectionState, inbound };
    const { path, remedy } = this.watchdog.step(performance.now(), sample, this.options.canOffer());
    if (path !== this.path) {
      this.path = path;
      if (path === "up") setTimeout(() => this.path === "up" && this._closeRetired(), RETIRED_FOR_MS);
      this.options.onPath(path);
    }
    if (remedy === "restart") void this.restart();
    if (remedy === "reopen") void this.open();
  }

  _retire() {
    const pc = this.pc;
    this.pc = null;
    this.unanswered = null;
    if (!pc) return;
    pc.onconnectionstatechange = null;
    // Of several failed ones in a row, the first holds the picture.
    if (this.retired) pc.close();
    else this.retired = pc;
  }

  _closeRetired() {
    this.retired?.close();
    this.retired = null;
  }
}

/**
 * Publish m-lines first, then the slots: their feedback differs (DESIGN section 5).
 * @param {RTCPeerConnection} pc
 * @param {number} slots
 */
function addTransceivers(pc, slots) {
  pc.addTransceiver("audio", { direction: "sendonly" });
  pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [VIDEO_ENCODING] });
  for (let slot = 0; slot < slots; slot += 1) {
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
  }
}

/**
 * A number that grows with everything that comes in: RTP and RTCP bytes, STUN answers.
 * @param {RTCPeerConnection} pc
 */
async function inboundCount(pc) {
  let count = 0;
  (await pc.getStats()).forEach((stat) => {
    if (stat.type === "transport") count += stat.bytesReceived || 0;
    if (stat.type === "candidate-pair") count += (stat.bytesReceived || 0) + (stat.responsesReceived || 0);
  });
  return count;
}

/** @param {unknown} error */
function reportUnlessClosed(error) {
  if (!(error instanceof DOMException && error.name === "InvalidStateError")) console.error("track not sent", error);
}

/**
 * Asks for retransmission of lost audio: Chromium supports it but does not offer it (20 % loss: 20 % concealed audio
 * becomes 1-2 %). RFC 4585 section 4.2.
 * @param {string} sdp
 */
export function withAudioNack(sdp) {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => (section.startsWith("m=audio") ? nackInSection(section) : section))
    .join("");
}

/** @param {string} section */
function nackInSection(section) {
  const opus = /^a=rtpmap:(\d+) opus\/48000.*\r\n/im.exec(section);
  if (!opus || new RegExp(`^a=rtcp-fb:${opus[1]} nack\r`, "m").test(section)) return section;
  return section.replace(opus[0], `${opus[0]}a=rtcp-fb:${opus[1]} nack\r\n`);
}
