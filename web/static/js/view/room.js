// The call: stage, own picture, rung, data, controls. Used by patients and physicians alike.

import { isHard, ownRider } from "../levels.js";
import { changeIcon, element, icon, setText } from "./element.js";
import { DataMeter, DataSaver, Gauge } from "./gauge.js";
import { Stage } from "./stage.js";
import { rungText } from "./status.js";

export class Room {
  /** @param {Language} language @param {Session} session @param {Outage} outage @param {RoomActions} actions */
  constructor(language, session, outage, actions) {
    const { t } = language;
    this.t = t;
    this.stage = new Stage(t);
    this.outage = outage;
    this.controls = new Controls(t, session, actions);
    this.selfPlace = element("div", { class: "self-corner" });
    this.rung = element("span", { "data-testid": "rung" });
    this.gauge = new Gauge(t);
    this.meter = new DataMeter(language);
    this.rungChip = element("p", { class: "rung" }, this.rung, this.gauge.root, this.meter.root);
    this.saver = actions.end ? null : new DataSaver(t, session);
    this.write = element("button", { class: "write", type: "button", "data-testid": "write-instead", onclick: actions.toggleChat }, icon("chat"), t("writeInstead"));
    this.problemPlace = element("div", { class: "problem-corner" });
    this.chatPlace = element("div", { class: "chat-place" });
    const closeChat = element("button", { class: "quiet close", type: "button", "aria-label": t("closeChat"), onclick: actions.toggleChat }, icon("close"));
    this.panel = element("aside", { class: "panel", "aria-label": t("chatTitle") },
      element("div", { class: "panel-head" }, element("h2", {}, t("chatTitle")), closeChat), this.chatPlace);
    this.root = element("section", { class: "call", "data-testid": "call", "aria-label": t("callTitle"), tabindex: "-1", hidden: true },
      element("h1", { class: "hidden-text" }, t("callTitle")),
      element("div", { class: "view" }, this.stage.root, this.rungChip, this.selfPlace, this.problemPlace, this.write, outage.root),
      element("div", { class: "foot" }, ...(this.saver ? [this.saver.root] : []), this.controls.root), this.panel);
  }

  /** @param {Session} session @param {boolean} chatOpen @param {number} unread */
  update(session, chatOpen, unread) {
    this.stage.update(session, this.outage.span);
    this.controls.update(session, chatOpen, unread);
    setText(this.rung, rungText(session, this.t));
    this.gauge.update(ownRider(session));
    this.meter.update(session);
    this.saver?.update(session);
    this.rungChip.hidden = session.phase !== "in-call";
    this.write.hidden = chatOpen || Boolean(this.controls.end) || !isHard(session) || session.phase !== "in-call";
    this.panel.hidden = !chatOpen;
    this.problemPlace.hidden = this.selfPlace.hidden = !session.mediaPossible;
    this.root.classList.toggle("chat-open", chatOpen);
  }

  /** Nobody is in the call any more. */
  clear() {
    this.stage.clear();
    document.documentElement.classList.remove("texting", "writing");
  }
}

/** One control: icon, short word, and a long label for those who listen. */
class Control {
  /** @param {IconName} iconName @param {string} word @param {Record<string, any>} attributes */
  constructor(iconName, word, attributes) {
    this.icon = icon(iconName);
    this.badge = element("span", { class: "badge", hidden: true }); // its number is drawn by the style: the label says it in words
    this.root = element("button", { type: "button", class: "control", ...attributes }, this.icon, element("span", {}, word), this.badge);
  }

  /** @param {IconName} iconName @param {string} label @param {boolean} off */
  show(iconName, label, off) {
    changeIcon(this.icon, iconName);
    this.root.setAttribute("aria-label", label);
    this.root.classList.toggle("off", off);
  }
}

/** The buttons: big, labelled, and saying what a press will do. */
class Controls {
  /** @param {Translate} t @param {Session} session @param {RoomActions} actions */
  constructor(t, session, { toggleChat, end }) {
    this.t = t;
    const { media } = session;
    this.mic = new Control("mic", t("mic"), {
      "data-testid": "mic-toggle",
      onclick: () => (media.audio ? media.setMic(!media.micOn) : media.open()),
    });
    this.camera = new Control("camera", t("camera"), {
      "data-testid": "camera-toggle",
      onclick: () => media.setCamera(!media.cameraOn),
    });
    this.flip = new Control("flip", t("flip"), { "data-testid": "camera-switch", "aria-label": t("flipCamera"), onclick: () => media.switchCamera() });
    this.chat = new Control("chat", t("chat"), { "data-testid": "chat-toggle", onclick: toggleChat });
    const hangUp = new Control("leave", t("hangUp"), {
      "data-testid": "hang-up",
      class: "control hang-up",
      "aria-label": t("hangUpLong"),
      onclick: () => session.hangUp(),
    });
    this.end = Boolean(end);
    const all = [this.mic, this.camera, this.flip, this.chat, hangUp].map((control) => control.root);
    this.finish = end ? new Control("end", t("endConsultation"), {
      "data-testid": "end-consultation", class: "control end", "aria-label": t("endLong"), onclick: end,
    }) : null;
    if (this.finish) all.push(this.finish.root);
    this.root = element("div", { class: "controls", role: "group", "aria-label": t("controls") }, ...all);
  }

  /** @param {Session} session @param {boolean} chatOpen @param {number} unread */
  update({ media, mediaPossible, me }, chatOpen, unread) {
    const { t } = this;
    if (this.finish) this.finish.root.hidden = Boolean(me?.handed); // it is a colleague's to end
    this.mic.show(media.micOn ? "mic" : "mic-off", t(media.micOn ? "micOff" : media.audio ? "micOn" : "micMissing"), !media.micOn);
    this.camera.show(media.cameraOn ? "camera" : "camera-off", t(media.cameraOn ? "cameraOff" : "cameraOn"), !media.cameraOn);
    this.mic.root.hidden = this.camera.root.hidden = !mediaPossible;
    this.flip.root.hidden = media.cameras < 2 || !media.cameraOn;
    const label = t(chatOpen ? "closeChat" : "openChat") + (unread ? `, ${t("unread", { count: unread })}` : "");
    this.chat.show("chat", label, false);
    this.chat.root.setAttribute("aria-expanded", String(chatOpen));
    this.chat.badge.hidden = !unread;
    this.chat.badge.dataset.count = String(unread);
  }
}
