// The waiting room: the own picture, the microphone's bar, calm words, and the chat below.

import { element, setText } from "./element.js";
import { MicMeter } from "./meter.js";
import { otherName } from "./status.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../language.js").Translate} Translate */

export class Waiting {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.meter = new MicMeter(t);
    this.calm = element("p", { class: "lead" });
    this.selfPlace = element("div", { class: "self-place" });
    this.problemPlace = element("div");
    this.chatPlace = element("div", { class: "chat-place" });
    this.chatTitle = element("h2");
    this.root = element("section", { class: "waiting", hidden: true },
      element("div", { class: "card" },
        element("h1", { tabindex: "-1" }, t("waitingTitle")), this.calm, this.problemPlace, this.selfPlace, this.meter.root,
        element("p", { class: "hint" }, t("waitingKeep"))),
      element("div", { class: "card waiting-chat" }, this.chatTitle, this.chatPlace));
  }

  /** @param {Session} session */
  update(session) {
    const name = otherName(session);
    setText(this.calm, this.t("waitingCalm", { name }));
    setText(this.chatTitle, this.t("waitingChat", { name }));
    this.selfPlace.hidden = this.meter.root.hidden = !session.media.live;
  }
}
