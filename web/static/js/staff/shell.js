// What every page of the staff stands in: header, navigation by what the member may do, account, one live region.

import { element, setText } from "../view/element.js";
import { mark } from "../view/header.js";
import { Api, ApiError } from "./api.js";
import { inZone, startLanguage, switchLanguage } from "./language.js";
import { signInAgain } from "./sign-in.js";
import { signOut } from "./sign-out.js";

const TOAST_MS = 8_000;

/** Who may see which page: any of these capabilities. @type {[string, Key, string[]][]} */
const PLACES = [
  ["/console", "navConsole", ["consultation.join"]],
  ["/office", "navOffice", ["appointments.read"]],
  ["/admin", "navAdmin", ["staff.manage", "clinic.configure"]],
];

/**
 * The page for who is signed in; who is not goes to `/enter` and comes back here.
 * @param {StaffPage} page
 * @returns {Promise<Staff>} never resolves where the browser leaves the page
 */
export async function startStaff({ title, texts }) {
  const language = await startLanguage(texts);
  const { t } = language;
  const voice = new Voice(t);
  const api = makeApi(language, voice);
  const session = await api.get("/session", { once: true }).catch(leaveOrFail(t));
  api.use(session);
  api.signIn = () => signInAgain(t, api);
  const clinic = /** @type {ClinicView} */ (await api.get("/clinic"));
  inZone(language, clinic.time_zone);
  const main = element("main", { class: "staff-main", id: "main", tabindex: "-1" });
  document.title = `${t(title)} · ${clinic.name}`;
  document.body.replaceChildren(skipLink(t), header(language, clinic, session.member, api), main, voice.root);
  const may = (/** @type {string} */ capability) => session.member.capabilities.includes(capability);
  return { api, language, t, member: session.member, clinic, main, may, announce: (text) => voice.say(text) };
}

/**
 * A page for who is not signed in: a card under the clinic's name.
 * @param {StaffPage} page
 */
export async function startDoor({ title, texts }) {
  const language = await startLanguage(texts);
  const { t } = language;
  const voice = new Voice(t);
  const api = makeApi(language, voice);
  const clinic = /** @type {ClinicView} */ (await api.get("/clinic"));
  const main = element("main", { class: "door", id: "main", tabindex: "-1" });
  document.title = `${t(title)} · ${clinic.name}`;
  document.body.replaceChildren(header(language, clinic, null, api), main, voice.root);
  return { api, language, t, clinic, main, announce: (/** @type {string} */ text) => voice.say(text) };
}

/** @param {Language} language @param {Voice} voice */
function makeApi({ lang, t }, voice) {
  const say = (/** @type {"offline" | "broken"} */ code) => t(code === "offline" ? "apiOffline" : "apiBroken");
  const nobody = () => /** @type {Promise<void>} */ (new Promise(() => enter()));
  return new Api({ lang, say, signIn: nobody, onTrouble: (trouble) => voice.trouble(trouble) });
}

function enter() {
  location.replace(`/enter#${location.pathname}`);
}

/** @param {Translate} t */
function leaveOrFail(t) {
  return async (/** @type {unknown} */ error) => {
    if (!(error instanceof ApiError)) throw error;
    document.querySelector(".status")?.replaceChildren(error.message, " ", element("button", { class: "secondary", type: "button", onclick: () => location.reload() }, t("tryAgain")));
    return /** @type {Promise<StaffSession>} */ (new Promise(() => {}));
  };
}

/** @param {Translate} t */
function skipLink(t) {
  return element("a", { class: "skip", href: "#main" }, t("skipToContent"));
}

/** @param {Language} language @param {ClinicView} clinic @param {StaffMember | null} member @param {StaffApi} api */
function header(language, clinic, member, api) {
  const { t, lang } = language;
  const other = lang === "es" ? "en" : "es";
  const change = element("button", { class: "quiet", type: "button", lang: other, "data-testid": "language", onclick: () => switchLanguage(language) }, t("otherLanguage"));
  const top = element("div", { class: "staff-top" }, mark(), element("span", { class: "clinic" }, clinic.name));
  const tools = element("div", { class: "staff-tools" }, change, ...(member ? [accountMenu(t, member, api)] : []));
  return element("header", { class: "head staff-head" }, top, ...(member ? [navigation(t, member)] : []), tools);
}

/** @param {Translate} t @param {StaffMember} member */
function navigation(t, { capabilities }) {
  const links = PLACES.filter(([, , any]) => any.some((one) => capabilities.includes(one)))
    .map(([path, label]) => element("a", { href: path, "aria-current": location.pathname === path && "page" }, t(label)));
  return element("nav", { class: "staff-nav", "aria-label": t("navLabel") }, ...links);
}

/** @param {Translate} t @param {StaffMember} member @param {StaffApi} api */
function accountMenu(t, member, api) {
  const leave = element("button", { type: "button", class: "quiet", "data-testid": "sign-out", onclick: () => signOut(t, member, api) }, t("signOut"));
  const account = element("a", { class: "quiet button", href: "/account", "data-testid": "account" }, t("myAccount"));
  const roles = member.roles.map((role) => t(/** @type {Key} */ (`role${role}`))).join(", ");
  const menu = element("details", { class: "account" },
    element("summary", { "data-testid": "account-menu" }, element("span", { class: "account-initials", "aria-hidden": "true" }, initialsOf(member.name)), element("span", { class: "account-name" }, member.name)),
    element("div", { class: "account-menu" }, element("p", {}, element("strong", {}, member.name), element("br"), element("span", { class: "hint" }, roles)), account, leave));
  document.addEventListener("click", (event) => menu.contains(/** @type {Node} */ (event.target)) || (menu.open = false));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  return menu;
}

/** @param {string} name */
function initialsOf(name) {
  return name.split(" ").filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

/** The page's one live region. */
class Voice {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.timer = /** @type {Timer | undefined} */ (undefined);
    this.root = element("p", { class: "voice", role: "status", "data-testid": "voice" });
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.timer);
    delete this.root.dataset.trouble;
    setText(this.root, text);
    this.timer = setTimeout(() => setText(this.root, ""), TOAST_MS);
  }

  /** @param {boolean} trouble */
  trouble(trouble) {
    if (!trouble) return this.root.dataset.trouble && this.say(this.t("apiBack"));
    clearTimeout(this.timer);
    this.root.dataset.trouble = "true";
    setText(this.root, this.t("apiWaiting"));
  }
}
