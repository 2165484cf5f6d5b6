// After the visit: what was prescribed, as the physician signed it, and the same on paper.

const LOOK_EVERY_MS = 20_000;

export class After {
  /** @param {Language} language @param {Kit} kit @param {import("../asking.js").Asking} asking */
  constructor({ t, moment }, { element, setText }, asking) {
    this.t = t;
    this.moment = moment;
    this.element = element;
    this.setText = setText;
    this.asking = asking;
    this.shown = 0;
    this.begun = false;
    this.fate = element("p", { role: "status", "data-testid": "after-fate" }, t("afterSoon"));
    this.body = element("div", { class: "after" });
    this.root = element("section", { class: "card", "data-testid": "after", hidden: true }, element("h2", {}, t("afterTitle")), this.fate, this.body);
  }

  /** From now on, until it is there; then now and then, for an amendment. @param {boolean} seen the visit took place */
  begin(seen) {
    if (this.begun) return;
    this.begun = true;
    this.root.hidden = !seen;
    void this._look();
  }

  async _look() {
    const { ok, status, data } = await this.asking.ask("documents");
    const number = ok && data.documents[0]?.number;
    if (number) this.root.hidden = false;
    if (number && number !== this.shown) await this._fetch();
    if (!ok && status) this.setText(this.fate, data.message);
    if (status !== 401 && status !== 410) setTimeout(() => this._look(), LOOK_EVERY_MS);
  }

  async _fetch() {
    const { ok, data } = await this.asking.ask("summary");
    if (!ok) return;
    const { element, t } = this;
    this.shown = data.number;
    this.setText(this.fate, t("afterSigned", { name: data.signed_by, when: this.moment(data.signed_at) }));
    const parts = data.sections.map((/** @type {{heading: string, entries: string[][]}} */ { heading, entries }) => element("div", {}, element("h3", {}, heading),
      ...entries.map(([title, ...lines]) => element("p", {}, element("strong", {}, title), ...lines.flatMap((line, place) => (place || title ? [element("br"), line] : [line]))))));
    this.body.replaceChildren(...parts, element("button", { class: "primary", type: "button", "data-testid": "after-pdf", onclick: () => this._save() }, t("afterPdf")));
  }

  /** The link's token must not be in an address: the paper is fetched, then saved. */
  async _save() {
    try {
      const response = await this.asking.fetch(`documents/${this.shown}`);
      if (!response.ok) return this.setText(this.fate, (await response.json()).message);
      const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "") || ["", "hilo.pdf"];
      const href = URL.createObjectURL(await response.blob());
      this.element("a", { href, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    } catch {
      this.setText(this.fate, this.t("afterOffline"));
    }
  }
}
