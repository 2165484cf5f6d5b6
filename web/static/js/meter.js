// Reads a connection's statistics: what it carried, what was heard and seen, and whether the other end answers. Pure: a
// stats report in, numbers out. What a browser does not tell counts as 0.

const IP_UDP_BYTES = 28; // a packet's headers, on an IPv4 link

/** @type {Reading} */
export const NOTHING = {
  wireBytes: 0, inbound: 0, rtpBytes: 0, audioReceived: 0, audioLost: 0, samples: 0, concealed: 0, waitedS: 0, emitted: 0,
  frozenS: 0, requests: 0, responses: 0, rttMs: null, availableBps: null, sounds: [],
}; // prettier-ignore

/** @param {RTCStatsReport} report @returns {Reading} sums over all that it has of one connection */
export function reading(report) {
  const sum = { ...NOTHING, sounds: /** @type {Sound[]} */ ([]) };
  let pairBytes = 0;
  let transportBytes = 0;
  report.forEach((stat) => {
    const number = /** @param {string} name */ (name) => stat[name] || 0;
    if (stat.type === "transport") {
      transportBytes += number("bytesSent") + number("bytesReceived") + IP_UDP_BYTES * (number("packetsSent") + number("packetsReceived"));
      sum.inbound += number("bytesReceived");
    }
    if (stat.type === "candidate-pair") {
      pairBytes += number("bytesSent") + number("bytesReceived");
      // Answers on other pairs are no sign that this path lives: a browser tries new ones by itself when an address went.
      sum.inbound += number("bytesReceived") + (stat.nominated ? number("responsesReceived") : 0);
      sum.requests += number("requestsSent");
      sum.responses += number("responsesReceived");
      if (stat.nominated && stat.availableOutgoingBitrate) sum.availableBps = stat.availableOutgoingBitrate;
      if (stat.nominated && stat.currentRoundTripTime !== undefined) sum.rttMs = Math.min(60_000, Math.round(stat.currentRoundTripTime * 1000));
    }
    if (stat.type !== "inbound-rtp") return;
    sum.rtpBytes += number("bytesReceived") + number("headerBytesReceived");
    sum.frozenS += number("totalFreezesDuration");
    if (stat.kind !== "audio") return;
    sum.audioReceived += number("packetsReceived");
    sum.audioLost += number("packetsLost");
    sum.samples += number("totalSamplesReceived");
    sum.concealed += number("concealedSamples") - number("silentConcealedSamples");
    const [waitedS, emitted] = [number("jitterBufferDelay"), number("jitterBufferEmittedCount")];
    sum.waitedS += waitedS;
    sum.emitted += emitted;
    // Only Chromium's buffers are known to be emptied by a change of source.
    if (stat.jitterBufferMinimumDelay !== undefined) sum.sounds.push({ mid: stat.mid, waitedS, emitted, concealed: number("concealedSamples") });
  });
  sum.wireBytes = transportBytes || pairBytes; // Firefox has no bytes of transports
  return sum;
}

/**
 * What was received between two readings, as the server wants it.
 * @param {Reading} before
 * @param {Reading} now
 * @param {number} intervalMs
 * @returns {Receipt}
 */
export function receipt(before, now, intervalMs) {
  const grown = /** @param {Exclude<keyof Reading, "rttMs" | "availableBps" | "sounds">} name */ (name) => Math.max(0, now[name] - before[name]);
  const interval = Math.min(60_000, Math.round(intervalMs));
  const ms = /** @param {number} value */ (value) => Math.min(60_000, Math.round(value));
  const emitted = grown("emitted");
  return {
    interval_ms: interval,
    received_bytes: grown("rtpBytes"),
    audio_received: Math.min(100_000, grown("audioReceived")),
    audio_lost: Math.min(100_000, grown("audioLost")),
    played_ms: ms(grown("samples") / 48),
    concealed_ms: ms(grown("concealed") / 48),
    jitter_buffer_ms: emitted ? ms((grown("waitedS") / emitted) * 1000) : 0,
    frozen_ms: Math.min(interval, ms(grown("frozenS") * 1000)),
    rtt_ms: now.rttMs,
  };
}
