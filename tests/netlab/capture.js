// Runs before the page's own scripts, in the pages of the network lab: writes down what the person at the page says, hears,
// sees and reads, with times, and hands it over twice a second by `window.hiloCaptured` (a binding of the lab). All times
// are ms since 1970, of the one clock that the machine's browsers share. Changes nothing of the page, except that the
// microphone is not cleaned: echo cancellation between two people who talk all the time mutes one of them.
(() => {
  const RATE_HZ = 16_000;
  const FLUSH_MS = 500;
  const STATS_MS = 500;
  const LOOK_MS = 100;
  const Native = window.RTCPeerConnection;
  if (!Native || window !== window.top) return;

  const now = () => performance.timeOrigin + performance.now();
  let box = newBox();
  function newBox() {
    return { sound: [], frames: [], looks: [], chat: [], stats: [], told: [] };
  }
  setInterval(() => {
    const full = box;
    box = newBox();
    if (Object.values(full).some((list) => list.length)) void window.hiloCaptured(full);
  }, FLUSH_MS);

  // --- sound ---

  // Each piece carries the context's frame number and the clock at its last frame: both together give its time.
  const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
    constructor() { super(); this.size = 12 * 128; this.pcm = new Int16Array(this.size); this.used = 0; }
    process([[samples]]) {
      for (let i = 0; i < 128; i += 1) {
        const value = samples ? samples[i] : 0;
        this.pcm[this.used + i] = Math.max(-32768, Math.min(32767, Math.round(value * 32768)));
      }
      this.used += 128;
      if (this.used === this.size) {
        this.port.postMessage({ frame: currentFrame + 128 - this.size, endedAt: Date.now(), pcm: this.pcm.slice() });
        this.used = 0;
      }
      return true;
    }
  });`;
  let context = null;
  let loaded = null;

  function audio() {
    if (context) return loaded;
    context = new AudioContext({ sampleRate: RATE_HZ });
    loaded = context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: "text/javascript" })));
    return loaded;
  }

  let taps = 0;
  /** Writes down the track until the returned function is called; `who` names whose sound it is, when asked. */
  function tap(track, who) {
    const number = (taps += 1);
    let stop = () => {};
    let stopped = false;
    void audio().then(() => {
      if (stopped) return;
      const source = context.createMediaStreamSource(new MediaStream([track]));
      const node = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
      node.port.onmessage = ({ data }) => box.sound.push({ tap: number, who: who(), frame: data.frame, ended_at: data.endedAt, pcm: base64(data.pcm) });
      source.connect(node);
      stop = () => source.disconnect();
    });
    return () => {
      stopped = true;
      stop();
    };
  }

  function base64(samples) {
    const bytes = new Uint8Array(samples.buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  }

  const devices = window.navigator.mediaDevices;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const asked = constraints.audio ? { ...constraints, audio: { ...(constraints.audio === true ? {} : constraints.audio), ...plain } } : constraints;
      const stream = await getUserMedia(asked);
      for (const track of stream.getAudioTracks()) tap(track, () => "me");
      return stream;
    };
  }

  // What is heard is what the page plays: the tracks of its sounding elements, whichever connection they come from.
  const sounding = new Map();
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      follow(this, stream);
    },
  });

  function follow(element, stream) {
    const track = stream instanceof MediaStream && !element.muted ? stream.getAudioTracks()[0] : undefined;
    const before = sounding.get(element);
    if (before?.track === track) return;
    before?.stop();
    sounding.delete(element);
    if (track) sounding.set(element, { track, stop: tap(track, () => seatOf(element)) });
  }

  function seatOf(element) {
    return element.closest("[data-testid=remote]")?.dataset.seat ?? "";
  }

  // --- pictures ---

  const watched = new WeakSet();
  function watchPictures() {
    for (const video of document.querySelectorAll("video[data-testid=remote-video]")) {
      if (watched.has(video)) continue;
      watched.add(video);
      const next = (at, frame) => {
        if (frame.width) box.frames.push([seatOf(video), performance.timeOrigin + at, frame.width, frame.height, frame.presentedFrames]);
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
    }
  }

  // --- what the page shows ---

  let last = "";
  const messages = new WeakSet();
  function look() {
    const root = document.documentElement;
    if (!root) return;
    const remotes = {};
    for (const tile of document.querySelectorAll("[data-testid=remote]")) remotes[tile.dataset.seat ?? ""] = tile.dataset.video ?? "";
    const text = (testId) => document.querySelector(`[data-testid=${testId}]`)?.textContent ?? "";
    const seen = { state: root.dataset.state ?? "", link: root.dataset.link ?? "", rung: text("rung"), status: text("status"), remotes };
    const said = JSON.stringify(seen);
    if (said !== last) box.looks.push({ at: now(), ...seen });
    last = said;
    for (const message of document.querySelectorAll("[data-testid=chat-message]")) {
      if (messages.has(message)) continue;
      messages.add(message);
      box.chat.push({ at: now(), text: message.textContent });
    }
  }
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true, characterData: true });
  setInterval(() => {
    look();
    watchPictures();
  }, LOOK_MS);

  // --- what the connections count ---

  const connections = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      connections.push(this);
    }
  };

  const KEPT = {
    "inbound-rtp": ["kind", "mid", "ssrc", "packetsReceived", "packetsLost", "bytesReceived", "headerBytesReceived", "nackCount", "pliCount",
      "totalSamplesReceived", "concealedSamples", "silentConcealedSamples", "concealmentEvents", "jitterBufferDelay",
      "jitterBufferEmittedCount", "framesDecoded", "keyFramesDecoded", "framesDropped", "frameWidth", "freezeCount", "totalFreezesDuration"],
    "outbound-rtp": ["kind", "mid", "ssrc", "packetsSent", "bytesSent", "headerBytesSent", "retransmittedBytesSent", "targetBitrate", "active",
      "framesEncoded", "frameWidth", "framesPerSecond", "qualityLimitationReason", "nackCount", "pliCount"],
    transport: ["bytesSent", "bytesReceived", "packetsSent", "packetsReceived"],
    "candidate-pair": ["currentRoundTripTime", "availableOutgoingBitrate"],
  };

  async function count() {
    for (const [index, connection] of connections.entries()) {
      if (connection.connectionState === "closed") continue;
      const all = await connection.getStats();
      const at = now();
      const selected = [...all.values()].find((stat) => stat.type === "transport")?.selectedCandidatePairId;
      for (const stat of all.values()) {
        if (!KEPT[stat.type] || (stat.type === "candidate-pair" && stat.id !== selected)) continue;
        const kept = Object.fromEntries(KEPT[stat.type].filter((name) => name in stat).map((name) => [name, stat[name]]));
        box.stats.push({ at, connection: index, type: stat.type, id: stat.id, ...kept });
      }
    }
  }
  setInterval(() => void count(), STATS_MS);

  // --- what the server tells about the ladder ---

  const TOLD = new Set(["welcome", "events", "adapt", "quality", "renegotiate"]);
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const message = parsed(data);
        if (message && TOLD.has(message.type)) box.told.push({ at: now(), message });
      });
    }
  };

  function parsed(data) {
    try {
      return JSON.parse(data);
    } catch {
      return null;
    }
  }
})();
