// The sign-in form: name and password, then the second factor's code where the account has one.

import { element } from "../view/element.js";
import { ApiError } from "./api.js";
import { openDialog } from "./dialog.js";
import { Field } from "./field.js";
import { Form } from "./form.js";

/**
 * @param {Translate} t
 * @param {StaffApi} api
 * @param {(session: StaffSession) => void} onSession
 * @param {string} [signIn] whose: fixed
 */
export function signInForm(t, api, onSession, signIn) {
  const name = new Field(t, { name: "sign_in", label: t("signInName"), required: true, value: signIn, readonly: Boolean(signIn), autocomplete: "username", testId: "sign-in-name" });
  name.input.setAttribute("autocapitalize", "none");
  const password = new Field(t, { name: "password", label: t("password"), kind: "password", required: true, autocomplete: "current-password", testId: "sign-in-password" });
  const code = new Field(t, { name: "code", label: t("code"), kind: "code", required: true, hint: t("codeHint"), testId: "sign-in-code" });
  code.root.hidden = true;
  const form = new Form({ t, fields: [name, password, code], submit: t("signIn"), testId: "sign-in", send: async (values) => {
    try {
      onSession(await api.post("/session", values));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "code-needed") throw error;
      const first = code.root.hidden;
      code.root.hidden = false;
      if (!first) throw error;
      code.input.focus();
    }
  } });
  return form;
}

/**
 * Over the page, where the session ended in the middle of work. The same member only: what is on the page is theirs.
 * @param {Translate} t @param {StaffApi} api @returns {Promise<void>}
 */
export function signInAgain(t, api) {
  return new Promise((resolve) => {
    const form = signInForm(t, api, (session) => {
      api.use(session);
      root.close();
      resolve();
    }, api.member?.sign_in);
    const other = element("a", { class: "quiet button", href: "/enter" }, t("signInOther"));
    const root = openDialog(t, t("signInAgain"), [element("p", { class: "hint" }, t("signInAgainHint")), form.root, other], { locked: true, testId: "sign-in-again" });
    /** @type {HTMLElement | null} */ (root.querySelector("[type=password]"))?.focus();
  });
}
