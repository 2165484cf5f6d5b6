// "End the consultation?": a native dialog, because ending is for everybody and cannot be taken back.

import { element, setText } from "./element.js";

export class ConfirmEnd {
  /** @param {Translate} t @param {() => void} onConfirm */
  constructor(t, onConfirm) {
    this.t = t;
    this.explain = element("p", { id: "end-explain" });
    const confirm = () => {
      this.root.close();
      onConfirm();
    };
    this.root = element("dialog", { "aria-labelledby": "end-question", "aria-describedby": "end-explain" },
      element("h2", { id: "end-question" }, t("endQuestion")), this.explain,
      element("div", { class: "buttons" },
        element("button", { class: "danger", type: "button", autofocus: true, "data-testid": "end-confirm", onclick: confirm }, t("endConfirm")),
        element("button", { class: "secondary", type: "button", "data-testid": "end-cancel", onclick: () => this.root.close() }, t("endCancel"))));
  }

  /** @param {string} name the patient's */
  open(name) {
    setText(this.explain, this.t("endExplain", { name }));
    this.root.showModal();
  }
}
