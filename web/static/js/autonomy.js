// What a page decides for itself when nobody can tell it: a link that seems dead must not be flooded with video. Pure: time
// comes in.

export const SILENT_MS = 2_000;
export const MUTE_MS = 3_000; // where not even words get through, our own voice may be what they drown in
export const UNHEARD_MS = 3_000;
const PROMPT_MS = 1_000; // a check that is answered so soon was in no queue
const UNANSWERED_MS = 400;
const UNCHECKED_MS = 1_500; // libwebrtc checks at least every 2.5 s
const UNHEARD_CHECKS = 4; // at 15 % loss each way one check in four goes unanswered: three in a row mean nothing
const DOUBT_MS = 1_500;
const OBEY_MS = 3_000; // an order was made by somebody who may know better
const RETURN_MS = 2_000; // the SFU orders anew after an outage: the rung of before may be far too high

export class Autonomy {
  /** @param {number} nowMs */
  constructor(nowMs) {
    this.inbound = 0;
    this.requests = 0;
    this.responses = 0;
    this.heardAtMs = nowMs;
    this.sound = 0;
    this.soundAtMs = nowMs;
    this.promptAtMs = -Infinity; // the last check that was answered soon
    this.askedAtMs = Infinity; // the first check since anything showed that we are heard
    this.asked = 0;
    this.obeysUntilMs = nowMs;
    this.returnsAtMs = -Infinity;
    this.alone = this.unheard = this.mute = false;
  }

  /**
   * @param {number} nowMs
   * @param {Echo} echo
   * @returns {{alone: boolean, unheard: boolean, doubt: boolean, mute: boolean}} whether to send little; whether our uplink is
   *   dead while something may still come in; whether to ask the server for a sign of life; whether to send nothing, because
   *   the SFU is there, but sends no sound, the server's orders do not come through, and the link may be why: checks are not
   *   answered soon
   */
  step(nowMs, { inbound, sound, requests, responses, rttMs, serverAtMs, answeredAtMs }) {
    if (inbound !== this.inbound) this.heardAtMs = nowMs;
    this.inbound = inbound;
    if (sound !== this.sound) this.soundAtMs = nowMs;
    this.sound = sound;
    if (responses !== this.responses && rttMs !== null && rttMs < PROMPT_MS) this.promptAtMs = nowMs;
    this._listen(nowMs, requests, responses, answeredAtMs);
    const silent = nowMs - Math.max(this.heardAtMs, serverAtMs) > SILENT_MS;
    this.unheard = nowMs - this.askedAtMs > UNHEARD_MS && this.asked >= UNHEARD_CHECKS;
    const cut = silent || this.unheard;
    if (cut) this.returnsAtMs = nowMs + RETURN_MS;
    if (cut && nowMs > this.obeysUntilMs) this.alone = true;
    if (!cut && nowMs > this.returnsAtMs) this.alone = false;
    this.mute = nowMs - this.heardAtMs < SILENT_MS && this._drowns(nowMs, Math.max(this.soundAtMs, serverAtMs));
    return { alone: this.alone, unheard: this.unheard, doubt: nowMs - this.askedAtMs > DOUBT_MS, mute: this.mute };
  }

  /**
   * Whether words and sound stay away because of what we send. A server that died is another matter: then checks are
   * answered as soon as ever. Once silent, that tells nothing.
   * @param {number} nowMs
   * @param {number} hushAtMs
   */
  _drowns(nowMs, hushAtMs) {
    const hushMs = nowMs - hushAtMs;
    if (hushMs <= MUTE_MS || this.mute) return hushMs > MUTE_MS;
    return this.promptAtMs < hushAtMs + PROMPT_MS && (nowMs - this.askedAtMs > UNANSWERED_MS || hushMs > MUTE_MS + UNCHECKED_MS);
  }

  /** A newer order came. @param {number} nowMs */
  ordered(nowMs) {
    this.alone = false;
    this.obeysUntilMs = nowMs + OBEY_MS;
  }

  /** A new connection counts from 0. @param {number} nowMs */
  reopened(nowMs) {
    this.inbound = this.sound = this.requests = this.responses = 0;
    this.heardAtMs = this.soundAtMs = nowMs;
    this._heard();
  }

  /** @param {number} nowMs @param {number} requests @param {number} responses @param {number} answeredAtMs */
  _listen(nowMs, requests, responses, answeredAtMs) {
    if (responses !== this.responses || answeredAtMs > this.askedAtMs) this._heard();
    else if (requests > this.requests) {
      this.askedAtMs = Math.min(this.askedAtMs, nowMs);
      this.asked += requests - this.requests;
    }
    this.requests = requests;
    this.responses = responses;
  }

  _heard() {
    this.askedAtMs = Infinity;
    this.asked = 0;
  }
}
