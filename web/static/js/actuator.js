// Carries out what the SFU orders of one connection: what is sent, how fast and how large, and how long sound waits before
// it is played. The SFU is the only brain (DESIGN section 5); what a browser lacks is left out, and the rest still done.

/** What is sent while nobody tells us what the link carries: rung A1. @type {AudioOrder} */
export const ALONE_VOICE = { bitrate_bps: 12_000, ptime_ms: 60 };

/** @type {Orders} */
const SILENCE = { video: null, audio: null };

const NO_PICTURE_BPS = 29_500; // of REMB, where the SFU wants no picture (media/steering.py)
const MAX_JITTER_MS = 4_000; // of `jitterBufferTarget`
const SMOOTH_FROM_BPS = 100_000; // below it a picture may also become slower, not only coarser

export class Actuator {
  /** @param {Actuated} connection */
  constructor(connection) {
    this.connection = connection;
    this.epoch = 0;
    /** Nothing was ordered yet: sound as the answer says, no picture. */
    this.orders = /** @type {Partial<Orders>} */ ({ video: null });
    this.jitterMs = /** @type {number | null} */ (null);
    this.alone = false;
    this.mute = false;
    this.availableBps = /** @type {number | null} */ (null);
    this.hushed = false; // an order for less is on its way
    this.tracks = /** @type {Tracks} */ ({ audio: null, video: null });
    this.applied = { audio: "", video: "" };
    this.work = Promise.resolve();
  }

  /** @param {Adapt} adapt @returns {boolean} whether it was news */
  take(adapt) {
    if (adapt.epoch <= this.epoch) return false;
    this.epoch = adapt.epoch;
    this.hushed = false;
    this.orders = { video: adapt.video, audio: adapt.audio };
    this.jitterMs = adapt.jitter_ms;
    for (const receiver of this.connection.receivers) waitFor(receiver, receiver.track.kind === "audio" ? adapt.jitter_ms : adapt.picture_ms);
    return true;
  }

  /**
   * The SFU's word on the rate comes by UDP, and sooner than its order through a jam: 1 to 2 s when 600 kbit/s became 60.
   * @param {number | null} availableBps
   */
  sense(availableBps) {
    const before = this.availableBps;
    this.availableBps = availableBps;
    if (availableBps === null || availableBps > NO_PICTURE_BPS) this.hushed = false;
    else if (before !== null && before > 2 * NO_PICTURE_BPS && this.orders.video) this.hushed = true;
  }

  /**
   * Makes it so, once all that was begun before is done. Cheap when nothing differs: called again and again, it follows a
   * camera that turns. Resolves when the orders at the time of the call are in force.
   * @returns {Promise<void>}
   */
  apply() {
    this.work = this.work.then(() => this._apply());
    return this.work;
  }

  async _apply() {
    const { video, audio } = this.mute ? SILENCE : effective(this.orders, this.alone || this.hushed);
    const { senders, retune } = this.connection;
    await this._drive("video", senders.video, videoEncoding(video || null, this.tracks.video?.getSettings() || {}));
    await this._drive("audio", senders.audio, audio === undefined ? {} : audioEncoding(audio));
    if (audio) retune(audio, Boolean(video));
  }

  /** @param {"audio" | "video"} kind @param {RTCRtpSender} sender @param {RTCRtpEncodingParameters} encoding */
  async _drive(kind, sender, encoding) {
    const track = this.tracks[kind];
    const wanted = JSON.stringify(encoding);
    const obeyed = wanted === this.applied[kind] || (await configure(sender, encoding));
    this.applied[kind] = obeyed ? wanted : "";
    // A browser that cannot stop an encoding can still send nothing.
    const sent = obeyed || encoding.active ? track : null;
    if (sender.track !== sent) await sender.replaceTrack(sent).catch(reportUnlessClosed);
  }
}

/** @param {Partial<Orders>} orders @param {boolean} alone @returns {Partial<Orders>} */
export function effective({ video, audio }, alone) {
  if (!alone) return { video, audio };
  if (!audio) return { video: null, audio: audio === null ? null : ALONE_VOICE };
  return { video: null, audio: { ...ALONE_VOICE, bitrate_bps: Math.min(audio.bitrate_bps, ALONE_VOICE.bitrate_bps) } };
}

/**
 * @param {VideoOrder | null} order
 * @param {{width?: number, height?: number}} camera as it delivers now: upright phones deliver upright pictures
 * @returns {RTCRtpEncodingParameters}
 */
export function videoEncoding(order, { width, height }) {
  if (!order) return { active: false };
  const [long, short] = [Math.max(width || 0, height || 0), Math.min(width || 0, height || 0)];
  const scale = Math.max(1, long / Math.max(order.width, order.height), short / Math.min(order.width, order.height));
  return { active: true, maxBitrate: order.bitrate_bps, maxFramerate: order.frames_per_s, scaleResolutionDownBy: scale };
}

/** @param {AudioOrder | null} order @returns {RTCRtpEncodingParameters} */
export function audioEncoding(order) {
  return order ? { active: true, maxBitrate: order.bitrate_bps } : { active: false };
}

/**
 * As much of the encoding as the browser takes: each refused try leaves out what fewest browsers know.
 * @param {RTCRtpSender} sender
 * @param {RTCRtpEncodingParameters} encoding
 * @returns {Promise<boolean>} whether it can at least be switched on and off
 */
async function configure(sender, encoding) {
  const { active, maxBitrate, scaleResolutionDownBy } = encoding;
  for (const fields of [encoding, { active, maxBitrate, scaleResolutionDownBy }, { active, maxBitrate }, { active }]) {
    try {
      await sender.setParameters(changed(sender.getParameters(), fields));
      return true;
    } catch {
      // with less
    }
  }
  return false;
}

/** @param {RTCRtpSendParameters} parameters @param {RTCRtpEncodingParameters} fields */
function changed(parameters, fields) {
  if (!parameters.encodings?.length) parameters.encodings = [{}]; // Firefox before 110
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  Object.assign(parameters.encodings[0], Object.fromEntries(defined));
  if (fields.maxFramerate) {
    parameters.degradationPreference = (fields.maxBitrate || 0) < SMOOTH_FROM_BPS ? "balanced" : "maintain-framerate";
  }
  return parameters;
}

/** @param {RTCRtpReceiver} receiver @param {number | null} ms null: as the browser sees fit */
export function waitFor(receiver, ms) {
  const target = ms === null ? null : Math.min(ms, MAX_JITTER_MS);
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = target;
  else if ("playoutDelayHint" in receiver) Object.assign(receiver, { playoutDelayHint: target === null ? null : target / 1000 }); // Chromium before 124
}

/** @param {unknown} error */
function reportUnlessClosed(error) {
  if (!(error instanceof DOMException && error.name === "InvalidStateError")) console.error("track not sent", error);
}
