// The few lines of SDP that a page changes itself. Pure: text in, text out.

/**
 * Asks for retransmission of lost audio: Chromium supports it but does not offer it (20 % loss: 20 % concealed audio
 * becomes 1-2 %). RFC 4585 section 4.2.
 * @param {string} offer
 */
export function withAudioNack(offer) {
  return sections(offer)
    .map((section) => (section.startsWith("m=audio") ? nackInSection(section) : section))
    .join("");
}

/**
 * The answer as it would be had the SFU asked for this voice: packet length (RFC 8866 section 6.4), rate (RFC 7587 section 6.1)
 * and redundancy (RFC 2198: the first format is the one that is sent) of the first audio section, which is the one that we
 * publish.
 * @param {string} answer
 * @param {AudioOrder} voice
 */
export function withVoice(answer, { bitrate_bps: bitrate, ptime_ms: ptime, redundant }) {
  const all = sections(answer);
  const published = all.findIndex((section) => section.startsWith("m=audio"));
  const opus = published >= 0 && opusOf(all[published]);
  if (!opus) return answer;
  const format = new RegExp(`^a=fmtp:${opus[1]} .*\r\n`, "m");
  const [old] = format.exec(all[published]) || [""];
  const others = old.trim().replace(/^\S+ ?/, "").split(";").filter((each) => each && !each.startsWith("maxaveragebitrate="));
  const line = `a=fmtp:${opus[1]} ${[...others, `maxaveragebitrate=${bitrate}`].join(";")}\r\n`;
  const rest = all[published].replace(old, "").replace(/^a=ptime:.*\r\n/m, "");
  all[published] = rest.replace(opus[0], `${opus[0]}${line}a=ptime:${ptime}\r\n`);
  if (redundant) all[published] = all[published].replace(/^(m=\S+ \S+ \S+)( \d+) (\d+)/, "$1 $3$2");
  return all.join("");
}

/**
 * The answer as if other sources were to come in these sections.
 * @param {string} answer
 * @param {string[]} mids
 */
export function withOtherSources(answer, mids) {
  return sections(answer)
    .map((section) => {
      const [, mid] = /^a=mid:(.*)\r$/m.exec(section) || [];
      return mids.includes(mid) ? section.replace(/^a=ssrc:(\d+)/gm, (_, ssrc) => `a=ssrc:${ssrc % 2 ? ssrc - 1 : +ssrc + 1}`) : section;
    })
    .join("");
}

/** @param {string} sdp session part first, then one string a media section */
function sections(sdp) {
  return sdp.split(/(?=^m=)/m);
}

/** @param {string} section @returns {RegExpExecArray | null} the line and the payload type */
function opusOf(section) {
  return /^a=rtpmap:(\d+) opus\/48000.*\r\n/im.exec(section);
}

/** @param {string} section */
function nackInSection(section) {
  const opus = opusOf(section);
  if (!opus || new RegExp(`^a=rtcp-fb:${opus[1]} nack\r`, "m").test(section)) return section;
  return section.replace(opus[0], `${opus[0]}a=rtcp-fb:${opus[1]} nack\r\n`);
}
