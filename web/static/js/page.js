// What both pages share: starting a session from the address, waking it, the language switch, the service worker.

import { loadLanguage, rememberLang } from "./language.js";
import { Session } from "./session.js";

/** @param {MoreTexts} [more] @returns {Promise<Language>} also told to the document */
export async function startLanguage(more) {
  const language = await loadLanguage(storageOf("localStorage"), more);
  document.documentElement.lang = language.lang;
  return language;
}

/** @param {Language} language switches to the other one; the tab's memory brings everything else back */
export function switchLanguage({ lang }) {
  rememberLang(storageOf("localStorage"), lang === "es" ? "en" : "es");
  location.reload();
}

/** @param {Language} language @param {() => void} onChange */
export function startSession({ lang }, onChange) {
  const token = decodeURIComponent(location.pathname.split("/")[2] || "");
  const session = new Session({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
    pollUrl: "/poll",
    token,
    lang,
    memory: new Memory(storageOf("sessionStorage"), `hilo:${token.slice(-6)}`),
    devices: navigator.mediaDevices,
    rtc: typeof RTCPeerConnection === "function",
    onChange,
  });
  const wake = () => document.visibilityState === "visible" && session.wake();
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  session.start();
  return session;
}

/** The shell for the next visit. A newer one takes effect when this page is opened again, never in the middle of a call. */
export async function startServiceWorker() {
  if (!("serviceWorker" in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    registration.waiting?.postMessage("activate");
  } catch {
    // Private windows forbid it: the page works without.
  }
}

/**
 * Moves the focus to what is now the page's subject, so that screen readers and keyboards follow.
 * @param {HTMLElement} section
 */
export function focusOn(section) {
  const target = /** @type {HTMLElement | null} */ (section.matches("[tabindex]") ? section : section.querySelector("[tabindex='-1']"));
  target?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Keeps the screen on while somebody is in a call. */
export class AwakeScreen {
  constructor() {
    this.lock = /** @type {Promise<WakeLockSentinel | null> | null} */ (null);
  }

  /** @param {boolean} wanted */
  keep(wanted) {
    if (wanted && !this.lock && navigator.wakeLock && document.visibilityState === "visible") {
      this.lock = navigator.wakeLock.request("screen").catch(() => null);
      // The browser lets it go whenever the page is hidden.
      void this.lock.then((lock) => lock?.addEventListener("release", () => (this.lock = null)));
    } else if (!wanted && this.lock) {
      void this.lock.then((lock) => lock?.release());
      this.lock = null;
    }
  }
}

/** @param {"localStorage" | "sessionStorage"} name */
function storageOf(name) {
  try {
    return window[name];
  } catch {
    return null; // cookies are blocked
  }
}

/**
 * What survives a reload of this tab, and no longer than the tab: whether the human was in, and what was not sent yet.
 * Old phones throw away the page's memory whenever another app comes to the front.
 */
export class Memory {
  /**
   * @param {Storage | null} storage null where the browser forbids it: then nothing is kept
   * @param {string} key tells consultations in one tab apart
   */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    this.wanted = this._read("wanted", false) === true;
    const waiting = this._read("waiting", []);
    this.waiting = /** @type {Command[]} */ (Array.isArray(waiting) ? waiting : []);
    this.bytes = Number(this._read("bytes", 0)) || 0;
  }

  /** @param {boolean} wanted */
  keepWanted(wanted) {
    this._write("wanted", wanted);
  }

  /** @param {Command[]} waiting */
  keepWaiting(waiting) {
    this._write("waiting", waiting);
  }

  /** @param {number} bytes that the consultation has cost so far */
  keepBytes(bytes) {
    this._write("bytes", bytes);
  }

  /** @param {string} name @param {unknown} otherwise @returns {unknown} */
  _read(name, otherwise) {
    try {
      return JSON.parse(this.storage?.getItem(`${this.key}:${name}`) ?? "null") ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  /** @param {string} name @param {unknown} value */
  _write(name, value) {
    try {
      this.storage?.setItem(`${this.key}:${name}`, JSON.stringify(value));
    } catch {
      // Full or forbidden: the page works without.
    }
  }
}
