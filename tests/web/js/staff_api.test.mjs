// Asking the API as staff: nothing is sent twice under two keys, nothing typed is lost, and refusals name their fields.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, ApiError } from "../../../web/static/js/staff/api.js";

const ANA = { id: "ana", sign_in: "ana", roles: ["coordinator"], capabilities: [] };
const said = (status, body) => new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const refused = (status, code, more = {}) => said(status, { code, message: `words of ${code}`, ...more });

/** An API that gives these answers in turn; "offline" for none. */
function api(answers, { signIn = async () => {} } = {}) {
  const asked = [];
  const trouble = [];
  const pauses = [];
  const made = new Api({
    lang: "es",
    signIn,
    say: (code) => `words of ${code}`,
    onTrouble: (now) => trouble.push(now),
    pause: async (ms) => void pauses.push(ms),
    newId: () => `key-${asked.length}`,
    fetch: async (url, options) => {
      asked.push({ url, ...options });
      const answer = answers.shift();
      if (answer === "offline") throw new TypeError("Failed to fetch");
      return answer;
    },
  });
  made.use({ member: ANA, csrf: "token-1" });
  return { made, asked, trouble, pauses };
}

test("a write carries the session's token and one key, however often it is sent", async () => {
  const { made, asked, trouble, pauses } = api(["offline", refused(503, "unavailable"), said(201, { id: "7" })]);
  assert.deepEqual(await made.post("/things", { name: "x" }), { id: "7" });
  assert.deepEqual(asked.map(({ headers }) => headers["Idempotency-Key"]), ["key-0", "key-0", "key-0"]);
  assert.equal(asked[0].headers["X-CSRF-Token"], "token-1");
  assert.equal(asked[2].body, '{"name":"x"}');
  assert.deepEqual(pauses, [500, 1000]);
  assert.deepEqual(trouble, [true, false]);
});

test("who keeps what is to be saved is told at once that nobody can be reached", async () => {
  const { made } = api(["offline"]);
  await assert.rejects(made.put("/draft", {}, { once: true }), (error) => error instanceof ApiError && error.status === 0 && error.code === "offline");
});

test("a session that ended in the middle of work is begun anew, and the request goes on under its key", async () => {
  const { made, asked } = api([refused(401, "sign-in-first"), said(200, { saved: true })], { signIn: async () => made.use({ member: ANA, csrf: "token-2" }) });
  assert.deepEqual(await made.post("/things", {}), { saved: true });
  assert.deepEqual(asked.map(({ headers }) => [headers["X-CSRF-Token"], headers["Idempotency-Key"]]), [["token-1", "key-0"], ["token-2", "key-0"]]);
});

test("many requests that find the session ended ask once", async () => {
  let dialogs = 0;
  let signedIn = () => {};
  const { made } = api([refused(401, "sign-in-first"), refused(401, "sign-in-first"), said(200, 1), said(200, 2)], { signIn: () => new Promise((resolve) => ((dialogs += 1), (signedIn = resolve))) });
  const both = Promise.all([made.get("/a"), made.get("/b")]);
  await new Promise((resolve) => setImmediate(resolve));
  signedIn();
  assert.deepEqual((await both).sort(), [1, 2]);
  assert.equal(dialogs, 1);
});

test("a page whose token is old takes the new one, once", async () => {
  const { made, asked } = api([refused(403, "stale-page"), said(200, { member: ANA, csrf: "token-2" }), said(204)]);
  assert.equal(await made.delete("/things/1"), null);
  assert.equal(asked[2].headers["X-CSRF-Token"], "token-2");
});

test("a page of somebody else's session saves nothing under the new one's name", async () => {
  const { made } = api([refused(403, "stale-page"), said(200, { member: { ...ANA, id: "eva" }, csrf: "hers" })]);
  await assert.rejects(made.delete("/things/1"), (error) => error.code === "stale-page");
});

test("a refusal says which fields, and an answer that is not ours is told as our fault", async () => {
  const fields = [{ field: "name", code: "missing", message: "Falta." }];
  const { made } = api([refused(422, "invalid", { fields, more: { a: "b" } }), new Response("<html>", { status: 500 })]);
  await assert.rejects(made.post("/things", {}), (error) => error.fields.name === "Falta." && error.more.a === "b" && error.message === "words of invalid");
  await assert.rejects(made.post("/things", {}), (error) => error.code === "broken" && error.status === 500);
});

test("who gave up stops a request that waits", async () => {
  const stop = new AbortController();
  const { made } = api(["offline"], {});
  made.pause = async () => stop.abort();
  await assert.rejects(made.get("/a", { signal: stop.signal }), { name: "AbortError" });
});
