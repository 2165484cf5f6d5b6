import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY, applied, isAfter, ownSeat, seatOf, welcomed } from "../../../web/static/js/store.js";

const seat = (id, role) => ({
  id, role, name: id, consented: false, arrived: false, admitted: false, present: false, path_lost: false,
  audio: true, video: true, problem: null,
});
const stored = (n, event) => ({ id: `1000-${n}`, at_ms: 1000 + n, event });
const welcome = (upto, events = [], changes = {}) => ({
  type: "welcome", v: 1, seat: "p", slots: 1, ice_servers: [], consent: {}, more: false, events,
  consultation: { id: "c", status: "scheduled", starts_at: "", ends_at: "", clinic: "", reason: "", seats: [seat("p", "patient"), seat("d", "physician")], upto, ...changes },
});

const after = (...facts) => applied(welcomed(EMPTY, welcome(null)), facts.map((fact, n) => stored(n, fact)));

const CHANGES = [
  [{ type: "consented", seat: "p", text_sha256: "a" }, { consented: true }],
  [{ type: "consent_withdrawn", seat: "p" }, { consented: false }],
  [{ type: "arrived", seat: "p" }, { arrived: true }],
  [{ type: "admitted", seat: "p", by: "d" }, { admitted: true }],
  [{ type: "joined", seat: "p", generation: 1 }, { present: true, path_lost: false }],
  [{ type: "path_lost", seat: "p" }, { path_lost: true }],
  [{ type: "path_back", seat: "p" }, { path_lost: false }],
  [{ type: "left", seat: "p", reason: "hung-up" }, { present: false, arrived: false, path_lost: false }],
  [{ type: "media_changed", seat: "p", audio: false, video: false, problem: "denied" }, { audio: false, video: false, problem: "denied" }],
  [{ type: "level_changed", seat: "p", direction: "up", level: "A1", reason: "congested" }, { up_level: "A1", level_reason: "congested" }],
  [{ type: "level_changed", seat: "p", direction: "down", level: "V0", reason: "recovered" }, { down_level: "V0", level_reason: "recovered" }],
  [{ type: "preference_changed", seat: "p", hold: "voice", save_data: true }, { hold: "voice", save_data: true }],
  [{ type: "a_fact_of_a_newer_server", seat: "p" }, {}],
];

test("a saved note becomes the note", () => {
  const { consultation } = after({ type: "note_saved", seat: "d", text: "Pedir perfil 20", command_id: "n1" });
  assert.deepEqual([consultation.note, consultation.note_id], ["Pedir perfil 20", "n1"]);
});

for (const [fact, change] of CHANGES) {
  test(`${fact.type} changes the seat it is about and no other`, () => {
    const state = after(fact);
    assert.deepEqual(ownSeat(state), { ...seat("p", "patient"), ...change });
    assert.deepEqual(seatOf(state, "d"), seat("d", "physician"));
  });
}

test("who is invited has a seat, and loses it by being sent away", () => {
  const invited = { type: "invited", seat: "g", language: "wba", name: "Eva" };
  const here = seatOf(after(invited, { type: "joined", seat: "g", generation: 1 }), "g");
  assert.deepEqual([here.role, here.name, here.language, here.present, here.revoked], ["companion", "Eva", "wba", true, undefined]);
  const gone = seatOf(after(invited, { type: "joined", seat: "g", generation: 1 }, { type: "revoked", seat: "g" }), "g");
  assert.deepEqual([gone.name, gone.present, gone.revoked], ["Eva", false, true]);
});

test("a giver who is in the call keeps the seat until leaving it", () => {
  const handed = (stays) => ({ type: "handed_over", seat: "d2", giver: "d", stays, name: "Gil" });
  assert.deepEqual([seatOf(after(handed(false)), "d").revoked, seatOf(after(handed(false)), "d2").role], [true, "physician"]);
  assert.equal(seatOf(after(handed(true)), "d").revoked, undefined);
  assert.equal(seatOf(after(handed(true), { type: "left", seat: "d", reason: "hung-up" }), "d").revoked, true);
});

test("ended empties the room and says why", () => {
  const state = after({ type: "joined", seat: "d", generation: 1 }, { type: "ended", by: "clock", reason: "expired" });
  assert.equal(state.consultation.status, "ended");
  assert.equal(state.endedReason, "expired");
  assert.equal(seatOf(state, "d").present, false);
});

test("the consultation is in progress from the first who is admitted or joins", () => {
  assert.equal(after({ type: "arrived", seat: "p" }).consultation.status, "scheduled");
  assert.equal(after({ type: "admitted", seat: "p", by: "d" }).consultation.status, "in-progress");
  assert.equal(after({ type: "joined", seat: "d", generation: 1 }).consultation.status, "in-progress");
});

test("an event that came before is not taken in twice", () => {
  const once = after({ type: "chat", seat: "d", text: "hola", command_id: "x" });
  assert.equal(applied(once, [stored(0, { type: "chat", seat: "d", text: "hola", command_id: "x" })]).messages.length, 1);
});

test("events that the welcome's state already holds give messages but change no seat", () => {
  const events = [stored(1, { type: "path_lost", seat: "d" }), stored(2, { type: "chat", seat: "d", text: "hola", command_id: "x" })];
  const state = welcomed(EMPTY, welcome("1000-9", events));
  assert.equal(seatOf(state, "d").path_lost, false);
  assert.deepEqual(state.messages.map(({ text }) => text), ["hola"]);
  assert.equal(state.seen, "1000-2");
});

test("a second welcome keeps the messages and takes the newer state", () => {
  const before = after({ type: "chat", seat: "d", text: "hola", command_id: "x" });
  const state = welcomed(before, welcome("1000-5", [], { status: "in-progress" }));
  assert.equal(state.messages.length, 1);
  assert.equal(state.consultation.status, "in-progress");
});

test("who hung up is gone until the next join", () => {
  const left = [{ type: "joined", seat: "d", generation: 1 }, { type: "left", seat: "d", reason: "hung-up" }];
  assert.deepEqual(after(...left).gone, ["d"]);
  assert.deepEqual(after(...left, { type: "joined", seat: "d", generation: 2 }).gone, []);
});

test("stream ids compare as numbers", () => {
  assert.ok(isAfter("1000-10", "1000-9"));
  assert.ok(isAfter("10000-0", "9999-5"));
  assert.ok(isAfter("1-0", null));
  assert.ok(!isAfter("1000-9", "1000-9"));
  assert.ok(!isAfter(null, "1-0"));
});
