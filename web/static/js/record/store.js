/// <reference path="../../../record.d.ts" />
// The record of one consultation as one page has it: what is typed goes into the browser at once and to the server within two
// seconds. A save names the text that it was made from, so that whatever another device wrote meanwhile stays beside it.

import { ApiError, freshId } from "../staff/api.js";
import { FIELDS, baseOf, emptyOf, same, shownHead, troubleOf } from "./field.js";
import { refusalOf } from "./refusal.js";

const SAVE_AFTER_MS = 1_000; // of the first letter that is not sent, however long the typing goes on
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000];
const LATE_MS = 4_000; // an answer that takes longer: the page says that it waits
const LOOK_MS = 10_000; // for what other devices wrote
const PASSING = new Set([0, 408, 429, 502, 503, 504]);

export class RecordStore {
  /** @param {RecordStoreOptions} options */
  constructor({ api, keeper, member, consultation, onChange, newId = freshId, now = Date.now }, client = newId()) {
    this.api = api;
    this.keeper = keeper;
    this.member = member;
    this.consultation = consultation;
    this.onChange = onChange;
    this.newId = newId;
    this.now = now;
    this.client = client;
    this.path = `/consultations/${consultation}/record`;
    this.view = /** @type {RecordView | null} */ (null);
    this.edits = /** @type {Partial<Record<RecordField, RecordEdit>>} */ ({});
    this.orphans = /** @type {OrphanEdit[]} */ ([]);
    this.refused = /** @type {Partial<Record<RecordField, string>>} */ ({});
    this.counts = /** @type {Partial<Record<RecordField, number>>} */ ({});
    this.loaded = false; // nothing is sent before it is known what the server has
    this.problem = /** @type {ApiError | null} */ (null); // the record cannot be opened
    this.flight = /** @type {Promise<void> | null} */ (null);
    this.timer = /** @type {Timer | undefined} */ (undefined);
    this.looking = /** @type {Timer | undefined} */ (undefined);
    this.fails = 0;
    this.late = false;
    this.keeps = true; // whether the browser could keep the last change
    this.keeping = /** @type {Promise<void> | null} */ (null);
    this.dirty = false;
    this.savedAtMs = 0;
    this.closed = false;
  }

  /** Shows what the browser has, then what the server has. */
  async open() {
    await this.restore();
    this.onChange();
    await this.load();
  }

  /** What is typed stays in the browser; a page that opens the record later sends it. */
  async close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.looking);
    await this.keeping;
    this.keeper.close?.();
  }

  /** @returns {RecordState} */
  get state() {
    if (!this.view) return "loading";
    if (Object.keys(this.refused).length || this.tooLong) return "refused";
    if (!this.pending) return "saved";
    if (!this.keeps) return this.fails || this.late ? "unkept" : "saving";
    return this.fails || this.late ? "kept" : "saving";
  }

  get pending() {
    return Object.keys(this.edits).length > 0 || this.orphans.length > 0;
  }

  /** The first field that is too large to be sent. @returns {RecordField | undefined} */
  get tooLong() {
    return FIELDS.find((field) => this.edits[field] && troubleOf(this.edits[field]?.value));
  }

  /** Only who treats or treated writes. */
  get mayWrite() {
    return Boolean(this.view?.physicians.some(({ id }) => id === this.member));
  }

  /** Who treats now closes and signs. */
  get treats() {
    return this.view?.physicians.at(-1)?.id === this.member;
  }

  /** What the field shows here. @param {RecordField} field @returns {RecordValue} */
  value(field) {
    return this.edits[field] ? this.edits[field]?.value : (this.head(field)?.value ?? emptyOf(field));
  }

  /** Texts of the field from other pages, which nobody has chosen from yet. @param {RecordField} field @returns {RecordText[]} */
  beside(field) {
    const heads = this.heads(field);
    const edit = this.edits[field];
    const own = edit ? heads.find(({ revision }) => revision === edit.base) : this.head(field);
    const others = heads.filter((head) => head !== own);
    return edit ? others.filter((head) => !same(head.value, edit.value)) : others;
  }

  /** @param {RecordField} field */
  heads(field) {
    return this.view?.fields[field] || [];
  }

  /** @param {RecordField} field */
  head(field) {
    return shownHead(this.heads(field), this.client);
  }

  /** The field as it stands on the page now. @param {RecordField} field @param {RecordValue} value */
  write(field, value) {
    const edit = this.edits[field];
    if (!edit && same(value, this.value(field))) return;
    this.edits[field] = edit ? { ...edit, value } : { value, base: this.head(field)?.revision ?? 0, clients: [this.client] };
    delete this.refused[field];
    this.keep();
    this.saveSoon(SAVE_AFTER_MS);
    this.onChange();
  }

  /** Settles a conflict with a text that was made out of what is shown. @param {RecordField} field @param {RecordValue} value */
  async choose(field, value) {
    const seen = new Set(this.heads(field).map(({ revision }) => revision));
    await this.flight;
    for (const head of this.heads(field)) if (head.client === this.client) seen.add(head.revision);
    const body = { field, value, seen: [...seen], client: this.client, edit: this.count(field) };
    const view = await this.api.post(`${this.path}/choice`, body, { once: true });
    delete this.edits[field];
    delete this.refused[field];
    this.savedAtMs = this.now();
    this.take(view);
  }

  /** Complete, interrupt, sign, amend: after all that is typed is at the server. @param {string} act @param {object} [body] */
  async act(act, body) {
    await this.settle();
    this.take(await this.api.post(`${this.path}/${act}`, body, { once: true }));
  }

  /** Everything that is typed is at the server when this resolves. Rejects with an ApiError where it cannot be. */
  async settle() {
    if (!this.loaded) throw new ApiError(0, { code: "offline", message: "" });
    while (this.flight || this.sendable) {
      await (this.flight || this.send());
      if (this.fails) throw new ApiError(0, { code: "offline", message: "" });
    }
    if (this.pending) throw new ApiError(422, { code: "unsaved", message: Object.values(this.refused)[0] || "" });
  }

  /** The network is back, or somebody looks at the page again. */
  wake() {
    if (this.closed) return;
    if (this.loaded && this.sendable) this.saveSoon(0);
    else if (!this.flight) void this.look();
  }

  // --- from the server

  async load() {
    try {
      const view = await this.api.post(this.path, undefined, { once: true });
      this.fails = 0;
      this.loaded = true;
      this.problem = null;
      this.take(view);
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (!PASSING.has(error.status)) return this.fail(error);
      this.fails += 1;
      this.lookSoon(this.pauseMs());
      return this.onChange();
    }
    if (this.sendable) this.saveSoon(0);
    this.lookSoon(LOOK_MS);
  }

  /** @param {ApiError} problem */
  fail(problem) {
    this.problem = problem;
    this.onChange();
  }

  /** What the server has now. @param {RecordView} view */
  take(view) {
    if (this.view && view.revision < this.view.revision) return; // answers may overtake each other
    this.view = view;
    for (const field of FIELDS) this.rebase(field, view.fields[field]);
    this.keep();
    this.onChange();
  }

  /** An edit is over where the server has it and nothing else. @param {RecordField} field @param {RecordText[]} heads */
  rebase(field, heads) {
    const edit = this.edits[field];
    if (!edit) return;
    edit.base = baseOf(heads, edit.base, edit.clients);
    const own = heads.length === 1 ? heads[0] : heads.find(({ revision }) => revision === edit.base);
    if (own ? same(own.value, edit.value) : same(emptyOf(field), edit.value) && !heads.length) delete this.edits[field];
  }

  lookSoon(ms = LOOK_MS) {
    clearTimeout(this.looking);
    if (!this.closed) this.looking = setTimeout(() => void this.look(), ms);
  }

  /** Whether another device wrote: asked without texts, so that nobody's reading is noted who does not read. */
  async look() {
    if (!this.loaded) return this.load();
    try {
      const { revision } = await this.api.get(`${this.path}/status`, { once: true });
      if (revision !== this.view?.revision && !this.flight) this.take(await this.api.get(this.path, { once: true }));
    } catch (thrown) {
      refusalOf(thrown);
    }
    this.lookSoon();
  }

  // --- to the server

  get sendable() {
    return this.orphans.length > 0 || this.next !== undefined;
  }

  /** @returns {RecordField | undefined} */
  get next() {
    return FIELDS.find((field) => this.edits[field] && !this.refused[field] && !troubleOf(this.edits[field]?.value));
  }

  /** @param {RecordField} field */
  count(field) {
    return (this.counts[field] = (this.counts[field] || 0) + 1);
  }

  /** @param {number} ms */
  saveSoon(ms) {
    if (this.closed || this.flight || !this.loaded) return;
    if (this.timer && ms) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.flight && this.loaded) void this.send();
    }, ms);
  }

  /** One save; the next one when it is answered. */
  send() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const late = setTimeout(() => this.isLate(true), LATE_MS);
    this.flight = (this.orphans.length ? this.sendOrphan(this.orphans[0]) : this.sendEdit()).finally(() => {
      clearTimeout(late);
      this.flight = null;
      this.isLate(false);
      if (this.sendable) this.saveSoon(this.fails ? this.pauseMs() : this.several ? 0 : SAVE_AFTER_MS);
    });
    return this.flight;
  }

  /** Something else waits, whose time has come already. */
  get several() {
    return this.orphans.length > 0 || Object.keys(this.edits).length > 1;
  }

  /** @param {boolean} late */
  isLate(late) {
    if (this.late === late) return;
    this.late = late;
    this.onChange();
  }

  async sendEdit() {
    const field = this.next;
    if (!field) return;
    const { value, base } = /** @type {RecordEdit} */ (this.edits[field]);
    const view = await this.post(field, value, base, this.client, this.count(field));
    if (!view) return;
    const edit = this.edits[field];
    if (edit && same(edit.value, value)) delete this.edits[field];
    else if (edit) edit.base = ownRevision(view, field, value, this.client);
    this.take(view);
  }

  /** What a page that is gone had typed, as a text of its own where this page has another one. @param {OrphanEdit} orphan */
  async sendOrphan(orphan) {
    const { field, value, clients } = orphan;
    const base = baseOf(this.heads(field), orphan.base, clients);
    const known = this.heads(field).some((head) => same(head.value, value));
    const view = known || troubleOf(value) ? this.view : await this.post(field, value, base, this.newId(), 1);
    if (!view && !this.refused[field]) return;
    this.orphans = this.orphans.filter((each) => each !== orphan);
    if (view) this.take(view);
  }

  /**
   * null: it was not taken, and `fails` or `refused` say why.
   * @param {RecordField} field @param {RecordValue} value @param {number} base @param {string} client @param {number} edit
   * @returns {Promise<RecordView | null>}
   */
  async post(field, value, base, client, edit) {
    try {
      const view = await this.api.post(`${this.path}/fields`, { field, value, base, client, edit }, { once: true });
      this.fails = 0;
      this.savedAtMs = this.now();
      return view;
    } catch (thrown) {
      const error = refusalOf(thrown);
      if (PASSING.has(error.status)) this.fails += 1;
      else this.refused[field] = error.message;
      this.onChange();
      return null;
    }
  }

  pauseMs() {
    return AGAIN_MS[Math.min(this.fails, AGAIN_MS.length) - 1] || AGAIN_MS[0];
  }

  // --- in the browser

  /** What pages before this one, or another tab that is gone, left unsent. */
  async restore() {
    const drafts = await this.keeper.dead(this.member, this.consultation).catch(() => []);
    for (const draft of drafts) {
      this.view ||= draft.view;
      this.orphans.push(...draft.orphans);
      for (const field of FIELDS) this.inherit(field, draft);
    }
    if (!drafts.length) return;
    await this.writeOnce();
    if (this.keeps) for (const draft of drafts) await this.keeper.remove(draft.key).catch(() => undefined);
  }

  /** The newest edit of a field is typed on from; older ones are texts of their own. @param {RecordField} field @param {RecordDraft} draft */
  inherit(field, draft) {
    const edit = draft.edits[field];
    if (!edit) return;
    if (this.edits[field]) this.orphans.push({ field, ...edit });
    else this.edits[field] = { ...edit, clients: [...edit.clients, this.client] };
  }

  /** At once, and again when something changed while it was written. */
  keep() {
    this.dirty = true;
    this.keeping ||= this.writeAll().finally(() => (this.keeping = null));
  }

  async writeAll() {
    while (this.dirty) await this.writeOnce();
  }

  async writeOnce() {
    this.dirty = false;
    const { client, member, consultation, view } = this;
    const key = `${member}/${consultation}/${client}`;
    const draft = { key, member, consultation, client, atMs: this.now(), edits: structuredClone(this.edits), orphans: structuredClone(this.orphans), view };
    const before = this.keeps;
    this.keeps = await (this.pending ? this.keeper.put(draft) : this.keeper.remove(key)).then(() => true, () => false);
    if (before !== this.keeps) this.onChange();
  }
}

/**
 * Of what was just saved: of the page's own text, or of the same text of somebody else, which it became one with.
 * @param {RecordView} view @param {RecordField} field @param {RecordValue} value @param {string} client
 */
function ownRevision(view, field, value, client) {
  const heads = view.fields[field];
  const own = heads.filter((head) => head.client === client).at(-1) || heads.find((head) => same(head.value, value));
  return own ? own.revision : view.own;
}
