import assert from "node:assert/strict";
import { test } from "node:test";

import { Memory } from "../../../web/static/js/memory.js";

const DAY_MS = 24 * 3_600_000;
const T0 = 1_800_000_000_000;

/** Stands for a browser's Storage: its items are its enumerable properties. */
function storage(items = {}) {
  const methods = {
    getItem: (key) => items[key] ?? null,
    setItem: (key, value) => void (items[key] = value),
    removeItem: (key) => void delete items[key],
  };
  return Object.setPrototypeOf(items, methods);
}

const chat = (id) => ({ type: "chat", id, text: "hola" });
const ids = (commands) => commands.map(({ id }) => id);

function browser() {
  const device = storage();
  let now = T0;
  const tab = (own = storage()) => new Memory(own, device, "abc123", () => now);
  return { device, tab, pass: (ms) => (now += ms) };
}

test("what was not sent survives a closed tab, in order", () => {
  const { tab } = browser();
  const first = tab();
  first.keepWaiting([chat("a")], []);
  first.keepWaiting([chat("b")], []);
  first.keepWaiting([chat("c")], ["a"]);
  assert.deepEqual(ids(tab().waiting), ["b", "c"]);
});

test("two tabs of one seat take nothing from each other", () => {
  const { tab } = browser();
  const older = tab();
  older.keepWaiting([chat("a")], []);
  const newer = tab();
  older.keepWaiting([chat("b")], []);
  newer.keepWaiting([chat("c")], ["a"]);
  assert.deepEqual(ids(tab().waiting), ["b", "c"]);
});

test("whether the human was in, and the note, are for every tab; the way back into the call is one tab's", () => {
  const { tab } = browser();
  const own = storage();
  const first = tab(own);
  first.keepWanted(true);
  first.keepNote({ text: "tos", savedText: "", base: "", flights: [] });
  first.keepRoom({ slots: 1, ice_servers: [] });
  first.keepBytes(7);
  const [again, other] = [tab(own), tab()];
  assert.deepEqual([again.wanted, again.note.text, again.room.slots, again.bytes], [true, "tos", 1, 7]);
  assert.deepEqual([other.wanted, other.note.text, other.room, other.bytes], [true, "tos", null, 0]);
});

test("after two days it is forgotten, and deleted, whoever's consultation it was", () => {
  const { device, tab, pass } = browser();
  device.setItem("hilo:lang", "en");
  device.setItem("other:thing:here", "{}");
  tab().keepWaiting([chat("a")], []);
  tab().keepNote({ text: "tos", savedText: "", base: "", flights: [] });
  pass(2 * DAY_MS + 1);
  new Memory(storage(), device, "another", () => T0 + 2 * DAY_MS + 1);
  assert.deepEqual(Object.keys(device), ["hilo:lang", "other:thing:here"]);
});

test("a command that is two days old does not stay for a younger one's sake", () => {
  const { tab, pass } = browser();
  tab().keepWaiting([chat("a")], []);
  pass(1.5 * DAY_MS);
  tab().keepWaiting([chat("b")], []);
  pass(DAY_MS);
  assert.deepEqual(ids(tab().waiting), ["b"]);
});

test("when the consultation is over, what waited is deleted; a note that could not be saved is not", () => {
  const { device, tab } = browser();
  const memory = tab();
  memory.keepWanted(true);
  memory.keepWaiting([chat("a")], []);
  memory.keepNote({ text: "tos", savedText: "", base: "", flights: [] });
  memory.forget();
  assert.deepEqual(Object.keys(device), ["hilo:abc123:note"]);
});

test("a relay's credentials are used for as long as they hold", () => {
  const { tab, pass } = browser();
  const own = storage();
  const relay = { urls: ["turn:relay.example"], username: `${T0 / 1000 + 600}:ab`, credential: "x" };
  tab(own).keepRoom({ slots: 1, ice_servers: [relay] });
  pass(599_000);
  assert.deepEqual(tab(own).room, { slots: 1, ice_servers: [relay] });
  pass(2_000);
  assert.equal(tab(own).room, null);
});

test("survives broken or forbidden storage", () => {
  const broken = { getItem: () => "{", setItem: () => { throw new Error("full"); } };
  for (const each of [null, broken]) {
    const memory = new Memory(each, each, "abc123");
    memory.keepWanted(true);
    memory.keepWaiting([chat("a")], []);
    assert.deepEqual([memory.wanted, memory.waiting, memory.room, memory.note], [false, [], null, null]);
  }
});
