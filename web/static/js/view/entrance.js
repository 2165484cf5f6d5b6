// The way in, before the call: the appointment and its one button, the consent, the waiting room with the own picture, the
// microphone's bar and calm words.

import { later } from "../page.js";
import { element, setText } from "./element.js";
import { DataSaver } from "./gauge.js";
import { otherName } from "./status.js";

const METER_EVERY_MS = 100;

/** The first thing a patient sees: who is calling, when, what will happen. */
export class Appointment {
  /** @param {Language} language @param {Session} session @param {() => void} onJoin */
  constructor({ t, moment }, session, onJoin) {
    this.t = t;
    this.moment = moment;
    this.greeting = element("p", { class: "greeting" });
    this.title = element("h1", { tabindex: "-1" }, t("loading"));
    this.when = element("p", { class: "when" });
    this.stillOpen = element("p", { class: "hint", hidden: true });
    this.join = element("button", { class: "primary", type: "button", "data-testid": "join", disabled: true, onclick: onJoin }, t("join"));
    this.lastStep = element("li");
    this.next = element("div", { class: "next" }, element("h2", {}, t("nextTitle")),
      element("ol", { class: "steps" }, element("li", {}, t("nextStep1")), element("li", {}, t("nextStep2")), this.lastStep));
    this.withdraw = withdrawButton(t, session);
    this.root = element("section", { class: "card" }, this.greeting, this.title, this.when, this.stillOpen, this.join, this.next, this.withdraw);
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
    const withdrawn = session.consent?.why === "withdrawn";
    this.stillOpen.hidden = !left && !withdrawn;
    setText(this.stillOpen, this.t(withdrawn ? "withdrawn" : "stillOpen"));
    this.withdraw.hidden = !session.me?.consented || Boolean(session.consent);
    this.next.hidden = left || !session.environment.rtc;
    this.join.disabled = false;
  }
}

/** @type {Partial<Record<ConsentText["why"] | ConsentText["by"], Key>>} */
const LEADS = { "new-text": "consentNew", withdrawn: "consentAgain", guardian: "consentGuardian" };

/** What must be accepted before entering, shown exactly as the server sent it, and the proof of what was shown. */
export class Consent {
  /** @param {Language} language @param {{accept: (given: ConsentGiven) => void, later: () => void}} actions */
  constructor(language, { accept, later }) {
    const { t } = language;
    this.language = language;
    this.text = /** @type {ConsentText | null} */ (null);
    this.digest = "";
    this.words = /** @type {HTMLElement[]} */ ([]);
    this.lead = element("p", { class: "lead" });
    this.needed = element("div", { class: "consent-text" });
    this.optional = element("div", { class: "consent-text" });
    this.guardian = /** @type {import("./guardian.js").GuardianForm | null} */ (null);
    this.guardianPlace = element("div");
    this.denied = element("p", { class: "problem", hidden: true });
    this.root = element("form", { class: "card consent", hidden: true, onsubmit: (/** @type {Event} */ event) => this._submit(event, accept) },
      element("h1", { tabindex: "-1" }, t("consentTitle")), this.lead,
      element("div", { class: "consent-text", tabindex: "0", role: "region", "aria-label": t("consentTitle") }, this.needed,
        element("h2", {}, t("consentOptional")), this.optional),
      this.guardianPlace, this.denied,
      element("div", { class: "buttons" },
        element("button", { class: "primary", "data-testid": "consent-accept" }, t("consentAccept")),
        element("button", { class: "quiet", type: "button", "data-testid": "consent-later", onclick: later }, t("consentLater"))));
  }

  /** @param {Session} session */
  update({ consent, denied }) {
    this.denied.hidden = !denied;
    setText(this.denied, denied);
    if (!consent || this.text?.sha256 === consent.sha256) return;
    const { t } = this.language;
    this.text = consent;
    this.digest = consent.sha256;
    setText(this.lead, t(LEADS[consent.why] || LEADS[consent.by] || "consentLead"));
    this.root.lang = consent.lang;
    this.words = consent.items.map(({ text }) => element("span", {}, text));
    const shown = consent.items.map(({ id, optional }, place) => optional
      ? element("label", { class: "choice" }, element("input", { type: "checkbox", name: id }), this.words[place])
      : element("p", {}, this.words[place]));
    this.needed.replaceChildren(...shown.filter((_, place) => !consent.items[place].optional));
    this.optional.replaceChildren(...shown.filter((_, place) => consent.items[place].optional));
    /** @type {HTMLElement} */ (this.optional.previousSibling).hidden = !this.optional.firstChild;
    void this._digestShown(consent);
    if (consent.by === "guardian") void this._askGuardian();
  }

  async _askGuardian() {
    this.guardian ||= await later(async () => (await import("./guardian.js")).GuardianForm.make(this.language, element));
    this.guardianPlace.replaceChildren(this.guardian.root);
  }

  /** @param {Event} event @param {(given: ConsentGiven) => void} accept */
  _submit(event, accept) {
    event.preventDefault();
    if (this.text?.by !== "guardian" || this.guardian) accept(this._given());
  }

  /** @returns {ConsentGiven} */
  _given() {
    const ids = this.text?.items.map(({ id }) => id) || [];
    const declined = [...this.optional.querySelectorAll("input")].filter(({ checked }) => !checked).map(({ name }) => name);
    return { sha256: this.digest, accepted: ids.filter((id) => !declined.includes(id)), declined, guardian: this.guardian && this.guardian.value };
  }

  /** Of what stands on the screen, not of what was meant to. Only secure origins can compute it. @param {ConsentText} consent */
  async _digestShown({ items, lang, version }) {
    if (!window.crypto.subtle) return;
    const shown = items.map(({ id, optional }, place) => ({ id, optional, text: (this.words[place].textContent || "").normalize() }));
    const text = JSON.stringify({ items: shown, language: lang, version: Number(version) });
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    this.digest = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** The way back out of a consent. @param {Translate} t @param {Session} session */
function withdrawButton(t, session) {
  const withdraw = () => confirm(t("withdrawSure")) && session.withdrawConsent();
  return element("button", { class: "quiet", type: "button", "data-testid": "withdraw", onclick: withdraw }, t("withdraw"));
}

/** The waiting room, with the chat below. */
export class Waiting {
  /** @param {Language} language @param {Session} session @param {import("./chime.js").Chime} chime */
  constructor({ t, time }, session, chime) {
    this.t = t;
    this.sound = new SoundTest(t, chime);
    this.meter = new MicMeter(t);
    this.saver = new DataSaver(t, session);
    this.time = time;
    this.calm = element("p", { class: "lead" });
    this.line = element("p", { class: "line", "data-testid": "line", role: "status" });
    this.told = element("div", { class: "told", role: "log" });
    this.selfPlace = element("div", { class: "self-place" });
    this.problemPlace = element("div");
    this.chatPlace = element("div", { class: "chat-place" });
    this.chatTitle = element("h2");
    this.root = element("section", { class: "waiting", hidden: true },
      element("div", { class: "card" },
        element("h1", { tabindex: "-1" }, t("waitingTitle")), this.calm, this.line, this.told, this.problemPlace, this.selfPlace, this.meter.root, this.sound.root, this.saver.root,
        element("p", { class: "hint" }, t("waitingKeep")), withdrawButton(t, session)),
      element("div", { class: "card waiting-chat" }, this.chatTitle, this.chatPlace));
  }

  /** @param {Session} session */
  update(session) {
    const name = otherName(session);
    setText(this.calm, this.t("waitingCalm", { name }));
    this._showLine(session.queued, name);
    setText(this.chatTitle, this.t("waitingChat", { name }));
    this.saver.update(session);
    this.selfPlace.hidden = this.meter.root.hidden = !session.media.live;
  }

  /** @param {WaitingRoom | null} room @param {string} name */
  _showLine(room, name) {
    this.line.hidden = this.told.hidden = !room;
    if (!room) return;
    const { t, time } = this;
    const { place, wait, late, messages } = room;
    const said = [place > 1 ? t(place > 2 ? "lineBefore" : "lineOne", { count: place - 1 }) : t("lineNext")];
    if (wait) said.push(t(wait.at_least_min < wait.at_most_min ? "lineWait" : "lineAbout", { least: wait.at_least_min, most: wait.at_most_min }));
    if (late?.back_at) said.push(t("lineBack", { name, time: time(Date.parse(late.back_at)) }));
    else if (late) said.push(t(late.physician_here ? "lineLate" : "lineAway", { name, minutes: late.minutes }));
    setText(this.line, said.join(" "));
    const words = messages.join("\n");
    if (this.told.dataset.words === words) return;
    this.told.dataset.words = words;
    this.told.replaceChildren(...messages.map((message) => element("p", {}, message)));
  }
}

/** Whether the human hears this phone. */
class SoundTest {
  /** @param {Translate} t @param {import("./chime.js").Chime} chime */
  constructor(t, chime) {
    this.words = element("span", { role: "status" }, t("soundLead"));
    const say = (/** @type {Key} */ key) => () => {
      setText(this.words, t(key));
      this.answers.hidden = key !== "soundAsk";
    };
    const button = (/** @type {Key} */ key, /** @type {() => void} */ onclick) => element("button", { class: "secondary", type: "button", "data-testid": key, onclick }, t(key));
    this.answers = element("span", { class: "buttons", hidden: true }, button("soundYes", say("soundGood")), button("soundNo", say("soundHelp")));
    const play = () => {
      chime.ring();
      say("soundAsk")();
    };
    this.root = element("div", { class: "sound" }, button("soundPlay", play), this.words, this.answers);
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
