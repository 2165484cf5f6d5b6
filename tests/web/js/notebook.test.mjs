import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Notebook, merged } from "../../../web/static/js/notebook.js";

/** The clinic's rules for one note: clinic/consultation.py `_save_note`, and ids that are applied once. */
class Server {
  constructor(note = "", noteId = "") {
    Object.assign(this, { note, noteId, answers: new Map() });
  }

  take({ id, text, base }) {
    if (!this.answers.has(id)) this.answers.set(id, this._decide(id, text, base || ""));
    return this.answers.get(id);
  }

  _decide(id, text, base) {
    if (text === this.note) return "ack";
    if (base !== this.noteId) return "note-changed";
    [this.note, this.noteId] = [text, id];
    return "ack";
  }
}

/** A physician's page: what it says waits in `line` until `talk` brings it over, or `drop` loses it. */
class Page {
  constructor(server, memory = { note: null, keepNote(note) { this.note = structuredClone(note); } }, name = "p") {
    let made = 0;
    Object.assign(this, { server, memory, line: [], online: false, sent: [] });
    const send = (command) => this.online && (this.sent.push(command), this.line.push(command));
    this.book = new Notebook({ memory, send, isOnline: () => this.online, newId: () => `${name}${++made}` });
  }

  connect() {
    this.online = true;
    this.book.follow(this.server.note, this.server.noteId);
    this.book.resend();
    mock.timers.tick(0);
    return this;
  }

  /** @param {{acks?: boolean}} [how] without acks the server takes it, but its answers are lost */
  talk({ acks = true } = {}) {
    for (let turn = 0; turn < 5; turn += 1) {
      for (const command of this.line.splice(0)) {
        const answer = this.server.take(command);
        if (!acks) continue;
        if (answer === "ack") this.book.acked(command.id);
        else this.book.refuse(command.id, answer);
        this.book.follow(this.server.note, this.server.noteId);
      }
      mock.timers.tick(0);
    }
    return this;
  }

  drop() {
    this.online = false;
    this.line = [];
    return this;
  }

  types(text, seconds = 2) {
    this.book.write(text);
    for (let tenth = 0; tenth < seconds * 10; tenth += 1) mock.timers.tick(100);
    return this;
  }
}

function started(note, noteId) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server(note, noteId);
  return { server, page: new Page(server).connect() };
}

test("what is typed is at the server within two seconds, and then called saved", () => {
  const { server, page } = started();
  page.book.write("tos");
  assert.deepEqual([page.book.view.state, page.memory.note.text], ["saving", "tos"]);
  page.types("tos seca", 1.6).talk();
  assert.equal(server.note, "tos seca");
  assert.deepEqual(page.book.view, { text: "tos seca", savedText: "tos seca", state: "saved" });
  assert.equal(page.memory.note, null);
});

test("while somebody types, it is saved about every two seconds, each save made from the one before", () => {
  const { server, page } = started();
  let text = "";
  for (let key = 0; key < 100; key += 1) page.types((text += "x"), 0.1).talk();
  page.types(text, 2).talk();
  assert.equal(server.note, text);
  assert.ok(page.sent.length >= 5 && page.sent.length <= 8, String(page.sent.length));
  assert.ok(page.sent.every(({ base }, index) => base === (page.sent[index - 1]?.id ?? null)));
});

test("without a line the browser keeps it, and says so", () => {
  const { server, page } = started();
  page.drop().types("tos");
  assert.equal(page.book.view.state, "offline");
  const reloaded = new Page(server, page.memory, "q").connect();
  assert.equal(reloaded.book.view.text, "tos");
  reloaded.talk();
  assert.equal(server.note, "tos");
});

for (const acks of [true, false]) {
  test(`the line dies ${acks ? "before the save arrives" : "with the ack"}: saved once, and what was typed after it follows`, () => {
    const { server, page } = started();
    page.types("uno");
    if (!acks) page.talk({ acks });
    page.drop().types("uno dos").connect().talk().types("uno dos").talk();
    assert.equal(server.note, "uno dos");
    assert.equal(page.book.view.state, "saved");
  });

  test(`the page dies ${acks ? "before the save arrives" : "with the ack"}: the next page goes on from its text`, () => {
    const { server, page } = started();
    page.types("uno");
    if (!acks) page.talk({ acks });
    page.drop().types("uno dos");
    const next = new Page(server, page.memory, "q").connect().talk();
    mock.timers.tick(2_000);
    next.talk();
    assert.equal(server.note, "uno dos");
    assert.deepEqual(next.book.view, { text: "uno dos", savedText: "uno dos", state: "saved" });
  });
}

test("another device saved meanwhile: both texts stay, the server's first, and are saved", () => {
  const { server, page } = started("antes", "x0");
  page.drop().types("antes: tos");
  server.take({ id: "other1", text: "antes: fiebre", base: "x0" });
  page.connect().talk();
  assert.equal(server.note, "antes: fiebre\n\n———\n\nantes: tos");
  assert.equal(page.book.view.state, "saved");
});

test("refused before the news of the other text is here: waits for it, loses nothing", () => {
  const { server, page } = started();
  page.types("tos");
  server.take({ id: "other1", text: "fiebre", base: "" });
  const [command] = page.line.splice(0);
  page.book.refuse(command.id, server.take(command));
  page.types("tos seca");
  assert.equal(page.line.length, 0);
  page.book.follow(server.note, server.noteId);
  mock.timers.tick(0);
  page.talk();
  assert.equal(server.note, "fiebre\n\n———\n\ntos seca");
});

test("another device's text replaces one that has nothing of ours to lose", () => {
  const { server, page } = started("antes", "x0");
  server.take({ id: "other1", text: "otra cosa", base: "x0" });
  page.book.follow(server.note, server.noteId);
  assert.deepEqual(page.book.view, { text: "otra cosa", savedText: "otra cosa", state: "saved" });
  assert.equal(page.sent.length, 0);
});

test("two pages that type at once end with both texts, whatever the order", () => {
  for (const late of [0, 1]) {
    const { server, page } = started();
    const other = new Page(server, undefined, "o").connect();
    page.types("tos", 0.5);
    other.types("fiebre", 2);
    const order = late ? [page, other] : [other, page];
    for (let round = 0; round < 4; round += 1) {
      for (const each of order) {
        each.talk();
        each.book.follow(server.note, server.noteId);
        mock.timers.tick(2000);
      }
    }
    assert.ok(server.note.includes("tos") && server.note.includes("fiebre"), server.note);
    assert.deepEqual([page.book.text, other.book.text], [server.note, server.note]);
  }
});

test("something final takes the last words along", () => {
  const { server, page } = started();
  page.types("uno").book.write("uno dos");
  page.book.flush();
  page.talk();
  assert.equal(server.note, "uno dos");
});

test("too long for the server is kept here and not sent", () => {
  const { page } = started();
  page.types("x".repeat(20_001));
  assert.deepEqual([page.book.view.state, page.line.length, page.memory.note.text.length], ["too-long", 0, 20_001]);
});

test("found too fast, it goes out again", () => {
  const { server, page } = started();
  page.types("tos");
  const [command] = page.line.splice(0);
  page.book.refuse(command.id, "too-fast");
  mock.timers.tick(2_000);
  page.talk();
  assert.equal(server.note, "tos");
});

test("nothing is sent before the server has told what it has", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const page = new Page(new Server("antes", "x0"));
  page.online = true;
  page.types("tos");
  assert.equal(page.line.length, 0);
});

test("a text that holds the other one needs no line between", () => {
  assert.equal(merged("a b", "b"), "a b");
  assert.equal(merged("a", "a b"), "a b");
  assert.equal(merged("", "b"), "b");
  assert.equal(merged("a", "b"), "a\n\n———\n\nb");
});
