// A bar that moves with the microphone, so that people see that they can be heard.

import { element } from "./element.js";

/** @typedef {import("../language.js").Translate} Translate */

const EVERY_MS = 100;

export class MicMeter {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.bar = element("meter", { min: 0, max: 1, low: 0.05, value: 0, "aria-label": t("micLevel") });
    this.hint = element("span", { class: "hint" }, t("micLevelHint"));
    this.root = element("div", { class: "mic" }, element("span", { class: "mic-word" }, t("micLevel")), this.bar, this.hint);
    this.track = /** @type {MediaStreamTrack | null} */ (null);
    this.context = /** @type {AudioContext | null} */ (null);
    this.timer = 0;
  }

  /** @param {MediaStreamTrack | null} track null stops measuring */
  follow(track) {
    if (track === this.track) return;
    this.track = track;
    clearInterval(this.timer);
    void this.context?.close();
    this.context = null;
    this.bar.value = 0;
    this.hint.textContent = this.t(track ? "micLevelHint" : "micNone");
    if (track && window.AudioContext) this._measure(track);
  }

  /** @param {MediaStreamTrack} track */
  _measure(track) {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    this.timer = window.setInterval(() => {
      analyser.getByteTimeDomainData(samples);
      this.bar.value = loudness(samples);
    }, EVERY_MS);
  }
}

/** Root mean square of 8-bit samples on a scale where speech fills the bar. @param {Uint8Array} samples */
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + ((sample - 128) / 128) ** 2, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 4);
}
