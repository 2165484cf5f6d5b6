// Signing in.

import { element } from "../view/element.js";
import { nextPage } from "./landing.js";
import { startDoor } from "./shell.js";
import { signInForm } from "./sign-in.js";

void startDoor({ title: "signInTitle" }).then(({ api, t, main }) => {
  const form = signInForm(t, api, ({ member }) => location.replace(nextPage(location.hash, member)));
  main.append(element("section", { class: "card" }, element("h1", {}, t("signInTitle")), form.root, element("p", { class: "hint" }, t("signInHelp"))));
  form.fields[0].input.focus();
});
