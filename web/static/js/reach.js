// Whether the server can be reached again, in the dark, where a TCP connection that hangs asks ever more seldom: the SFU's port
// is asked for our own address (STUN, RFC 8489), 0.15 kB every two seconds.

const EVERY_MS = 2_000; // Chromium asks at 0, 0.25, 0.75 and 1.75 s

export class Reach {
  /** @param {(rttMs: number) => void} onReach the round trip is at most that */
  constructor(onReach) {
    this.onReach = onReach;
    this.pc = /** @type {RTCPeerConnection | null} */ (null);
    this.timer = /** @type {Timer | undefined} */ (undefined);
    this.askedAtMs = 0;
    this.failed = true;
  }

  /** @param {string[]} urls of RTCIceServer */
  start(urls) {
    if (this.pc || !urls.length) return;
    const pc = new RTCPeerConnection({ iceServers: [{ urls }] });
    this.pc = pc;
    pc.createDataChannel("");
    pc.onicecandidateerror = () => (this.failed = true);
    pc.onicecandidate = ({ candidate }) => candidate?.type === "srflx" && this._reached();
    // Without a NAT there is no address to tell: then it is over at once, and without an error.
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && !this.failed && this._reached();
    this.timer = setInterval(() => this._ask(), EVERY_MS);
    void this._ask();
  }

  stop() {
    clearInterval(this.timer);
    this.pc?.close();
    this.pc = null;
  }

  async _ask() {
    const { pc } = this;
    if (!pc) return;
    this.failed = false;
    this.askedAtMs = performance.now();
    pc.restartIce();
    await pc.setLocalDescription(await pc.createOffer()).catch(() => {});
  }

  _reached() {
    if (!this.pc) return;
    this.stop();
    this.onReach(performance.now() - this.askedAtMs);
  }
}

/** @param {string} answer of the SFU @returns {string[]} where it can be asked */
export function stunUrls(answer) {
  const found = [...answer.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/gim)].map(([, ip, port]) => `stun:${ip.includes(":") ? `[${ip}]` : ip}:${port}`);
  return [...new Set(found)].slice(0, 3);
}
