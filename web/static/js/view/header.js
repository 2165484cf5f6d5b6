// The page's head: the clinic's name, and the switch to the other language.

import { element, setText, svgElement } from "./element.js";

/** A thread with one loop in it: Hilo. */
const THREAD = "M3 21c6 0 9-3 9-8s-3-6-5-4 0 6 5 6 9-3 9-10";

/** Decorative. */
export function mark() {
  const svg = svgElement("svg", { viewBox: "0 0 24 28", class: "mark", "aria-hidden": "true" });
  svg.append(svgElement("path", { d: THREAD }));
  return svg;
}

export class Header {
  /** @param {Language} language @param {() => void} onSwitch */
  constructor({ t, lang }, onSwitch) {
    this.clinic = element("span", { class: "clinic" }, "Hilo");
    const other = lang === "es" ? "en" : "es";
    const change = element("button", { class: "quiet", type: "button", lang: other, "data-testid": "language", onclick: onSwitch }, t("otherLanguage"));
    this.root = element("header", { class: "head" }, mark(), this.clinic, change);
  }

  /** @param {string} clinic */
  update(clinic) {
    if (clinic) setText(this.clinic, clinic);
  }
}
