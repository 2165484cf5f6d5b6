// The waiting room: the own picture, the microphone's bar, calm words, and the chat below.

import { element, setText } from "./element.js";
import { DataSaver } from "./gauge.js";
import { otherName } from "./status.js";

const METER_EVERY_MS = 100;

export class Waiting {
  /** @param {Translate} t @param {Session} session */
  constructor(t, session) {
    this.t = t;
    this.meter = new MicMeter(t);
    this.saver = new DataSaver(t, session);
    this.calm = element("p", { class: "lead" });
    this.selfPlace = element("div", { class: "self-place" });
    this.problemPlace = element("div");
    this.chatPlace = element("div", { class: "chat-place" });
    this.chatTitle = element("h2");
    this.root = element("section", { class: "waiting", hidden: true },
      element("div", { class: "card" },
        element("h1", { tabindex: "-1" }, t("waitingTitle")), this.calm, this.problemPlace, this.selfPlace, this.meter.root, this.saver.root,
        element("p", { class: "hint" }, t("waitingKeep"))),
      element("div", { class: "card waiting-chat" }, this.chatTitle, this.chatPlace));
  }

  /** @param {Session} session */
  update(session) {
    const name = otherName(session);
    setText(this.calm, this.t("waitingCalm", { name }));
    setText(this.chatTitle, this.t("waitingChat", { name }));
    this.saver.update(session);
    this.selfPlace.hidden = this.meter.root.hidden = !session.media.live;
  }
}

/** A bar that moves with the microphone, so that people see that they can be heard. */
class MicMeter {
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
    }, METER_EVERY_MS);
  }
}

/** Root mean square of 8-bit samples on a scale where speech fills the bar. @param {Uint8Array} samples */
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + ((sample - 128) / 128) ** 2, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 4);
}
