// The first thing a patient sees: who is calling, when, what will happen, and one button.

import { element, setText } from "./element.js";
import { otherName } from "./status.js";

export class Appointment {
  /** @param {Language} language @param {() => void} onJoin */
  constructor({ t, moment }, onJoin) {
    this.t = t;
    this.moment = moment;
    this.greeting = element("p", { class: "greeting" });
    this.title = element("h1", { tabindex: "-1" }, t("loading"));
    this.when = element("p", { class: "when" });
    this.stillOpen = element("p", { class: "hint", hidden: true }, t("stillOpen"));
    this.join = element("button", { class: "primary", type: "button", "data-testid": "join", disabled: true, onclick: onJoin }, t("join"));
    this.lastStep = element("li");
    this.next = element("div", { class: "next" }, element("h2", {}, t("nextTitle")),
      element("ol", { class: "steps" }, element("li", {}, t("nextStep1")), element("li", {}, t("nextStep2")), this.lastStep));
    this.root = element("section", { class: "card" }, this.greeting, this.title, this.when, this.stillOpen, this.join, this.next);
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
    this.stillOpen.hidden = !left;
    this.next.hidden = left || !session.environment.rtc;
    this.join.disabled = false;
  }
}
