import assert from "node:assert/strict";
import { test } from "node:test";

import { filled } from "../../../web/static/js/language.js";
import { texts } from "../../../web/static/js/texts/es.js";
import { awayOf, spanOf } from "../../../web/static/js/view/outage.js";
import { statusOf } from "../../../web/static/js/view/status.js";

const t = (key, values = {}) => filled(texts[key], values);
const SPACE = "\u00a0";

const SPANS = [
  [0, ""], [9_999, ""], [10_000, "10 s"], [29_000, "20 s"], [59_999, "50 s"], [60_000, "1 min"], [179_000, "2 min"],
  [3_599_000, "59 min"], [3_600_000, "1 h 0 min"], [3_900_000, "1 h 5 min"], [7_260_000, "2 h 1 min"],
];
for (const [ms, words] of SPANS) test(`${ms} ms is "${words}"`, () => assert.equal(spanOf(ms).replaceAll(SPACE, " "), words));

const seat = (id, role, changes = {}) => ({
  id, role, name: id, present: true, path_lost: false, audio: true, video: true, up_level: "V3", down_level: "V3", level_reason: "start", hold: "video", save_data: false, ...changes,
});
const session = (changes = {}, doctor = {}) => ({
  phase: "in-call", link: "open", notice: "", saving: false, uplinkLost: false, overPolling: false, mediaPossible: true, mediaRefusal: null,
  me: seat("Ana", "patient"), others: [seat("Dra. Rojas", "physician", doctor)], media: { asking: false }, state: { consultation: {}, gone: [] }, ...changes,
});

const AWAY = [
  ["nothing", {}, {}, ""],
  ["the own path", { phase: "reconnecting" }, {}, "path"],
  ["the own path and the server", { phase: "reconnecting", link: "lost" }, { path_lost: true }, "path"],
  ["only the server", { link: "lost" }, {}, "line"],
  ["another one", {}, { path_lost: true }, "Dra. Rojas"],
  ["another one who had left", {}, { path_lost: true, present: false }, ""],
];
for (const [name, changes, doctor, away] of AWAY) test(`lost: ${name}`, () => assert.equal(awayOf(session(changes, doctor)), away));

const SECOND = 1_000;
const SAID = [
  ["all is well", {}, {}, 0, "En consulta con Dra. Rojas"],
  ["the path is lost", { phase: "reconnecting" }, {}, SECOND, "Se perdió la conexión. Volvemos solos, no hace falta tocar nada."],
  ["and stays lost", { phase: "reconnecting", link: "lost" }, {}, 90 * SECOND, "Seguimos intentando. Su lugar está guardado."],
  ["the server is away for a moment", { link: "lost" }, {}, SECOND, "En consulta con Dra. Rojas"],
  ["the server is away", { link: "lost" }, {}, 3 * SECOND, "La llamada sigue; sus mensajes esperan."],
  ["the other one is lost", {}, { path_lost: true }, SECOND, "Dra. Rojas perdió la conexión; le esperamos."],
  ["the store is away", { saving: true }, {}, 0, "Guardando…"],
  ["the store is away, and the other one too", { saving: true }, { path_lost: true }, 0, "Dra. Rojas perdió la conexión; le esperamos."],
  ["waiting, and the server is away", { phase: "waiting", link: "lost" }, {}, SECOND, "Sin conexión con la clínica. Volvemos solos, no hace falta tocar nada."],
  ["waiting, and not saved yet", { phase: "waiting", saving: true }, {}, 0, "Guardando…"],
  ["loaded while the server is away", { phase: "waiting", link: "lost", state: { consultation: null, gone: [] } }, {}, SECOND, "Sin conexión con la clínica. Volvemos solos, no hace falta tocar nada."],
  ["just loaded", { phase: "idle", link: "opening", state: { consultation: null, gone: [] } }, {}, 0, "Conectando con la clínica…"],
];
for (const [name, changes, doctor, awayMs, said] of SAID) {
  test(`${name}: "${said}"`, () => assert.equal(statusOf(session(changes, doctor), t, false, "", awayMs).replaceAll(SPACE, " "), said));
}

test("an uplink that is dead alone is told of by the ladder's sentence, also while no word gets through", () => {
  const dead = session({ link: "lost", uplinkLost: true });
  assert.equal(statusOf(dead, t, false, "A Dra. Rojas no le llega su señal.", 9 * SECOND), "A Dra. Rojas no le llega su señal.");
});

test("no words of a lost connection blame anybody or speak of an end", () => {
  const words = Object.entries(texts).filter(([key]) => /^lost|^status(Off|Other|Sav)/.test(key)).map(([, text]) => text).join(" ");
  assert.doesNotMatch(words, /termin|fin |error|fall[oóa]|su culpa|mala/i);
});
