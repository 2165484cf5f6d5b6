// What the test of the link found, in words that blame nobody.

import { testLink } from "../link_test.js";

export class LinkLine {
  /** @param {Translate} t @param {Kit} kit @param {Session} session */
  constructor(t, { element, setText }, session) {
    this.t = t;
    this.setText = setText;
    this.session = session;
    this.begun = false;
    this.root = element("p", { class: "hint", role: "status", "data-testid": "link-test" });
  }

  /** Once, and not where data are saved. */
  async begin() {
    const { session, t } = this;
    if (this.begun || !session.mediaPossible || session.link !== "open" || session.me?.save_data) return;
    this.begun = true;
    this.setText(this.root, t("linkTesting"));
    const found = await testLink(session);
    session.startLevel = found?.down_bps ? found.level : null;
    this.setText(this.root, t(!found?.down_bps ? "linkUntried" : found.level[0] === "V" ? "linkVideo" : found.level === "A0" ? "linkWeak" : "linkVoice"));
  }
}
