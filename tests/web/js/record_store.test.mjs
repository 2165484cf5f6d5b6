import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { ApiError } from "../../../web/static/js/staff/api.js";
import { baseOf, joined, same, shownHead, troubleOf } from "../../../web/static/js/record/field.js";
import { RecordStore } from "../../../web/static/js/record/store.js";

const NAMES = ["reason", "impressions", "prescriptions", "instructions", "next_action"];

/** The clinic's rules for one record: clinic/record/field.py. */
class Server {
  constructor() {
    Object.assign(this, { revision: 0, heads: Object.fromEntries(NAMES.map((name) => [name, []])), down: false, deaf: false, status: "draft", saves: 0, refusal: null, reads: 0 });
  }

  view(own = 0) {
    return structuredClone({ consultation: "c", patient: "ana", revision: this.revision, status: this.status, physicians: [{ id: "paz", name: "Luz Paz", since: "" }], fields: this.heads, missing: [], versions: [], amended: false, own });
  }

  save({ field, value, base, client, edit }) {
    const heads = this.heads[field];
    const own = heads.filter((head) => head.client === client);
    if (own.some((head) => head.edit >= edit)) return;
    const followed = heads.some(({ revision }) => revision === base) ? heads.filter(({ revision }) => revision === base) : own.slice(-1);
    this.follow(field, { value, client, edit }, followed);
  }

  follow(field, head, followed) {
    const beside = this.heads[field].filter((each) => !followed.includes(each));
    if (followed.length === 1 && same(followed[0].value, head.value)) return;
    this.revision += 1;
    const twin = beside.some(({ value }) => same(value, head.value));
    this.heads[field] = twin ? beside : [...beside, { ...head, revision: this.revision, author: "paz", at: "" }];
  }

  api() {
    const ask = async (path, body, options) => {
      assert.equal(options.once, true);
      if (this.down) throw new ApiError(0, { code: "offline", message: "" });
      if (path.endsWith("/status")) return { revision: this.revision, status: this.status };
      if (path.endsWith("/fields") && this.refusal) throw this.refusal;
      if (path.endsWith("/fields")) this.saves += 1;
      if (path.endsWith("/fields")) this.save(structuredClone(body));
      if (path.endsWith("/choice")) this.follow(body.field, structuredClone(body), this.heads[body.field].filter(({ revision }) => body.seen.includes(revision)));
      if (path.endsWith("/complete")) this.status = "completed";
      if (this.deaf) throw new ApiError(0, { code: "offline", message: "" });
      if (path.endsWith("/record") && body === undefined) this.reads += 1;
      return this.view(this.revision);
    };
    return { get: (path, options) => ask(path, undefined, options), post: ask };
  }

  texts(field = "reason") {
    return this.heads[field].map(({ value }) => value);
  }
}

/** A browser's IndexedDB, and which of its pages live. */
class Browser {
  constructor() {
    Object.assign(this, { drafts: new Map(), living: new Set(), full: false });
  }

  keeper() {
    return {
      dead: async (member, consultation) => structuredClone([...this.drafts.values()].filter((draft) => draft.member === member && draft.consultation === consultation && !this.living.has(draft.client)).sort((a, b) => b.atMs - a.atMs)),
      put: async (draft) => {
        if (this.full) throw new Error("quota");
        this.drafts.set(draft.key, structuredClone(draft));
      },
      remove: async (key) => void this.drafts.delete(key),
    };
  }
}

let made = 0;

async function page(server, browser, member = "paz") {
  const store = new RecordStore({ api: server.api(), keeper: browser.keeper(), member, consultation: "c", onChange() {}, newId: () => `id${(made += 1)}` });
  browser.living.add(store.client);
  await store.open();
  await settle();
  return store;
}

/** The browser is killed: nothing of the page runs any more. */
function kill(store, browser) {
  store.closed = true;
  clearTimeout(store.timer);
  clearTimeout(store.looking);
  browser.living.delete(store.client);
  store.api = { get: () => new Promise(() => {}), post: () => new Promise(() => {}) };
}

async function settle() {
  for (let n = 0; n < 60; n += 1) await Promise.resolve();
}

async function pass(ms) {
  for (let at = 0; at < ms; at += 250) {
    mock.timers.tick(250);
    await settle();
  }
}

function timed(name, story) {
  test(name, async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    try {
      await story();
    } finally {
      mock.timers.reset();
    }
  });
}

timed("what is typed is in the browser at once and at the server within two seconds", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  store.write("reason", "Cefa");
  assert.equal(store.state, "saving");
  await settle();
  assert.equal([...browser.drafts.values()][0].edits.reason.value, "Cefa");
  await pass(750);
  store.write("reason", "Cefalea"); // goes on typing: the save does not wait for a pause
  await pass(500);
  assert.deepEqual(server.texts(), ["Cefalea"]);
  assert.equal(store.state, "saved");
  assert.equal(browser.drafts.size, 0);
});

timed("one who types without a pause is saved every second or so", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  for (let n = 1; n <= 40; n += 1) {
    store.write("reason", "x".repeat(n));
    await pass(250);
  }
  await pass(2000);
  assert.deepEqual(server.texts(), ["x".repeat(40)]);
  assert.ok(server.saves >= 8 && server.saves <= 12, String(server.saves));
});

timed("ten minutes of typing without a network lose nothing", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  server.down = true;
  for (let n = 1; n <= 600; n += 1) {
    store.write("reason", `minuto ${n}`);
    store.write("instructions", `reposo ${n}`);
    await pass(1000);
  }
  assert.equal(store.state, "kept");
  assert.deepEqual(server.texts(), []);
  server.down = false;
  store.wake();
  await pass(3000);
  assert.deepEqual([server.texts(), server.texts("instructions")], [["minuto 600"], ["reposo 600"]]);
  assert.equal(store.state, "saved");
});

timed("a killed browser goes on where it was, also offline", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  store.write("reason", "Cefalea");
  await pass(2000);
  server.down = true;
  store.write("reason", "Cefalea y fiebre");
  await pass(500);
  kill(store, browser);
  const again = await page(server, browser);
  assert.equal(again.value("reason"), "Cefalea y fiebre");
  assert.equal(again.state, "kept");
  server.down = false;
  await pass(6000);
  assert.deepEqual(server.texts(), ["Cefalea y fiebre"]);
  assert.equal(again.state, "saved");
  assert.equal(browser.drafts.size, 0);
});

timed("a save whose answer was lost before the kill makes no conflict", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  store.write("reason", "Ce");
  await pass(2000);
  server.deaf = true;
  store.write("reason", "Cefa");
  await pass(1500);
  store.write("reason", "Cefalea");
  await settle();
  assert.deepEqual(server.texts(), ["Cefa"]);
  kill(store, browser);
  server.deaf = false;
  const again = await page(server, browser);
  await pass(3000);
  assert.deepEqual(server.texts(), ["Cefalea"]);
  assert.equal(again.beside("reason").length, 0);
});

timed("where both sides changed a field, both are shown until one is chosen", async () => {
  const server = new Server();
  const [phone, desk] = [new Browser(), new Browser()];
  const one = await page(server, phone);
  const two = await page(server, desk);
  one.write("reason", "Cefalea");
  await pass(2000);
  await pass(11000);
  assert.equal(two.value("reason"), "Cefalea");
  const [oneLine, twoLine] = [one.api, two.api];
  one.api = { get: async () => Promise.reject(new ApiError(0, { code: "offline", message: "" })), post: async () => Promise.reject(new ApiError(0, { code: "offline", message: "" })) };
  one.write("reason", "Cefalea intensa");
  await pass(2000);
  two.write("reason", "Cefalea leve");
  await pass(3000);
  one.api = oneLine;
  one.wake();
  await pass(12000);
  assert.deepEqual(server.texts().sort(), ["Cefalea intensa", "Cefalea leve"]);
  assert.equal(one.value("reason"), "Cefalea intensa");
  assert.deepEqual(one.beside("reason").map(({ value }) => value), ["Cefalea leve"]);
  assert.equal(two.value("reason"), "Cefalea leve");
  assert.deepEqual(two.beside("reason").map(({ value }) => value), ["Cefalea intensa"]);
  one.write("reason", "Cefalea intensa, desde ayer"); // typing goes on meanwhile
  await pass(2000);
  assert.equal(server.texts().length, 2);
  await one.choose("reason", "Cefalea leve, luego intensa");
  assert.deepEqual(server.texts(), ["Cefalea leve, luego intensa"]);
  await pass(11000);
  assert.equal(two.value("reason"), "Cefalea leve, luego intensa");
  assert.ok(twoLine);
});

timed("a choice while a save is on its way settles with both", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  server.save({ field: "reason", value: "Otro", base: 0, client: "x", edit: 1 });
  store.write("reason", "Mío");
  mock.timers.tick(1000);
  await store.choose("reason", "Mío y otro");
  await settle();
  await pass(12000);
  assert.equal(store.state, "saved");
  assert.ok(server.texts().includes("Mío y otro"));
});

timed("what another device wrote comes in while nothing is typed here", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  const reads = server.reads;
  server.save({ field: "reason", value: "Desde el teléfono", base: 0, client: "x", edit: 1 });
  await pass(11000);
  assert.equal(store.value("reason"), "Desde el teléfono");
  await pass(60000);
  assert.equal(server.reads, reads + 1, "texts are asked for only when there are new ones");
});

timed("drafts of two dead pages both reach the server", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const [one, two] = [await page(server, browser), await page(server, browser)];
  server.down = true;
  one.write("reason", "De la primera");
  await pass(500);
  two.write("reason", "De la segunda");
  await pass(500);
  kill(one, browser);
  kill(two, browser);
  server.down = false;
  const three = await page(server, browser);
  await pass(4000);
  assert.deepEqual(server.texts().sort(), ["De la primera", "De la segunda"]);
  assert.equal(three.beside("reason").length, 1);
  assert.equal(browser.drafts.size, 0);
});

timed("a living page keeps its own draft", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const one = await page(server, browser);
  server.down = true;
  one.write("reason", "Aún escribo");
  await pass(500);
  const two = await page(server, browser);
  assert.equal(two.value("reason"), "");
  assert.equal(browser.drafts.size, 1);
});

timed("another member of staff gets nothing of it", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const one = await page(server, browser);
  server.down = true;
  one.write("reason", "De Paz");
  await pass(500);
  kill(one, browser);
  const other = await page(server, browser, "luz");
  assert.equal(other.value("reason"), "");
});

timed("what is too long is kept, told, and not sent; the rest is", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  store.write("reason", "x".repeat(1_000_000));
  store.write("instructions", "Reposo");
  await pass(3000);
  assert.deepEqual([store.state, store.tooLong], ["refused", "reason"]);
  assert.deepEqual([server.texts(), server.texts("instructions")], [[], ["Reposo"]]);
  assert.equal([...browser.drafts.values()][0].edits.reason.value.length, 1_000_000);
  store.write("reason", "corto");
  await pass(3000);
  assert.equal(store.state, "saved");
});

timed("what the server refuses is told and sent again only when it was changed", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  server.refusal = new ApiError(403, { code: "record-not-yours", message: "Es de otro médico." });
  store.write("reason", "Cefalea");
  await pass(20000);
  assert.deepEqual([store.state, store.refused.reason], ["refused", "Es de otro médico."]);
  await assert.rejects(store.act("complete"), { code: "unsaved" });
  server.refusal = null;
  store.write("reason", "Cefalea.");
  await pass(2000);
  assert.deepEqual(server.texts(), ["Cefalea."]);
});

timed("a browser that cannot keep says so as long as the server is away", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  browser.full = server.down = true;
  store.write("reason", "Cefalea");
  await pass(3000);
  assert.equal(store.state, "unkept");
  server.down = false;
  await pass(9000);
  assert.equal(store.state, "saved");
});

timed("closing waits for what is typed", async () => {
  const [server, browser] = [new Server(), new Browser()];
  const store = await page(server, browser);
  store.write("reason", "Cefalea");
  store.write("instructions", "Reposo");
  await store.act("complete");
  assert.deepEqual([server.texts(), server.texts("instructions"), store.view.status], [["Cefalea"], ["Reposo"], "completed"]);
  server.down = true;
  store.write("reason", "Mareo");
  await assert.rejects(store.act("sign", {}), { code: "offline" });
});

test("what is absent, empty or false says nothing", () => {
  assert.ok(same([{ id: "1", text: "a", code: "" }], [{ text: "a", id: "1" }]));
  assert.ok(!same([{ id: "1", text: "a" }], [{ id: "1", text: "b" }]));
  assert.ok(same({ kind: "lab", details: "", on: null }, { kind: "lab" }));
});

test("a base that is gone is the page's own last text, or stays", () => {
  const heads = [{ revision: 3, client: "a" }, { revision: 5, client: "b" }];
  assert.equal(baseOf(heads, 3, ["b"]), 3);
  assert.equal(baseOf(heads, 1, ["b"]), 5);
  assert.equal(baseOf(heads, 1, ["c"]), 1);
  assert.equal(shownHead(heads, "a").revision, 3);
  assert.equal(shownHead(heads, "c").revision, 5);
});

test("sizes are told as the server counts them", () => {
  assert.equal(troubleOf("🌸".repeat(20_000)), null);
  assert.equal(troubleOf("x".repeat(20_001)), "too-long");
  assert.equal(troubleOf([{ id: "1", text: "x".repeat(501) }]), "too-long-line");
  assert.equal(troubleOf(Array.from({ length: 41 }, (_, n) => ({ id: `${n}`, text: "x" }))), "too-many");
});

test("two texts in one lose nothing", () => {
  assert.equal(joined("Cefalea", "Mareo"), "Cefalea\n\nMareo");
  assert.equal(joined("Cefalea y mareo", "mareo"), "Cefalea y mareo");
  const [a, b, changed] = [{ id: "1", text: "a" }, { id: "2", text: "b" }, { id: "1", text: "c" }];
  assert.deepEqual(joined([a], [a, b]), [a, b]);
  assert.deepEqual(joined([a], [changed]).map(({ text }) => text), ["a", "c"]);
  assert.equal(new Set(joined([a], [changed]).map(({ id }) => id)).size, 2);
});
