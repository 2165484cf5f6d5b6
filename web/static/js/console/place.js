/// <reference path="../../../console.d.ts" />
// One visit of the morning: its workplace, once its seat is open, and what is known of it beside the call.

import { Notebook } from "../notebook.js";
import { startSession } from "../page.js";
import { Workplace } from "../view/workplace.js";
import { Absent } from "./absent.js";
import { Guests } from "./guests.js";
import { Intake } from "./intake.js";
import { element } from "../view/element.js";

const KEPT = "hilo:seat:";

export class Place {
  /** @param {Staff} staff @param {QueueVisit} visit @param {PlaceOptions} options */
  constructor(staff, visit, options) {
    this.staff = staff;
    this.visit = visit;
    this.options = options;
    this.shown = false;
    this.work = /** @type {Workplace | null} */ (null);
    this.gone = new AbortController();
    this.guests = new Guests(staff, visit.id, { handed: options.handed });
    this.absent = new Absent(staff, visit.id, options.changed);
    this.intake = new Intake(staff, visit.id);
    this.front = element("div", { class: "place", hidden: true });
    this.side = element("div", { class: "place-side", hidden: true }, this.absent.root, this.intake.root, this.guests.root);
    this.chat = element("div", { class: "place-chat", hidden: true });
    this.wanted = "";
  }

  get session() {
    return this.work?.session || null;
  }

  get name() {
    return this.work?.patient?.name || this.visit.name;
  }

  /** The call is this visit's. */
  get calling() {
    return Boolean(this.session?.wanted);
  }

  get unread() {
    return this.work?.unread || 0;
  }

  /** Takes the physician's seat: it is the same after a reload, and a new one on another device. */
  async open() {
    if (this.opening) return this.opening;
    this.opening = this._open();
    return this.opening;
  }

  async _open() {
    const token = kept(this.visit.id) || (await this.fresh());
    if (!token || this.gone.signal.aborted) return;
    const { language } = this.staff;
    this.work = new Workplace(language, (onChange) => startSession(language, onChange, Notebook, { token, signal: this.gone.signal }), {
      title: this.visit.name, openChat: this.options.openChat, seesChat: () => this.shown && this.options.seesChat(), busyWith: () => this.options.busyWith(this), onChange: () => this.changed(),
    });
    this.work.reveal(this.shown);
    this.front.append(this.work.front);
    this.chat.append(this.work.messages);
    this.side.prepend(this.work.people);
    this.side.append(this.work.notes.root);
    this.changed();
  }

  /** @returns {Promise<string>} empty: the visit is not this physician's any more */
  async fresh() {
    try {
      const { token } = /** @type {SeatToken} */ (await this.staff.api.post(`/consultations/${this.visit.id}/seat`));
      keep(this.visit.id, token);
      return token;
    } catch {
      return "";
    }
  }

  changed() {
    const { work } = this;
    if (!work) return;
    if (work.session.link === "refused") keep(this.visit.id, "");
    this.guests.update(work.session);
    this.admitWanted();
    this.options.changed();
  }

  /** In one tap: let the patient in as soon as the page knows them. */
  letIn() {
    this.wanted = "patient";
    this.admitWanted();
  }

  admitWanted() {
    const { session } = this;
    const patient = this.work?.patient;
    if (!this.wanted || !session || !patient || session.link !== "open") return;
    this.wanted = "";
    if (patient.consented) session.admit(patient.id);
  }

  /** @param {QueueVisit} visit */
  update(visit) {
    this.visit = visit;
    this.absent.update(visit);
    this.work?.show();
  }

  /** @param {boolean} shown */
  reveal(shown) {
    this.shown = shown;
    this.front.hidden = this.side.hidden = this.chat.hidden = !shown;
    this.work?.reveal(shown);
    if (shown) void this.intake.open();
  }

  /** The visit is somebody else's now, or over. */
  close() {
    this.gone.abort();
    for (const part of [this.front, this.side, this.chat]) part.remove();
  }
}

/** @param {string} visit */
function kept(visit) {
  try {
    return sessionStorage.getItem(KEPT + visit) || "";
  } catch {
    return "";
  }
}

/** @param {string} visit @param {string} token */
function keep(visit, token) {
  try {
    if (token) sessionStorage.setItem(KEPT + visit, token);
    else sessionStorage.removeItem(KEPT + visit);
  } catch {
    // A reload asks for a new one.
  }
}
