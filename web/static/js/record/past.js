/// <reference path="../../../record.d.ts" />
// What was before: the patient's earlier visits, and how this record came to be. Asked for only when somebody opens it,
// because every reading is noted in the audit.

import { openDialog } from "../staff/dialog.js";
import { element } from "../view/element.js";
import { LinkPicture } from "./link-picture.js";
import { contentOf } from "./field.js";
import { reading } from "./reading.js";
import { LABELS, lines, momentOf } from "./words.js";
import { refusalOf } from "./refusal.js";

/** A part that is loaded when it is opened. */
class Later {
  /** @param {Translate} t @param {Key} title @param {string} testId @param {() => Promise<Node[]>} load */
  constructor(t, title, testId, load) {
    this.t = t;
    this.load = load;
    this.body = element("div", { class: "later" });
    this.root = element("details", { class: "record-later", "data-testid": testId, ontoggle: () => this.root.open && this.fill() }, element("summary", {}, t(title)), this.body);
  }

  async fill() {
    this.body.replaceChildren(element("p", { class: "hint" }, this.t("loading")));
    try {
      this.body.replaceChildren(...(await this.load()));
    } catch (thrown) {
      const error = refusalOf(thrown);
      this.body.replaceChildren(element("p", { class: "field-error" }, error.message || this.t("recordOffline")));
    }
  }
}

export class Past {
  /** @param {Language} language @param {RecordStoreType} store */
  constructor(language, store) {
    const { t } = language;
    this.language = language;
    this.store = store;
    const earlier = new Later(t, "pastEarlier", "earlier", () => this.earlier());
    const history = new Later(t, "pastHistory", "record-history", () => this.history());
    const link = new Later(t, "pastLink", "past-link", () => this.link());
    this.picture = new LinkPicture(language);
    this.live = element("details", { class: "record-later", hidden: true, "data-testid": "live-link" }, element("summary", {}, t("liveLink")), this.picture.root);
    this.root = element("div", { class: "past" }, this.live, earlier.root, history.root, link.root);
  }

  /** The links of the call as it is; null: there is none. @param {Session | null} session */
  follow(session) {
    this.live.hidden = !session;
    if (session) this.picture.showSession(session);
  }

  async earlier() {
    const { t, lang } = this.language;
    const { consultations } = await this.store.api.get(`/patients/${this.store.view?.patient}/records`, { once: true });
    const others = consultations.filter((/** @type {{consultation: string}} */ each) => each.consultation !== this.store.consultation);
    if (!others.length) return [element("p", { class: "hint" }, t("pastNone"))];
    const items = others.map((/** @type {any} */ { consultation, at, physician_name, status }) => {
      const label = `${momentOf(at, lang)} · ${physician_name} · ${t(/** @type {Key} */ (`status_${status}`))}`;
      return element("li", {}, element("button", { type: "button", class: "quiet", onclick: () => this.openEarlier(consultation, label) }, label));
    });
    return [element("ul", { class: "past-list" }, ...items)];
  }

  /** @param {string} consultation @param {string} title */
  async openEarlier(consultation, title) {
    const view = /** @type {RecordView} */ (await this.store.api.get(`/consultations/${consultation}/record`, { once: true }));
    const content = view.versions.at(-1)?.content || contentOf(view, "");
    openDialog(this.language.t, title, [reading(content, this.language)], { wide: true, testId: "earlier-record" });
  }

  async history() {
    const { t } = this.language;
    const { changes, names } = await this.store.api.get(`${this.store.path}/history`, { once: true });
    const said = changes.filter((/** @type {any} */ change) => change.at);
    if (!said.length) return [element("p", { class: "hint" }, t("historyEmpty"))];
    return [element("ol", { class: "past-list" }, ...said.map((/** @type {any} */ change) => this.change(change, names)))];
  }

  /** @param {any} change @param {Record<string, string>} names */
  change({ type, at, by, to, field, value, reason, version }, names) {
    const { t, lang } = this.language;
    const what = field ? t(LABELS[/** @type {RecordField} */ (field)]) : "";
    const said = field ? lines(field, value, this.language).join(" / ") : reason;
    const head = t(/** @type {Key} */ (`change_${type.replace("-", "_")}`), { name: names[by] || "", to: names[to] || "", what, number: version || "" });
    return element("li", {}, element("time", { datetime: at }, momentOf(at, lang)), element("p", {}, head), said ? element("p", { class: "hint" }, said) : "");
  }

  async link() {
    const visit = /** @type {VisitView} */ (await this.store.api.get(`/consultations/${this.store.consultation}/visit`, { once: true }));
    const picture = new LinkPicture(this.language);
    picture.showVisit(visit);
    return [picture.root];
  }
}
