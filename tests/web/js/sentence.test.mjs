import assert from "node:assert/strict";
import { test } from "node:test";

import { filled } from "../../../web/static/js/language.js";
import { texts } from "../../../web/static/js/texts/es.js";
import { Sentence, sentenceOf } from "../../../web/static/js/view/sentence.js";
import { spans } from "../../../web/static/js/view/strip.js";

const t = (key, values = {}) => filled(texts[key], values);
const ANA = { name: "Ana" };

const SAID = [
  [{ mine: true, way: "both", flow: "voice", cause: "slow" }, "Su conexión está lenta: seguimos con voz."],
  [{ mine: true, way: "up", flow: "voice", cause: "lossy" }, "Su conexión llega entrecortada: le oyen, sin imagen."],
  [{ mine: false, way: "up", flow: "voice", cause: "slow" }, "La conexión de Ana está lenta: le seguimos oyendo."],
  [{ mine: false, way: "down", flow: "voice", cause: "slow" }, "La conexión de Ana está lenta: sigue oyendo, sin imagen."],
  [{ mine: true, way: "both", flow: "text", cause: "silent" }, "Su conexión se interrumpe: seguimos por escrito."],
  [{ mine: false, way: "both", flow: "voice", cause: "held" }, "Ana eligió solo voz."],
  [{ mine: true, way: "both", flow: "text", cause: "held" }, "Usted eligió solo texto."],
  [{ mine: true, way: "both", flow: "voice", cause: "saving" }, "Está ahorrando datos: seguimos con voz."],
  [{ mine: true, way: "both", flow: "voice", cause: "start" }, "Empezamos con voz; el video se enciende si la conexión alcanza."],
  [{ mine: false, way: "up", flow: "text", cause: "silent", oneWay: "video" }, "Ana puede verle y oírle, pero su señal no llega. Pídale que responda por escrito o espere."],
  [{ mine: false, way: "up", flow: "text", cause: "silent", oneWay: "voice" }, "Ana puede oírle, pero su señal no llega. Pídale que responda por escrito o espere."],
  [{ mine: true, way: "up", flow: "text", cause: "silent", oneWay: "video" }, "A Luis no le llega su señal. Escriba aquí o espere."],
];
for (const [strain, said] of SAID) test(said, () => assert.equal(sentenceOf({ who: ANA, oneWay: null, ...strain }, "Luis", t), said));

test("every cause and every way has its words", () => {
  for (const mine of [true, false]) for (const way of ["up", "down", "both"]) for (const flow of ["voice", "text"]) {
    for (const cause of ["slow", "lossy", "silent", "returned", "start", "held", "saving"]) for (const oneWay of way === "both" ? [null] : [null, "video", "voice"]) {
      assert.doesNotMatch(sentenceOf({ who: ANA, mine, way, flow, cause, oneWay }, "Luis", t), /undefined|\{/);
    }
  }
});

/** A page whose seats' levels and clock the test sets. */
function stage() {
  const seat = (id, role) => ({ id, role, name: id, present: true, path_lost: false, audio: true, video: true, up_level: "V3", down_level: "V3", level_reason: "congested", hold: "video", save_data: false });
  const [me, other] = [seat("p", "patient"), seat("d", "physician")];
  const session = { phase: "in-call", me, others: [other], mediaPossible: true, uplinkLost: false };
  const due = [];
  const play = { now: 100_000, me, session, due };
  play.sentence = new Sentence(t, () => {}, { now: () => play.now, later: (_, ms) => due.push(play.now + ms) });
  play.at = (ms) => {
    play.now = 100_000 + ms;
    return play.sentence.of(session, "Ana");
  };
  return play;
}
const VOICE = "Su conexión está lenta: seguimos con voz.";

test("a sentence waits until both ways have settled, and asks to be shown then", () => {
  const play = stage();
  play.me.up_level = "A1";
  assert.equal(play.at(0), "");
  play.me.down_level = "A1";
  assert.equal(play.at(50), "");
  assert.ok(play.due.length > 0);
  assert.equal(play.at(451), VOICE);
});

test("a dip shorter than settling is never said, nor its end", () => {
  const play = stage();
  play.me.up_level = "A1";
  play.at(0);
  play.me.up_level = "V3";
  for (const ms of [200, 700, 1_200]) assert.equal(play.at(ms), "");
});

test("a sentence stays long enough to be read, then the climb is announced, then all is as always", () => {
  const play = stage();
  play.at(0);
  play.me.up_level = play.me.down_level = "A1";
  play.at(10);
  assert.equal(play.at(500), VOICE);
  play.me.up_level = play.me.down_level = "V1";
  assert.equal(play.at(1_000), VOICE);
  assert.equal(play.at(4_501), "La conexión mejoró: volvemos al video.");
  play.at(8_100);
  assert.equal(play.at(8_600), "");
});

test("the first picture of a call is no news", () => {
  const play = stage();
  play.me.up_level = play.me.down_level = "A1";
  play.me.level_reason = "start";
  play.at(0);
  play.at(500);
  play.me.up_level = play.me.down_level = "V1";
  play.me.level_reason = "recovered";
  play.at(5_000);
  assert.equal(play.at(5_500), "");
});

test("a strip holds what held in its minutes, from its edge on", () => {
  const now = 3_600_000;
  const change = (agoS, level) => ({ atMs: now - agoS * 1000, level, direction: "up", seat: "p", reason: "congested" });
  const held = spans([change(3_000, "V3"), change(900, "A1"), change(60, "V1"), change(60, "V2")], now);
  assert.deepEqual(held.map(({ fromMs, untilMs, level }) => [(now - fromMs) / 1000, (now - untilMs) / 1000, level]), [[600, 60, "A1"], [60, 0, "V2"]]);
});
