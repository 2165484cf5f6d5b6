// Leaving: nothing clinical stays in this browser, and what has not reached the server yet is asked about first.

import { forget, unsent } from "../record/keeper.js";
import { ask } from "./dialog.js";

/** @param {Translate} t @param {StaffMember} member @param {StaffApi} api */
export async function signOut(t, member, api) {
  const waiting = await unsent(member.id);
  if (waiting.length && !(await ask(t, t("unsentTitle"), t("unsentExplain", { number: waiting.length }), t("unsentLeave")))) return;
  await api.delete("/session");
  await forget(member.id);
  location.replace("/enter");
}
