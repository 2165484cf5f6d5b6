// A new password, by the link that an administrator gave.

import { element } from "../view/element.js";
import { ApiError } from "./api.js";
import { Field } from "./field.js";
import { Form } from "./form.js";
import { landing } from "./landing.js";
import { faultOf, noticeCard, secretOfAddress } from "./link.js";
import { startDoor } from "./shell.js";

void startDoor({ title: "passwordTitle" }).then(async ({ api, t, main }) => {
  const link = secretOfAddress();
  const fault = await faultOf(api, "/password/look", link);
  if (fault) return main.append(noticeCard(t, t("linkOverTitle"), t("passwordOver")));
  const password = new Field(t, { name: "password", label: t("newPassword"), hint: t("passwordHint"), kind: "password", required: true, autocomplete: "new-password", testId: "password-new" });
  const form = new Form({ t, submit: t("passwordSubmit"), testId: "password", fields: [password], send: async (values) => {
    try {
      const { member } = await api.post("/password", { ...values, link });
      location.replace(landing(member));
    } catch (error) {
      // The password is set; the second factor is asked for at the door.
      if (!(error instanceof ApiError) || error.code !== "code-needed") throw error;
      location.replace("/enter");
    }
  } });
  main.append(element("section", { class: "card" }, element("h1", {}, t("passwordTitle")), form.root));
  password.input.focus();
});
