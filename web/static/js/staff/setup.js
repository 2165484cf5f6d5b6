// The clinic's founding: the first administrator, by the link that the first start printed.

import { element } from "../view/element.js";
import { Field } from "./field.js";
import { Form } from "./form.js";
import { landing } from "./landing.js";
import { faultOf, noticeCard, secretOfAddress } from "./link.js";
import { startDoor } from "./shell.js";

void startDoor({ title: "setupTitle" }).then(async ({ api, t, main, language }) => {
  const link = secretOfAddress();
  const fault = await faultOf(api, "/setup/look", link);
  if (fault) return main.append(noticeCard(t, t("linkOverTitle"), t("setupOver")));
  const treats = new Field(t, { name: "treats", kind: "checkbox", label: t("setupTreats"), hint: t("setupTreatsHint"), testId: "setup-treats" });
  const licence = new Field(t, { name: "licence", label: t("licence"), hint: t("licenceHint") });
  const specialty = new Field(t, { name: "specialty", label: t("specialty") });
  const show = () => (licence.root.hidden = specialty.root.hidden = !treats.value);
  treats.input.addEventListener("change", show);
  show();
  const form = new Form({ t, submit: t("setupSubmit"), testId: "setup", fields: [
    new Field(t, { name: "name", label: t("fullName"), required: true, autocomplete: "name", testId: "setup-name" }),
    new Field(t, { name: "sign_in", label: t("signInName"), hint: t("signInNameHint"), required: true, autocomplete: "username", testId: "setup-sign-in" }),
    new Field(t, { name: "password", label: t("newPassword"), hint: t("passwordHint"), kind: "password", required: true, autocomplete: "new-password", testId: "setup-password" }),
    treats, licence, specialty,
  ], send: async ({ treats, ...typed }) => {
    const { member } = await api.post("/setup", { ...typed, link, roles: treats ? ["physician"] : [], language: language.lang });
    location.replace(member.roles.includes("administrator") ? "/admin" : landing(member));
  } });
  main.append(element("section", { class: "card" }, element("h1", {}, t("setupTitle")), element("p", { class: "hint" }, t("setupLead")), form.root));
  form.fields[0].input.focus();
});
