// Help in words: a camera or microphone that could not be used, and a browser that cannot make video calls. Each says what
// is missing, how to get it, and that things go on without.

import { element, icon, setText } from "./element.js";

export const HELP_TEXTS = { es: () => import("../texts/es-help.js"), en: () => import("../texts/en-help.js") };

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
  /** @param {Translate} t @param {LocalMedia} media @param {string} userAgent */
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
        element("button", { class: "secondary", type: "button", "data-testid": "media-retry", hidden: problem === "unsupported", onclick: () => this.media.open() }, t("tryAgain")),
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

export class BrowserHelp {
  /** @param {Translate} t @param {Location} place @param {string} userAgent */
  constructor(t, place, userAgent) {
    this.t = t;
    this.place = place;
    this.copied = element("p", { class: "hint" });
    /** @type {HTMLElement[]} */
    const ways = [element("button", { class: "secondary", type: "button", "data-testid": "copy-link", onclick: () => this._copy() }, t("copyLink"))];
    if (/Android/.test(userAgent)) ways.unshift(element("a", { class: "button primary", href: chromeIntent(place) }, t("browserOpen")));
    this.root = element("section", { class: "card browser", hidden: true, "data-testid": "browser-help" },
      element("h2", {}, t("browserTitle")), element("p", {}, t("browserText")),
      ...(/iPhone|iPad/.test(userAgent) ? [element("p", {}, t("browserHowIphone"))] : []),
      element("div", { class: "buttons" }, ...ways), this.copied);
  }

  async _copy() {
    try {
      await navigator.clipboard.writeText(this.place.href);
      setText(this.copied, this.t("copied"));
    } catch {
      // In-app browsers often forbid the clipboard: then people can copy it themselves.
      this.copied.replaceChildren(element("input", { readonly: true, value: this.place.href, "aria-label": this.t("copyLink") }));
    }
  }
}

/** Android's way to leave an in-app browser. @param {Location} place */
function chromeIntent({ host, pathname, protocol }) {
  return `intent://${host}${pathname}#Intent;scheme=${protocol.slice(0, -1)};package=com.android.chrome;end`;
}
