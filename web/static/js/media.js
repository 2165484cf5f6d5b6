// The seat's own camera and microphone: asked for in steps, so that a refused camera still leaves a voice and a refused
// microphone still leaves the chat. Knows nothing of the call or of the page.

// 640x360@15 is the top rung: more would only cost an old phone heat.
const VIDEO = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15, max: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** @type {Record<string, Problem>} */
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "busy",
  AbortError: "busy",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
};

/** @param {unknown} error @returns {Problem} */
export function problemOf(error) {
  return PROBLEMS[error instanceof Error || error instanceof DOMException ? error.name : ""] || "unsupported";
}

export class LocalMedia {
  /**
   * @param {MediaDevices | undefined} devices absent in in-app browsers and on insecure origins
   * @param {() => void} onChange
   */
  constructor(devices, onChange) {
    this.devices = devices;
    this.onChange = onChange;
    this.audio = /** @type {MediaStreamTrack | null} */ (null);
    this.video = /** @type {MediaStreamTrack | null} */ (null);
    this.problem = /** @type {Problem | null} */ (null);
    this.asking = false;
    this.cameras = 0;
    this.opened = 0;
  }

  get micOn() {
    return Boolean(this.audio && this.audio.enabled);
  }

  get cameraOn() {
    return Boolean(this.video);
  }

  /** Whether something is captured or asked for. */
  get live() {
    return Boolean(this.audio || this.video || this.asking);
  }

  /** Asks for what is missing; never fails: what could not be had is told by `problem`. */
  async open() {
    const round = ++this.opened;
    this.asking = true;
    this.problem = null;
    this.onChange();
    for (const constraints of this._steps()) {
      const stream = await this._try(constraints);
      if (stream && round !== this.opened) stream.getTracks().forEach((track) => track.stop());
      if (stream || round !== this.opened) break;
    }
    if (round !== this.opened) return;
    this.asking = false;
    this.cameras = await this._countCameras();
    this.onChange();
  }

  /** @param {boolean} on */
  setMic(on) {
    if (this.audio) this.audio.enabled = on;
    this.onChange();
  }

  /** Off stops the camera itself, so that its light goes out. @param {boolean} on */
  async setCamera(on) {
    if (on) {
      this.problem = null;
      await this._try({ video: VIDEO });
    } else this._drop("video");
    this.onChange();
  }

  /** Front to back and on to the next. Android opens a second camera only after the first is closed. */
  async switchCamera() {
    const { facingMode, deviceId } = this.video ? this.video.getSettings() : /** @type {MediaTrackSettings} */ ({});
    this._drop("video");
    const next = facingMode
      ? { facingMode: facingMode === "user" ? "environment" : "user" }
      : { deviceId: { exact: await this._nextCamera(deviceId) } };
    if (!(await this._try({ video: { ...VIDEO, ...next } }))) await this._try({ video: VIDEO });
    this.onChange();
  }

  close() {
    if (!this.live) return;
    this.opened += 1;
    this.asking = false;
    this._drop("audio");
    this._drop("video");
    this.onChange();
  }

  /** @returns {MediaStreamConstraints[]} */
  _steps() {
    const [needAudio, needVideo] = [!this.audio, !this.video];
    if (!needAudio) return needVideo ? [{ video: VIDEO }] : [];
    if (!needVideo) return [{ audio: AUDIO }];
    return [{ audio: AUDIO, video: VIDEO }, { audio: AUDIO }, { video: VIDEO }];
  }

  /** @param {MediaStreamConstraints} constraints @returns {Promise<MediaStream | null>} */
  async _try(constraints) {
    const round = this.opened;
    try {
      if (!this.devices) throw new DOMException("", "NotSupportedError");
      const stream = await this.devices.getUserMedia(constraints);
      if (round === this.opened) stream.getTracks().forEach((track) => this._take(track));
      return stream;
    } catch (error) {
      // The first reason counts: after "both refused" a lone camera may fail for another one.
      if (round === this.opened) this.problem = this.problem || problemOf(error);
      return null;
    }
  }

  /** @param {MediaStreamTrack} track */
  _take(track) {
    const kind = track.kind === "audio" ? "audio" : "video";
    if (kind === "video") track.contentHint = "motion";
    this._drop(kind);
    this[kind] = track;
    track.onended = () => {
      if (this[kind] !== track) return;
      this[kind] = null;
      this.problem = "busy"; // unplugged, or another app took it
      this.onChange();
    };
  }

  /** @param {"audio" | "video"} kind */
  _drop(kind) {
    const track = this[kind];
    this[kind] = null;
    if (track) track.stop();
  }

  /** @returns {Promise<MediaDeviceInfo[]>} */
  async _listCameras() {
    const devices = this.devices ? await this.devices.enumerateDevices().catch(() => []) : [];
    return devices.filter((device) => device.kind === "videoinput");
  }

  async _countCameras() {
    return (await this._listCameras()).length;
  }

  /** @param {string | undefined} deviceId */
  async _nextCamera(deviceId) {
    const ids = (await this._listCameras()).map((device) => device.deviceId);
    return ids[(ids.indexOf(deviceId || "") + 1) % ids.length];
  }
}
