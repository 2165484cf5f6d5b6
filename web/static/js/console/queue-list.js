/// <reference path="../../../console.d.ts" />
// The queue: who waits, in which order and since when; who is inside; who is to come; who is done. One tap chooses.

import { element, icon, setText } from "../view/element.js";

/** @type {[string, Stage[], Key][]} */
const GROUPS = [
  ["inside", ["inside"], "queueInside"],
  ["waiting", ["waiting"], "queueWaiting"],
  ["expected", ["expected"], "queueExpected"],
  ["done", ["done", "missed", "cancelled"], "queueDone"],
];

export class QueueList {
  /** @param {Language} language @param {(id: string) => void} onChoose */
  constructor(language, onChoose) {
    this.language = language;
    this.onChoose = onChoose;
    this.rows = /** @type {Map<string, Row>} */ (new Map());
    this.groups = GROUPS.map(([name, stages, title]) => new Group(language.t, name, stages, title));
    this.none = element("p", { class: "hint" }, language.t("queueNobody"));
    this.root = element("div", { class: "queue-list", "data-testid": "queue" }, this.none, ...this.groups.map(({ root }) => root));
  }

  /** @param {QueueVisit[]} visits @param {(id: string) => RowState} stateOf */
  update(visits, stateOf) {
    this.none.hidden = visits.length > 0;
    for (const [id, row] of this.rows) if (!visits.some((visit) => visit.id === id)) this.remove(id, row);
    for (const group of this.groups) group.update(visits.filter(({ stage }) => group.stages.includes(stage)), (visit) => this.row(visit, stateOf(visit.id)));
  }

  /** @param {QueueVisit} visit @param {RowState} state */
  row(visit, state) {
    const row = this.rows.get(visit.id) || new Row(this.language, () => this.onChoose(visit.id));
    this.rows.set(visit.id, row);
    row.update(visit, state);
    return row.root;
  }

  /** @param {string} id @param {Row} row */
  remove(id, row) {
    row.root.remove();
    this.rows.delete(id);
  }
}

class Group {
  /** @param {Translate} t @param {string} name @param {Stage[]} stages @param {Key} title */
  constructor(t, name, stages, title) {
    this.stages = stages;
    this.count = element("span", { class: "count" });
    this.list = element("ol", { class: "queue-rows" });
    const head = element(name === "done" ? "summary" : "h2", { class: "queue-head" }, t(title), " ", this.count);
    this.root = element(name === "done" ? "details" : "section", { class: `queue-group queue-${name}` }, head, this.list);
  }

  /** Rows move, so that the focus stays where it is. @param {QueueVisit[]} visits @param {(visit: QueueVisit) => HTMLElement} rowOf */
  update(visits, rowOf) {
    this.root.hidden = visits.length === 0;
    setText(this.count, String(visits.length));
    visits.forEach((visit, place) => {
      const row = rowOf(visit);
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] || null);
    });
  }
}

/** One visit: name, and what matters of it now, in words. */
class Row {
  /** @param {Language} language @param {() => void} onChoose */
  constructor(language, onChoose) {
    this.language = language;
    this.place = element("span", { class: "row-place", "aria-hidden": "true" });
    this.name = element("span", { class: "row-name" });
    this.what = element("span", { class: "row-what" });
    this.urgent = element("span", { class: "tag urgent" }, icon("warning"), language.t("queueUrgent"));
    this.unread = element("span", { class: "tag unread" });
    this.button = element("button", { type: "button", class: "queue-row", "data-testid": "queue-row", onclick: onChoose },
      this.place, element("span", { class: "row-lines" }, this.name, this.what, element("span", { class: "row-tags" }, this.urgent, this.unread)));
    this.root = element("li", {}, this.button);
  }

  /** @param {QueueVisit} visit @param {RowState} state */
  update(visit, { selected, unread, calling }) {
    const { t } = this.language;
    this.button.dataset.stage = visit.stage;
    this.button.dataset.visit = visit.id;
    if (selected) this.button.setAttribute("aria-current", "true");
    else this.button.removeAttribute("aria-current");
    setText(this.place, visit.place ? String(visit.place) : "");
    setText(this.name, visit.name || t("queueErased"));
    setText(this.what, this.words(visit, calling));
    this.urgent.hidden = !visit.urgent;
    this.unread.hidden = !unread;
    setText(this.unread, unread ? t("queueUnread", { count: unread }) : "");
  }

  /** @param {QueueVisit} visit @param {boolean} calling */
  words({ stage, starts_at: startsAt, arrived_at: arrivedAt, in_call: inCall, absence, suggestion }, calling) {
    const { t, time } = this.language;
    const at = time(Date.parse(startsAt));
    if (stage === "waiting") return t("rowWaiting", { at, since: time(Date.parse(arrivedAt || startsAt)) });
    if (stage === "inside") return calling ? t("rowCalling") : t(inCall ? "rowThere" : "rowAway");
    if (stage === "missed") return t(/** @type {Key} */ (`missed${absence || "patient"}`), { at });
    if (stage === "cancelled") return t("rowCancelled", { at });
    if (stage === "done") return t("rowDone", { at });
    return suggestion ? t("rowMissing", { at }) : t("rowExpected", { at });
  }
}
