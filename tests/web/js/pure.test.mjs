import assert from "node:assert/strict";
import { test } from "node:test";

import { withAudioNack, withOtherSources, withVoice } from "../../../web/static/js/sdp.js";
import { filled, pickLang } from "../../../web/static/js/language.js";
import { LocalMedia, problemOf } from "../../../web/static/js/media.js";
import { gradeOf } from "../../../web/static/js/quality.js";

const OFFER = [
  "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 9", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=rtpmap:9 G722/8000",
  "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000", "m=audio 9 UDP/TLS/RTP/SAVPF 109", "a=rtpmap:109 opus/48000/2", "",
].join("\r\n");

test("every audio section asks for retransmission of its own Opus", () => {
  assert.deepEqual(withAudioNack(OFFER).match(/a=rtcp-fb:\d+ nack/g), ["a=rtcp-fb:111 nack", "a=rtcp-fb:109 nack"]);
});

test("an offer that asks already stays as it is", () => {
  assert.equal(withAudioNack(withAudioNack(OFFER)), withAudioNack(OFFER));
});

test("an offer without Opus stays as it is", () => assert.equal(withAudioNack("v=0\r\nm=audio 9 X 0\r\n"), "v=0\r\nm=audio 9 X 0\r\n"));

const ANSWER = [
  "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 nack", "a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=16000",
  "a=ptime:60", "a=mid:0", "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10", "",
].join("\r\n");

test("another voice changes packets and rate of what we publish, and nothing else", () => {
  const expected = ANSWER.replace("a=rtcp-fb:111 nack\r\na=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=16000\r\na=ptime:60\r\n", "a=rtcp-fb:111 nack\r\n")
    .replace("opus/48000/2\r\n", "opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=24000\r\na=ptime:20\r\n");
  assert.equal(withVoice(ANSWER, { bitrate_bps: 24_000, ptime_ms: 20 }), expected);
});

test("the same voice again is the same answer", () => {
  const voice = { bitrate_bps: 12_000, ptime_ms: 60 };
  assert.equal(withVoice(withVoice(ANSWER, voice), voice), withVoice(ANSWER, voice));
});

test("redundancy is asked for by putting its format first", () => {
  const answer = "v=0\r\nm=audio 9 X 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\nm=video 9 X 96 97\r\n";
  const plain = withVoice(answer, { bitrate_bps: 8000, ptime_ms: 60, redundant: false });
  assert.ok(plain.includes("m=audio 9 X 111 63\r\n"));
  assert.equal(withVoice(answer, { bitrate_bps: 8000, ptime_ms: 60, redundant: true }), plain.replace("X 111 63", "X 63 111"));
});

test("where there is no redundancy, the voice alone changes", () => {
  const voice = { bitrate_bps: 8000, ptime_ms: 60 };
  assert.equal(withVoice(ANSWER, { ...voice, redundant: true }), withVoice(ANSWER, voice));
});

test("an answer without format parameters gets them", () => {
  const answer = "v=0\r\nm=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\n";
  assert.equal(withVoice(answer, { bitrate_bps: 8000, ptime_ms: 60 }), "v=0\r\nm=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 maxaveragebitrate=8000\r\na=ptime:60\r\na=mid:0\r\n");
});

test("other sources are only in the sections they are asked for", () => {
  const answer = ["v=0", "m=audio 9 X 111", "a=mid:0", "a=ssrc:10 cname:x", "m=audio 9 X 111", "a=mid:2", "a=ssrc:11 cname:x", "a=ssrc:11 msid:a b", ""].join("\r\n");
  assert.equal(withOtherSources(answer, ["2"]), answer.replaceAll("ssrc:11", "ssrc:10").replace("ssrc:10 cname", "ssrc:10 cname"));
  assert.equal(withOtherSources(answer, ["0"]), answer.replace("ssrc:10", "ssrc:11"));
  assert.equal(withOtherSources(answer, []), answer);
});

test("an answer without Opus stays as it is", () => assert.equal(withVoice("v=0\r\n", { bitrate_bps: 1, ptime_ms: 20 }), "v=0\r\n"));

for (const [chosen, preferred, lang] of [["en", ["es"], "en"], [null, ["en-US", "es"], "en"], [null, ["es-VE"], "es"], [null, ["pt-BR"], "es"], [null, [], "es"], ["xx", ["fr"], "es"]]) {
  test(`chosen ${chosen}, preferred ${preferred}: ${lang}`, () => assert.equal(pickLang(chosen, preferred), lang));
}

test("values go where their names stand", () => assert.equal(filled("{a} y {b}, {a}", { a: "uno", b: 2 }), "uno y 2, uno"));

const quality = (rtt_ms, up_loss, down_loss) => ({ type: "quality", seat: "p", rtt_ms, up_bps: 0, down_bps: 0, up_loss, down_loss });
for (const [numbers, lost, grade] of [
  [undefined, false, null], [undefined, true, "lost"], [quality(80, 0, 0), false, "good"], [quality(null, 0, 0), false, "good"],
  [quality(400, 0, 0), false, "fair"], [quality(80, 0, 0.1), false, "fair"], [quality(80, 0.3, 0), false, "weak"], [quality(900, 0, 0), false, "weak"],
  [quality(80, 0, 0), true, "lost"],
]) {
  test(`${JSON.stringify(numbers)} is ${grade}`, () => assert.equal(gradeOf(numbers, lost), grade));
}

const named = (name) => Object.assign(new Error(name), { name });
for (const [name, problem] of [["NotAllowedError", "denied"], ["NotReadableError", "busy"], ["NotFoundError", "absent"], ["TypeError", "unsupported"]]) {
  test(`${name} is ${problem}`, () => assert.equal(problemOf(named(name)), problem));
}

/** A browser with these kinds of device: asking for another fails with `error`. */
function devices(kinds, error) {
  const asked = [];
  const track = (kind) => ({ kind, enabled: true, stop() {} });
  return {
    asked,
    enumerateDevices: async () => [],
    getUserMedia: async (constraints) => {
      const wanted = ["audio", "video"].filter((kind) => constraints[kind]);
      asked.push(wanted.join("+"));
      if (wanted.some((kind) => !kinds.includes(kind))) throw named(error);
      return { getTracks: () => wanted.map(track) };
    },
  };
}

for (const [kinds, error, asked, problem] of [
  [["audio", "video"], "", ["audio+video"], null],
  [["audio"], "NotFoundError", ["audio+video", "audio"], "absent"],
  [["video"], "NotReadableError", ["audio+video", "audio", "video"], "busy"],
  [[], "NotAllowedError", ["audio+video", "audio", "video"], "denied"],
]) {
  test(`with ${kinds.join(" and ") || "nothing"} it goes on with that`, async () => {
    const browser = devices(kinds, error);
    const media = new LocalMedia(browser, () => {});
    await media.open();
    assert.deepEqual(browser.asked, asked);
    assert.equal(media.problem, problem);
    assert.deepEqual([media.micOn, media.cameraOn], [kinds.includes("audio"), kinds.includes("video")]);
  });
}

test("a browser without devices is unsupported, not an error", async () => {
  const media = new LocalMedia(undefined, () => {});
  await media.open();
  assert.equal(media.problem, "unsupported");
});

test("hanging up while the permission is asked for leaves nothing on", async () => {
  const media = new LocalMedia(devices(["audio", "video"], ""), () => {});
  const opening = media.open();
  media.close();
  await opening;
  assert.equal(media.live, false);
});
