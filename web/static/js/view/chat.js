// The consultation's messages and the line to write one. Own words show at once, with a mark until the server has them.

import { isHard } from "../levels.js";
import { element, icon } from "./element.js";

const MAX_CHARS = 4000;
const PAIN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export class Chat {
  /** @param {Language} language @param {(text: string) => void} onSay @param {Key[]} replies what one tap says */
  constructor({ t, time }, onSay, replies) {
    this.t = t;
    this.time = time;
    this.onSay = onSay;
    this.read = 0;
    this.atEnd = true; // the newest is in sight
    this.items = /** @type {Map<string, HTMLElement>} */ (new Map());
    this.list = element("ol");
    this.log = element("div", { class: "messages", role: "log", "aria-label": t("chatTitle"), tabindex: "0", onscroll: () => this._scrolled() }, this.list);
    if (window.ResizeObserver) new ResizeObserver(() => this.atEnd && this.reveal()).observe(this.log);
    this.empty = element("p", { class: "chat-empty" }, t("chatEmpty"));
    this.input = element("textarea", {
      "data-testid": "chat-input",
      rows: 1,
      maxlength: MAX_CHARS,
      placeholder: t("chatInput"),
      "aria-label": t("chatInput"),
      enterkeyhint: "send",
      autocomplete: "off",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this._key(event),
    });
    const send = element("button", { "data-testid": "chat-send", class: "send", type: "submit", "aria-label": t("chatSend") }, icon("send"));
    const form = element("form", { class: "compose", onsubmit: (/** @type {Event} */ event) => this._submit(event) }, this.input, send);
    this.replies = new Replies(t, onSay, replies);
    this.root = element("div", { class: "chat" }, this.empty, this.log, this.replies.root, form);
  }

  /** Scrolls to the newest: after the panel was opened or moved. */
  reveal() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /**
   * @param {Session} session
   * @param {boolean} visible whether a human can see the messages now
   * @returns {number} how many messages of others are unread
   */
  update(session, visible) {
    const unsent = new Set(session.unsent.map(({ id }) => id));
    const pending = session.link !== "open" ? "chatWaiting" : session.saving ? "statusSaving" : "chatPending";
    let last = /** @type {Element | null} */ (null);
    for (const { seat, text, commandId, atMs } of session.state.messages) {
      const item = this._item(commandId, session, seat, text, unsent.has(commandId) ? pending : "chatSent", atMs);
      // What was written in the dark may have been overtaken.
      if (item.previousElementSibling !== last) this.list.insertBefore(item, last ? last.nextSibling : this.list.firstChild);
      last = item;
    }
    const stored = new Set(session.state.messages.map(({ commandId }) => commandId));
    for (const { id, text } of session.unsent) if (!stored.has(id)) this._item(id, session, session.state.me, text, pending, 0);
    for (const { id, text, reason } of session.failed) this._item(id, session, session.state.me, text, "chatFailed", 0, reason);
    this.empty.hidden = this.items.size > 0;
    if (this.replies.root.hidden === isHard(session)) {
      this.replies.root.hidden = !isHard(session);
      this.reveal();
    }
    return this._unread(session, visible);
  }

  /** @param {Session} session @param {boolean} visible */
  _unread(session, visible) {
    const theirs = session.state.messages.filter(({ seat }) => seat !== session.state.me).length;
    if (visible) this.read = theirs;
    return theirs - this.read;
  }

  /**
   * Adds the message or brings its line up to date.
   * @param {string} id the sender's own id for it, from typing to the timeline
   * @param {Session} session
   * @param {string} seat
   * @param {string} text
   * @param {Fate} fate
   * @param {number} atMs 0 while it has no time
   * @param {string} [reason]
   */
  _item(id, session, seat, text, fate, atMs, reason = "") {
    const mine = seat === session.state.me;
    const item = this.items.get(id) || this._newItem(id, mine, nameOf(session, seat), text);
    const state = `${fate}${atMs}`;
    if (item.dataset.state === state) return item;
    item.dataset.state = state;
    item.classList.toggle("unsent", fate !== "chatSent");
    const meta = /** @type {HTMLElement} */ (item.lastChild);
    meta.replaceChildren(...(atMs ? [this.time(atMs)] : []), ...(mine ? this._fate(fate, reason) : []));
    if (this.atEnd || mine) this.reveal();
    return item;
  }

  _scrolled() {
    this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
  }

  /** @param {Fate} fate @param {string} reason */
  _fate(fate, reason) {
    const words = this.t(fate, { reason });
    if (fate === "chatSent") return [icon("check"), element("span", { class: "fate hidden-text" }, words)];
    return [icon(fate === "chatFailed" ? "warning" : "clock"), words];
  }

  /** @param {string} id @param {boolean} mine @param {string} name @param {string} text */
  _newItem(id, mine, name, text) {
    const author = element("span", { class: mine ? "hidden-text" : "author" }, mine ? this.t("you") : name);
    const item = element("li", { class: mine ? "mine" : "theirs" }, author,
      element("p", { "data-testid": "chat-message", dir: "auto" }, text), element("span", { class: "meta" }));
    this.items.set(id, item);
    this.list.append(item);
    return item;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this._submit(event);
  }

  /** @param {Event} event */
  _submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.onSay(text);
    this.input.focus();
  }
}

/** Short answers and questions for one tap: for those who cannot type well, and where only text goes. */
class Replies {
  /** @param {Translate} t @param {(text: string) => void} onSay @param {Key[]} replies `pain` opens a scale */
  constructor(t, onSay, replies) {
    this.t = t;
    this.onSay = onSay;
    this.scale = element("div", { class: "scale", role: "group", "aria-label": t("pain"), hidden: true },
      element("span", { class: "scale-word" }, t("painLead")),
      ...PAIN.map((value) => reply(String(value), () => this._hurts(value), { "aria-label": t("painIs", { value }) })));
    this.pain = reply(t("pain"), () => this._open(Boolean(this.scale.hidden)), { "aria-expanded": "false", "data-testid": "pain" });
    const row = replies.map((key) => (key === "pain" ? this.pain : reply(t(key), () => onSay(t(key)), { "data-testid": "quick-reply" })));
    this.root = element("div", { class: "replies", hidden: true }, this.scale,
      element("div", { class: "reply-row", role: "group", "aria-label": t("replies") }, ...row));
  }

  /** @param {number} value */
  _hurts(value) {
    this._open(false);
    this.pain.focus();
    this.onSay(this.t("painIs", { value }));
  }

  /** @param {boolean} open */
  _open(open) {
    this.scale.hidden = !open;
    this.pain.setAttribute("aria-expanded", String(open));
  }
}

/** @param {string} text @param {() => void} onclick @param {Attributes} attributes */
function reply(text, onclick, attributes) {
  return element("button", { type: "button", class: "reply", onclick, ...attributes }, text);
}

/** @param {Session} session @param {string} seat */
function nameOf(session, seat) {
  return session.state.consultation?.seats.find(({ id }) => id === seat)?.name || "";
}
