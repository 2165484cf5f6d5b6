/// <reference path="../../../console.d.ts" />
// The console: a physician's whole morning on one screen. The queue, the visit that was chosen with its call and chat, its
// record, and what is known of the patient.

import { RECORD_TEXTS, RecordPanel } from "../record/panel.js";
import { startStaff } from "../staff/shell.js";
import { Chime } from "../view/chime.js";
import { element, setText } from "../view/element.js";
import { HELP_TEXTS } from "../view/help.js";
import { Feed } from "./feed.js";
import { LineTools } from "./line-tools.js";
import { Place } from "./place.js";
import { QueueList } from "./queue-list.js";
import { Tabs } from "./tabs.js";

const CHOSEN = "hilo:visit";
const NARROW = window.matchMedia("(max-width: 55.99rem)"); // as in morning.css
const MAX_OPEN = 10; // sockets of visits that wait

class Console {
  /** @param {Staff} staff */
  constructor(staff) {
    const { t, language, api, member } = staff;
    this.staff = staff;
    this.t = t;
    this.view = /** @type {QueueView | null} */ (null);
    this.places = /** @type {Map<string, Place>} */ (new Map());
    this.chosen = "";
    this.heard = /** @type {Set<string> | null} */ (null);
    this.chime = new Chime();
    this.fronts = element("div", { class: "fronts" });
    this.record = new RecordPanel({ api, language, member });
    this.tabs = new Tabs(t, () => this.places.get(this.chosen)?.work?.show());
    this.list = new QueueList(language, (id) => this.choose(id, true));
        this.lost = element("p", { class: "queue-lost", hidden: true }, t("queueLost"));
    this.feed = new Feed({ api, onView: (view) => this.take(view), onLost: (lost) => (this.lost.hidden = !lost) });
    this.tools = new LineTools(language, api, () => this.feed.hurry());
    this.build();
    void this.feed.run();
    void this.loadTasks();
    addEventListener("online", () => this.feed.hurry());
  }

  build() {
    const { t } = this;
    this.late = element("p", { class: "queue-late", hidden: true });
    this.next = element("button", { class: "primary next-patient", type: "button", "data-testid": "next-patient", hidden: true, onclick: () => this.callNext() });
    this.tasks = element("details", { class: "queue-tasks", hidden: true });
    this.fold = element("details", { class: "queue-fold", open: !NARROW.matches }, element("summary", {}, element("h1", { class: "queue-title" }, t("queueTitle"))),
      this.lost, this.late, this.tools.said, this.list.root, this.tools.root, this.tasks);
    NARROW.addEventListener("change", () => this.fold && (this.fold.open = !NARROW.matches));
    this.queue = element("aside", { class: "queue", "aria-label": t("queueTitle") }, this.next, this.fold);
    this.bar = element("button", { class: "call-bar", type: "button", "data-testid": "call-bar", hidden: true, onclick: () => this.backToCall() });
    this.empty = element("section", { class: "card nobody" }, element("h2", {}, t("nobodyTitle")), element("p", {}, t("nobodyText")));
    this.fronts.append(this.bar, this.empty);
    this.tabs.panel("record").append(this.record.root);
    this.side = element("aside", { class: "beside-call", hidden: true, "aria-label": t("besideTitle") }, this.tabs.root);
    this.staff.main.classList.add("morning");
    this.staff.main.append(this.queue, this.fronts, this.side);
  }

  // --- what the server says

  /** @param {QueueView} view */
  take(view) {
    this.view = view;
    for (const [id, place] of this.places) if (!view.visits.some((visit) => visit.id === id)) this.drop(id, place);
    const live = view.visits.filter(({ stage }) => stage === "waiting" || stage === "inside").slice(0, MAX_OPEN);
    for (const visit of live) void this.placeOf(visit).open();
    for (const visit of view.visits) this.places.get(visit.id)?.update(visit);
    if (!this.chosen) this.chooseFirst(view);
    this.announce(view);
    this.tools.update(view);
    this.show();
  }

  /** Where one was before a reload, else who is inside, else the first who waits. @param {QueueView} view */
  chooseFirst({ visits }) {
    const before = remembered();
    const visit = visits.find(({ id }) => id === before) || visits.find(({ stage }) => stage === "inside") || visits.find(({ stage }) => stage === "waiting");
    if (visit) this.choose(visit.id, false);
  }

  /** A chime and the tab's title call a physician who is looking elsewhere. @param {QueueView} view */
  announce({ visits }) {
    const waiting = visits.filter(({ stage }) => stage === "waiting");
    const fresh = waiting.filter(({ id }) => this.heard && !this.heard.has(id));
    if (fresh.length) {
      this.chime.ring();
      this.staff.announce(this.t("arrived", { name: fresh[0].name }));
    }
    this.heard = new Set(waiting.map(({ id }) => id));
    const title = waiting.length ? this.t("titleQueue", { count: waiting.length }) : this.t("navConsole");
    document.title = `${title} · ${this.staff.clinic.name}`;
  }

  /** @param {QueueVisit} visit */
  placeOf(visit) {
    const known = this.places.get(visit.id);
    if (known) return known;
    const place = new Place(this.staff, visit, {
      openChat: () => this.openChat(), seesChat: () => this.tabs.chosen === "messages", busyWith: (asking) => this.busyWith(asking),
      changed: () => this.changed(), handed: (name) => this.handed(visit.id, name),
    });
    this.places.set(visit.id, place);
    this.fronts.append(place.front);
    this.tabs.panel("visit").append(place.side);
    this.tabs.panel("messages").append(place.chat);
    return place;
  }

  /** @param {string} id @param {Place} place */
  drop(id, place) {
    if (place.session && !["refused", "opening"].includes(place.session.link) && place.session.me?.handed) return; // still in the call, to introduce the colleague
    place.close();
    this.places.delete(id);
    if (this.chosen === id) this.unchoose();
  }

  // --- what the physician does

  /** @param {string} id @param {boolean} byHand */
  choose(id, byHand) {
    const visit = this.view?.visits.find((each) => each.id === id);
    if (!visit) return;
    const place = this.placeOf(visit);
    if (!["missed", "cancelled"].includes(visit.stage)) void place.open();
    this.chosen = id;
    remember(id);
    for (const [each, other] of this.places) other.reveal(each === id);
    place.update(visit);
    if (byHand) this.tabs.choose(visit.stage === "done" ? "record" : this.tabs.chosen);
    if (byHand && NARROW.matches) this.fold?.removeAttribute("open");
    void this.record.open(id).catch(() => {});
    this.show();
    if (byHand) place.front.scrollIntoView({ block: "nearest" });
  }

  unchoose() {
    this.chosen = "";
    remember("");
    void this.record.close();
    delete document.documentElement.dataset.state;
    document.documentElement.classList.remove("calling", "noticed", "writing");
    this.show();
  }

  /** Whoever is first, let in at once. */
  callNext() {
    const first = this.nextVisit;
    if (!first) return;
    this.choose(first.id, true);
    this.tabs.choose("record");
    const place = this.placeOf(first);
    void place.open().then(() => place.letIn());
  }

  backToCall() {
    const place = this.calling;
    if (place) this.choose(place.visit.id, true);
  }

  openChat() {
    this.tabs.choose("messages");
    this.places.get(this.chosen)?.work?.chat.input.focus();
  }

  /** @param {string} id @param {string} name */
  handed(id, name) {
    this.staff.announce(this.t("handedTo", { name }));
    this.feed.hurry();
    if (this.chosen === id && !this.places.get(id)?.calling) this.unchoose();
  }

  // --- what is seen

  get calling() {
    return [...this.places.values()].find((place) => place.calling) || null;
  }

  get nextVisit() {
    return this.view?.visits.find(({ stage }) => stage === "waiting") || null;
  }

  /** @param {Place} asking */
  busyWith(asking) {
    const { calling } = this;
    return calling && calling !== asking ? calling.name : "";
  }

  /** A session said something new: many do at once. */
  changed() {
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      this.show();
    });
  }

  show() {
    const { view, side, bar, next } = this;
    if (!view || !side || !bar || !next) return;
    this.letGo(view);
    const place = this.places.get(this.chosen);
    this.list.update(view.visits, (id) => ({ selected: id === this.chosen, unread: this.places.get(id)?.unread || 0, calling: Boolean(this.places.get(id)?.calling) }));
    side.hidden = !place;
    /** @type {HTMLElement} */ (this.empty).hidden = Boolean(place);
    this.showLate(view);
    this.showNext();
    this.tabs.update(place?.unread || 0);
    this.record.root.hidden = !place;
    this.record.follow(place?.calling ? place.session : null);
    const elsewhere = this.calling !== place ? this.calling : null;
    bar.hidden = !elsewhere;
    if (elsewhere) setText(bar, this.t("callBar", { name: elsewhere.name }));
    this.followEnd(place);
  }

  /** Visits that are a colleague's, once this physician has left their call. @param {QueueView} view */
  letGo({ visits }) {
    for (const [id, place] of this.places) if (place.session?.link === "refused" && !visits.some((visit) => visit.id === id)) this.drop(id, place);
  }

  /** @param {QueueView} view */
  showLate({ late }) {
    if (!this.late) return;
    this.late.hidden = !late;
    if (late) setText(this.late, this.t("queueLate", { minutes: late.minutes }));
  }

  showNext() {
    const { next, nextVisit } = this;
    if (!next) return;
    next.hidden = !nextVisit || Boolean(this.calling);
    if (nextVisit) setText(next, this.t("nextPatient", { name: nextVisit.name }));
  }

  /** The end of the call leads to the record: it is what is missing. @param {Place | undefined} place */
  followEnd(place) {
    const ended = place?.session?.phase === "ended";
    if (ended && this.endedBefore === false) {
      this.tabs.choose("record");
      this.feed.hurry();
      void this.loadTasks();
    }
    this.endedBefore = place?.session ? ended : undefined;
  }

  async loadTasks() {
    const found = await this.staff.api.get("/record-tasks", { once: true }).catch(() => null);
    if (!found || !this.tasks) return;
    const items = /** @type {RecordTask[]} */ (found.consultations);
    this.tasks.hidden = items.length === 0;
    const list = items.map(({ consultation, patient_name: name, status, at }) => element("li", {}, element("button", { type: "button", class: "queue-row", "data-testid": "task", onclick: () => this.openTask(consultation) },
      element("span", { class: "row-lines" }, element("span", { class: "row-name" }, name || this.t("queueErased")), element("span", { class: "row-what" }, this.t(status === "interrupted" ? "taskInterrupted" : "taskUnsigned", { when: this.staff.language.moment(at) }))))));
    this.tasks.replaceChildren(element("summary", { class: "queue-head" }, this.t("tasksTitle"), " ", element("span", { class: "count" }, String(items.length))), element("ol", { class: "queue-rows" }, ...list));
  }

  /** The record alone, of a visit that is over, perhaps on another day. @param {string} id */
  openTask(id) {
    if (this.view?.visits.some((visit) => visit.id === id)) return this.choose(id, true);
    for (const other of this.places.values()) other.reveal(false);
    this.chosen = "";
    this.show();
    /** @type {HTMLElement} */ (this.side).hidden = false;
    this.tabs.choose("record");
    this.record.root.hidden = false;
    void this.record.open(id).catch(() => {});
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(CHOSEN) || "";
  } catch {
    return "";
  }
}

/** @param {string} id */
function remember(id) {
  try {
    sessionStorage.setItem(CHOSEN, id);
  } catch {
    // A reload begins with who is inside.
  }
}

/** @type {MoreTexts} */
const TEXTS = {
  es: async () => merged(await Promise.all([import("../texts/es-console.js"), import("../texts/es-morning.js"), HELP_TEXTS.es(), RECORD_TEXTS.es()])),
  en: async () => merged(await Promise.all([import("../texts/en-console.js"), import("../texts/en-morning.js"), HELP_TEXTS.en(), RECORD_TEXTS.en()])),
};

/** @param {{texts: Record<string, string>}[]} modules */
function merged(modules) {
  return { texts: Object.assign({}, ...modules.map(({ texts }) => texts)) };
}

void startStaff({ title: "navConsole", texts: TEXTS }).then((staff) => new Console(staff));
