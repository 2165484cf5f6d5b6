// The text that a patient agrees to before entering, shown exactly as the server sent it, and the proof of what was shown.

import { element } from "./element.js";

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
