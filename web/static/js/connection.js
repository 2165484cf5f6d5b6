// One PeerConnection with the SFU: its sections, its offers and answers one after the other, and what can be read off it.
// When to make a new one is the call's business.

import { Actuator } from "./actuator.js";
import { NOTHING, reading } from "./meter.js";
import { withAudioNack, withOtherSources, withVoice } from "./sdp.js";

/** No picture before the first order: it would starve the handshakes on a thin uplink. */
const VIDEO_ENCODING = { active: false, maxBitrate: 350_000, maxFramerate: 15 };

/** As media/negotiation.py: of H.264 the one profile that every device has. */
const CODECS = /\/(opus|vp8|rtx)$/i;
const RED = /audio\/red/i; // where we send
const H264 = /^(?=.*packetization-mode=1)(?=.*profile-level-id=42e0)/i;

export class Connection {
  /** @param {RTCConfiguration} configuration @param {number} slots @param {() => void} onState */
  constructor(configuration, slots, onState) {
    const pc = new RTCPeerConnection({ ...configuration, bundlePolicy: "max-bundle" });
    this.pc = pc;
    pc.onconnectionstatechange = onState;
    addTransceivers(pc, slots);
    const [audio, video] = pc.getTransceivers().map(({ sender }) => sender);
    const receivers = pc.getTransceivers().slice(2).map(({ receiver }) => receiver);
    this.actuator = new Actuator({ senders: { audio, video }, receivers, retune: (voice, picture) => this._retuneTo(voice, picture) });
    this.answer = "";
    this.movable = true;
    this.voice = /** @type {AudioOrder | null} */ (null); // wanted in place of what the answer says
    this.pictured = false; // before the first picture nothing of video is agreed: a browser probes with padding where it may send
    this.tuned = ""; // the answer as it was last applied
    this.turn = /** @type {Promise<any>} */ (Promise.resolve());
    this.last = NOTHING;
  }

  get stable() {
    return this.pc.signalingState === "stable";
  }

  /** @param {boolean} restart ICE anew @returns {Promise<string>} the offer, in force on our side; empty if that failed */
  offer(restart) {
    if (restart) this.pc.restartIce();
    return this._inTurn(async () => {
      await this._setOffer();
      return this.pc.localDescription?.sdp || "";
    }, "");
  }

  /**
   * Looks for a new network path with no word to the server: the SFU, ICE-lite, takes any address that knows its password.
   * The path of before stays until the new one is up. A browser that does not take it is not asked again.
   */
  move() {
    return this._inTurn(async () => {
      if (!this.answer || !this.movable) return;
      this.pc.restartIce();
      await this._setOffer();
      await this._setAnswer().catch(async (error) => {
        this.movable = false;
        await this.pc.setLocalDescription({ type: "rollback" });
        console.info("path not moved", error);
      });
    }, undefined);
  }

  /** @param {string} sdp */
  answered(sdp) {
    return this._inTurn(() => {
      this.answer = sdp;
      return this._setAnswer();
    }, undefined);
  }

  /** @param {Tracks} tracks */
  send(tracks) {
    this.actuator.tracks = tracks;
    return this.actuator.apply();
  }

  /** @param {string | null} mid */
  receiver(mid) {
    const transceiver = mid !== null && this.pc.getTransceivers().find((each) => each.mid === mid);
    return transceiver ? transceiver.receiver : null;
  }

  /** @returns {Promise<Reading>} */
  async read() {
    this.last = reading(await this.pc.getStats());
    return this.last;
  }

  /**
   * Throws away sound that waits to be played: a source that goes and comes back gets a new, empty jitter buffer. Measured with
   * Chromium 156 after a jam: 2.8 s become 0.1 s for a quarter of a second of silence; no other setting does it in under 20 s.
   * @param {string[]} mids
   */
  flush(mids) {
    return this._inTurn(async () => {
      if (!this.answer || !this.stable) return;
      const sdp = this._tunedAnswer();
      for (const each of [withOtherSources(sdp, mids), sdp]) {
        await this._setOffer();
        await this.pc.setRemoteDescription({ type: "answer", sdp: each });
      }
    }, undefined);
  }

  close() {
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  /**
   * A change of the packets' length is a change of the answer: applied again from here, with no word to the server. Chromium,
   * Firefox: within the next packet.
   * @param {AudioOrder} voice
   * @param {boolean} picture
   */
  _retuneTo(voice, picture) {
    this.voice = voice;
    this.pictured ||= picture;
    void this._inTurn(async () => {
      if (!this.answer || !this.stable || this._tunedAnswer() === this.tuned) return;
      try {
        await this._setOffer();
        await this._setAnswer();
      } catch (error) {
        this.tuned = this._tunedAnswer(); // not again: the voice goes on as it was
        await this.pc.setLocalDescription({ type: "rollback" });
        throw error;
      }
    }, undefined);
  }

  _tunedAnswer() {
    const sdp = this.voice ? withVoice(this.answer, this.voice) : this.answer;
    return this.pictured ? sdp : sdp.replace(/(a=recvonly[^]*?)a=recvonly/, "$1a=inactive");
  }

  async _setOffer() {
    const offer = await this.pc.createOffer();
    // Chromium announced that it may stop accepting changed offers: then the plain one has to do.
    await this.pc.setLocalDescription({ type: "offer", sdp: withAudioNack(offer.sdp || "") }).catch(() => this.pc.setLocalDescription(offer));
  }

  async _setAnswer() {
    const sdp = this._tunedAnswer();
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    this.tuned = sdp;
  }

  /**
   * Descriptions are set one after the other; what fails is told and leaves the way free.
   * @template T
   * @param {() => Promise<T>} work
   * @param {T} otherwise
   * @returns {Promise<T>}
   */
  _inTurn(work, otherwise) {
    this.turn = this.turn.then(work).catch((error) => {
      if (this.pc.signalingState !== "closed") console.error("description refused by the browser", error);
      return otherwise;
    });
    return this.turn;
  }
}

/**
 * When the newest picture of a receiver was to be shown: differs with every frame. A call without a cost, unlike statistics.
 * @param {RTCRtpReceiver | null} receiver
 * @returns {number | null} null where the browser does not tell it
 */
export function frameMark(receiver) {
  const [source] = receiver?.getSynchronizationSources?.() || [];
  return source?.rtpTimestamp ?? null;
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
  pc.getTransceivers().forEach(nameCodecs);
}

/**
 * Only those that the SFU takes: half of the offer, which counts over 2G.
 * @param {RTCRtpTransceiver} transceiver
 * @param {number} index
 */
function nameCodecs(transceiver, index) {
  const codecs = RTCRtpReceiver.getCapabilities?.(transceiver.receiver.track.kind)?.codecs || [];
  const taken = codecs.filter(({ mimeType, sdpFmtpLine = "" }) => CODECS.test(mimeType) || (!index && RED.test(mimeType)) || H264.test(sdpFmtpLine));
  try {
    if (taken.length) transceiver.setCodecPreferences(taken);
  } catch {
    // the whole list does as well
  }
}
