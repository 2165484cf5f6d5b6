// The call: stage, own picture, rung, controls. Used by patients and physicians alike.

import { Controls } from "./controls.js";
import { element, icon, setText } from "./element.js";
import { Stage } from "./stage.js";
import { rungText } from "./status.js";

/** @typedef {import("../session.js").Session} Session */
/** @typedef {import("../language.js").Translate} Translate */

export class Room {
  /**
   * @param {Translate} t
   * @param {Session} session
   * @param {{toggleChat: () => void, end?: () => void}} actions
   */
  constructor(t, session, actions) {
    this.t = t;
    this.stage = new Stage(t);
    this.controls = new Controls(t, session, actions);
    this.selfPlace = element("div", { class: "self-corner" });
    this.rung = element("span", { "data-testid": "rung" });
    this.rungChip = element("p", { class: "rung" }, this.rung);
    this.problemPlace = element("div", { class: "problem-corner" });
    this.chatPlace = element("div", { class: "chat-place" });
    const closeChat = element("button", { class: "quiet close", type: "button", "aria-label": t("closeChat"), onclick: actions.toggleChat }, icon("close"));
    this.panel = element("aside", { class: "panel", "aria-label": t("chatTitle") },
      element("div", { class: "panel-head" }, element("h2", {}, t("chatTitle")), closeChat), this.chatPlace);
    this.root = element("section", { class: "call", "data-testid": "call", "aria-label": t("callTitle"), tabindex: "-1", hidden: true },
      element("div", { class: "view" }, this.stage.root, this.rungChip, this.selfPlace, this.problemPlace),
      this.controls.root, this.panel);
  }

  /** @param {Session} session @param {boolean} chatOpen @param {number} unread */
  update(session, chatOpen, unread) {
    this.stage.update(session);
    this.controls.update(session, chatOpen, unread);
    setText(this.rung, rungText(session, this.t));
    this.rungChip.hidden = session.phase === "joining";
    this.panel.hidden = !chatOpen;
    this.root.classList.toggle("chat-open", chatOpen);
  }
}
