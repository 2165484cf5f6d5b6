// Leaving: nothing clinical stays in this browser, and what has not reached the server yet is asked about first.

import { forget, unsent } from "../record/keeper.js";
import { ask } from "./dialog.js";

/** @param {Translate} t @param {StaffMember} member @param {StaffApi} api */
export async function signOut(t, member, api) {
  const waiting = await unsent(member.id);
  if (waiting.length && !(await ask(t, t("unsentTitle"), t("unsentExplain", { number: waiting.length }), t("unsentLeave")))) return;
  await api.delete("/session");
  await forget(member.id);
  forgetSeats();
  location.replace("/enter");
}

/** The console keeps the tokens of the seats that it opened for as long as the tab is there. */
function forgetSeats() {
  try {
    sessionStorage.clear();
  } catch {
    // cookies are blocked: nothing was kept
  }
}
