// The way in, before the call: the appointment and its one button, the consent, the waiting room with the own picture, the
// microphone's bar and calm words.

import { element, setText } from "./element.js";
import { DataSaver } from "./gauge.js";
import { otherName } from "./status.js";

const METER_EVERY_MS = 100;

/** The first thing a patient sees: who is calling, when, what will happen. */
export class Appointment {
  /** @param {Language} language @param {() => void} onJoin */
  constructor({ t, moment }, onJoin) {
    this.t = t;
    this.moment = moment;
    this.greeting = element("p", { class: "greeting" });
    this.title = element("h1", { tabindex: "-1" }, t("loading"));
    this.when = element("p", { class: "when" });
    this.stillOpen = element("p", { class: "hint", hidden: true }, t("stillOpen"));
    this.join = element("button", { class: "primary", type: "button", "data-testid": "join", disabled: true, onclick: onJoin }, t("join"));
    this.lastStep = element("li");
    this.next = element("div", { class: "next" }, element("h2", {}, t("nextTitle")),
      element("ol", { class: "steps" }, element("li", {}, t("nextStep1")), element("li", {}, t("nextStep2")), this.lastStep));
    this.root = element("section", { class: "card" }, this.greeting, this.title, this.when, this.stillOpen, this.join, this.next);
  }

  /** @param {Session} session @param {boolean} left the human was in and hung up */
  update(session, left) {
    const { consultation } = session.state;
    if (!consultation) return;
    const name = otherName(session);
    setText(this.greeting, this.t("hello", { name: session.me?.name || "" }));
    setText(this.title, this.t("appointmentWith", { name }));
    setText(this.when, this.moment(consultation.starts_at));
    setText(this.lastStep, this.t("nextStep3", { name }));
    setText(this.join, this.t(left ? "comeBack" : session.environment.rtc ? "join" : "chatOnly"));
    this.stillOpen.hidden = !left;
    this.next.hidden = left || !session.environment.rtc;
    this.join.disabled = false;
  }
}

/** The text that a patient agrees to before entering, shown exactly as the server sent it, and the proof of what was shown. */
export class Consent {
  /** @param {Translate} t @param {{accept: () => void, later: () => void}} actions */
  constructor(t, { accept, later }) {
    this.shown = "";
    this.digest = "";
    this.text = element("div", { class: "consent-text", lang: "", tabindex: "0", role: "region", "aria-label": t("consentTitle") });
    this.root = element("section", { class: "card consent", hidden: true },
      element("h1", { tabindex: "-1" }, t("consentTitle")), element("p", { class: "lead" }, t("consentLead")), this.text,
      element("div", { class: "buttons" },
        element("button", { class: "primary", type: "button", "data-testid": "consent-accept", onclick: accept }, t("consentAccept")),
        element("button", { class: "quiet", type: "button", "data-testid": "consent-later", onclick: later }, t("consentLater"))));
  }

  /** @param {ConsentText} consent */
  update({ sha256, lang, paragraphs }) {
    if (this.shown === sha256) return;
    this.shown = sha256;
    this.text.lang = lang;
    this.text.replaceChildren(...paragraphs.map((paragraph) => element("p", {}, paragraph)));
    this.digest = sha256;
    void this._digestShown();
  }

  /** Of what stands on the screen, not of what was meant to. Only secure origins can compute it. */
  async _digestShown() {
    if (!window.crypto.subtle) return;
    const text = [...this.text.children].map((paragraph) => paragraph.textContent).join("\n\n");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    this.digest = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** The waiting room, with the chat below. */
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
