// A question or a form over the page: the native dialog, which keeps the focus inside and closes by Escape.

import { element } from "../view/element.js";

let made = 0;

/**
 * Opens at once; gone from the page when it closes, and the focus is back where it was.
 * @param {Translate} t
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {{locked?: boolean, testId?: string, wide?: boolean}} [options] `locked`: it is closed by what is in it alone
 */
export function openDialog(t, title, content, { locked, testId, wide } = {}) {
  const id = `dialog-${(made += 1)}`;
  const close = element("button", { class: "quiet dialog-close", type: "button", onclick: () => root.close() }, t("close"));
  const head = element("div", { class: "dialog-head" }, element("h2", { id, tabindex: "-1" }, title), ...(locked ? [] : [close]));
  const root = element("dialog", { class: wide ? "staff-dialog wide" : "staff-dialog", "aria-labelledby": id, "data-testid": testId }, head, ...content);
  root.addEventListener("cancel", (event) => locked && event.preventDefault());
  root.addEventListener("close", () => root.remove());
  document.body.append(root);
  root.showModal();
  return root;
}

/**
 * Asks before what cannot be taken back. Resolves to whether it was confirmed.
 * @param {Translate} t @param {string} question @param {string} explain @param {string} confirm what the button does
 * @returns {Promise<boolean>}
 */
export function ask(t, question, explain, confirm) {
  return new Promise((resolve) => {
    let sure = false;
    const yes = element("button", { class: "danger", type: "button", "data-testid": "ask-confirm", onclick: () => {
      sure = true;
      root.close();
    } }, confirm);
    const no = element("button", { class: "secondary", type: "button", autofocus: true, "data-testid": "ask-cancel", onclick: () => root.close() }, t("cancel"));
    const root = openDialog(t, question, [element("p", {}, explain), element("div", { class: "buttons" }, yes, no)], { testId: "ask" });
    root.addEventListener("close", () => resolve(sure));
  });
}
