// What the pages behind a one-time link share: is it still good, and a card that says what to do when it is not.

import { element } from "../view/element.js";
import { ApiError } from "./api.js";

/** The secret stays in the fragment, which no server and no log gets. */
export function secretOfAddress() {
  return decodeURIComponent(location.hash.slice(1));
}

/**
 * @param {StaffApi} api @param {string} path that looks at the link @param {string} link @returns {Promise<ApiError | null>}
 */
export async function faultOf(api, path, link) {
  try {
    await api.post(path, { link });
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** @param {Translate} t @param {string} title @param {string} text */
export function noticeCard(t, title, text) {
  return element("section", { class: "card" }, element("h1", { tabindex: "-1" }, title), element("p", {}, text),
    element("a", { class: "button secondary", href: "/enter" }, t("toSignIn")));
}
