// What both pages share: starting a session from the address, waking it, the language switch, the service worker.

import { loadLanguage, rememberLang } from "./language.js";
import { Memory } from "./memory.js";
import { Session } from "./session.js";

const LOAD_AGAIN_MS = 3_000;
const LATE_MS = 4_000; // a timer that comes 3 s late: the device slept

/** @param {...MoreTexts} more @returns {Promise<Language>} also told to the document */
export async function startLanguage(...more) {
  const language = await loadLanguage(storageOf("localStorage"), ...more);
  document.documentElement.lang = language.lang;
  return language;
}

/** @param {Language} language switches to the other one; the tab's memory brings everything else back */
export function switchLanguage({ lang }) {
  rememberLang(storageOf("localStorage"), lang === "es" ? "en" : "es");
  location.reload();
}

/**
 * @param {Language} language
 * @param {() => void} onChange
 * @param {Environment["Notebook"]} [Notebook] where there is a note to write
 * @param {{token?: string, signal?: AbortSignal}} [seat] the token of the page's address, for as long as the page lives
 */
export function startSession({ lang }, onChange, Notebook, { token = decodeURIComponent(location.pathname.split("/")[2] || ""), signal } = {}) {
  const memory = new Memory(storageOf("sessionStorage"), storageOf("localStorage"), token.slice(-6));
  const proven = () => (memory.proof ? `${token}.${memory.proof}` : token);
  const session = new Session({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
    pollUrl: "/poll",
    get token() {
      return proven();
    },
    lang,
    memory,
    devices: navigator.mediaDevices,
    rtc: typeof RTCPeerConnection === "function",
    hidden: () => document.hidden,
    onChange,
    Notebook,
  });
  window.addEventListener("storage", (event) => memory.isOfWaiting(event) && session.adopt(), { signal });
  onWake(() => session.wake(), signal);
  signal?.addEventListener("abort", () => session.stop());
  session.start();
  return session;
}

/**
 * What is needed later, however often the network fails.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function later(load) {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, LOAD_AGAIN_MS));
    return later(load);
  }
}

/**
 * Calls back whenever the network may have changed, or time stood still for this page.
 * @param {() => void} wake
 * @param {AbortSignal} [signal]
 */
function onWake(wake, signal) {
  const look = () => void (document.hidden || wake());
  const { connection } = /** @type {{connection?: EventTarget & {type?: string}}} */ (navigator);
  let [at, type] = [Date.now(), connection?.type];
  for (const event of ["online", "pageshow"]) window.addEventListener(event, wake, { signal });
  for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, look, { signal });
  // Told of every new estimate of its speed as well.
  connection?.addEventListener("change", () => connection.type !== type && ((type = connection.type), wake()), { signal });
  const timer = setInterval(() => {
    if (Date.now() - at > LATE_MS) look();
    at = Date.now();
  }, 1_000);
  signal?.addEventListener("abort", () => clearInterval(timer));
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
