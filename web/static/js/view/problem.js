// Help when a camera or microphone could not be used: what is missing, how to give it, and that things go on without.

import { element, icon } from "./element.js";

/** @typedef {import("../media.js").LocalMedia} LocalMedia */
/** @typedef {import("../language.js").Translate} Translate */
/** @typedef {import("../language.js").Key} Key */

/** @type {Record<string, {title: Key, text: Key | null}>} */
const WORDS = {
  denied: { title: "problemDeniedTitle", text: null },
  busy: { title: "problemBusyTitle", text: "problemBusy" },
  absent: { title: "problemAbsentTitle", text: "problemAbsent" },
  unsupported: { title: "problemUnsupportedTitle", text: "problemUnsupported" },
};

/** @type {{os: RegExp, title: Key, steps: Key[]}[]} */
const STEPS = [
  { os: /Android/, title: "howAndroid", steps: ["android1", "android2", "android3"] },
  { os: /iPhone|iPad/, title: "howIphone", steps: ["iphone1", "iphone2", "iphone3"] },
  { os: /./, title: "howComputer", steps: ["computer1", "computer2"] },
];

export class ProblemHelp {
  /**
   * @param {Translate} t
   * @param {LocalMedia} media
   * @param {string} userAgent
   */
  constructor(t, media, userAgent) {
    this.t = t;
    this.media = media;
    this.own = STEPS.find(({ os }) => os.test(userAgent)) || STEPS[2];
    this.shown = "";
    this.dismissed = "";
    this.root = element("section", { class: "problem", hidden: true, tabindex: "-1" });
  }

  update() {
    const { problem, audio, video, asking } = this.media;
    const [mic, camera] = [Boolean(audio), Boolean(video)];
    const shown = problem && !asking && !(mic && camera) ? `${problem} ${mic} ${camera}` : "";
    this.root.hidden = !shown || shown === this.dismissed;
    if (!problem || !shown || shown === this.shown) return;
    this.shown = shown;
    this.root.replaceChildren(...this._content(problem, mic, camera));
  }

  /** @param {string} problem @param {boolean} mic @param {boolean} camera */
  _content(problem, mic, camera) {
    const { t } = this;
    const { title, text } = WORDS[problem];
    const both = problem === "absent" ? "deviceBoth" : "deviceBothUse";
    const device = t(mic ? "deviceCamera" : camera ? "deviceMic" : both);
    const goesOn = t(mic ? "goesOnVoice" : camera ? "goesOnVideo" : "goesOnChat");
    return [
      element("h2", {}, icon("warning"), t(title, { device })),
      ...(text ? [element("p", {}, t(text))] : [this._steps()]),
      element("p", {}, goesOn),
      element("div", { class: "buttons" },
        element("button", { class: "secondary", type: "button", "data-testid": "media-retry", onclick: () => this.media.open() }, t("tryAgain")),
        element("button", { class: "quiet", type: "button", "data-testid": "media-go-on", onclick: () => this._dismiss() }, t("goOn"))),
    ];
  }

  _steps() {
    const { t } = this;
    return element("div", {}, element("h3", {}, t(this.own.title)),
      element("ol", {}, ...this.own.steps.map((step) => element("li", {}, t(step)))));
  }

  _dismiss() {
    this.dismissed = this.shown;
    this.root.hidden = true;
  }
}
