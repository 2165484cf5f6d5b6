/// <reference path="../../../record.d.ts" />
// What the API said no to, known by its form: each script that the server joins has a class of its own for it.

/** The refusal, or whatever else it was is thrown on. @param {unknown} error @returns {import("../staff/api.js").ApiError} */
export function refusalOf(error) {
  if (error instanceof Error && "status" in error && "code" in error) return /** @type {import("../staff/api.js").ApiError} */ (error);
  throw error;
}
