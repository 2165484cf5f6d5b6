// Two soft notes when somebody comes into the waiting room.

const NOTES_HZ = [587.33, 880]; // D5, A5
const NOTE_S = 0.5;

export class Chime {
  constructor() {
    this.context = /** @type {AudioContext | null} */ (null);
    // Browsers let a page sound only after a human has touched it.
    window.addEventListener("pointerdown", () => this._ready(), { once: true });
    window.addEventListener("keydown", () => this._ready(), { once: true });
  }

  ring() {
    const { context } = this;
    if (context) NOTES_HZ.forEach((hz, place) => note(context, hz, context.currentTime + place * 0.18));
  }

  _ready() {
    if (!this.context && window.AudioContext) this.context = new AudioContext();
    void this.context?.resume().catch(() => {});
  }
}

/** @param {AudioContext} context @param {number} hz @param {number} at */
function note(context, hz, at) {
  const tone = new OscillatorNode(context, { frequency: hz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_S);
}
