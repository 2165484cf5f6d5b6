// Runs before the page's own scripts, in the pages of the resume lab: tells twenty times a second how much sound of the others
// came in and is played, and when the page did what about its line and its path. Handed over by `window.hiloEar` (a binding of
// the lab). All times are ms since 1970, of the one clock that the machine's browsers share. Changes nothing of the page, except
// that the microphone is not cleaned (a steady voice would be taken for noise) and that the camera is small (the lab is short
// of CPU).
(() => {
  const TICK_MS = 50; // the browser's statistics are not newer than that
  const FLUSH_MS = 200;
  const WINDOW_SAMPLES = 1024; // 64 ms
  const RATE_HZ = 16_000;
  const NativePeer = window.RTCPeerConnection;
  const NativeSocket = window.WebSocket;
  if (!NativePeer || window !== window.top) return;

  const now = () => performance.timeOrigin + performance.now();
  let box = newBox();
  function newBox() {
    return { sounds: [], marks: [], shown: [], welcomes: [] };
  }
  function mark(what, detail = "") {
    box.marks.push({ at: now(), what, detail: String(detail) });
  }
  function flush() {
    const full = box;
    box = newBox();
    if (Object.values(full).some((list) => list.length)) void window.hiloEar(full);
  }
  setInterval(flush, FLUSH_MS);
  addEventListener("pagehide", flush);

  // --- what the page does ---

  mark("page", performance.getEntriesByType("navigation")[0]?.type);
  for (const type of ["online", "offline", "pageshow", "pagehide"]) addEventListener(type, () => mark(type));
  document.addEventListener("visibilitychange", () => mark("visibility", document.visibilityState));
  addEventListener("error", (event) => mark("error", event.message));
  addEventListener("unhandledrejection", (event) => mark("error", event.reason));

  const QUIET = new Set(["ping", "pong", "report", "quality", "speaking"]);
  let sockets = 0;
  window.WebSocket = class extends NativeSocket {
    constructor(...given) {
      super(...given);
      const number = (sockets += 1);
      mark(`ws${number} new`);
      this.number = number;
      this.addEventListener("open", () => mark(`ws${number} open`));
      this.addEventListener("close", ({ code }) => mark(`ws${number} closed`, code));
      this.addEventListener("message", ({ data }) => heardOf(number, data));
    }

    send(data) {
      const message = JSON.parse(data);
      const also = message.offer ? "with offer" : message.restart ? "restart" : "";
      if (!QUIET.has(message.type)) mark(`ws${this.number} > ${message.type}`, also);
      super.send(data);
    }

    close(...given) {
      if (this.readyState < NativeSocket.CLOSING) mark(`ws${this.number} dropped by the page`);
      super.close(...given);
    }
  };

  function heardOf(number, data) {
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      const { seats, status } = message.consultation;
      box.welcomes.push({ at: now(), seat: message.seat, seats: seats.length, status });
    }
    if (!QUIET.has(message.type)) mark(`ws${number} < ${message.type}`, message.code ?? kinds(message));
  }

  function kinds({ events = [] }) {
    return events.slice(-5).map(({ event }) => event.kind ?? event.type).join(" ");
  }

  const fetches = window.fetch;
  window.fetch = (...given) => {
    if (String(given[0]).includes("/poll")) mark("poll");
    return fetches.apply(window, given);
  };

  const connections = [];
  window.RTCPeerConnection = class extends NativePeer {
    constructor(...given) {
      super(...given);
      connections.push(this);
      const number = (this.number = connections.length);
      mark(`pc${number} new`);
      this.addEventListener("connectionstatechange", () => mark(`pc${number}`, this.connectionState));
      this.addEventListener("iceconnectionstatechange", () => mark(`pc${number} ice`, this.iceConnectionState));
      this.addEventListener("icegatheringstatechange", () => mark(`pc${number} gathering`, this.iceGatheringState));
    }

    async setRemoteDescription(...given) {
      await super.setRemoteDescription(...given);
      mark(`pc${this.number} answer set`);
    }

    restartIce() {
      mark(`pc${this.number} ice restart`);
      super.restartIce();
    }

    close() {
      mark(`pc${this.number} closed by the page`);
      super.close();
    }
  };

  // --- what the page shows ---

  let shown = "";
  const messages = new WeakSet();
  function look() {
    const { state = "", link = "" } = document.documentElement?.dataset ?? {};
    if (shown !== `${state} ${link}`) mark("shows", (shown = `${state} ${link}`));
    for (const message of document.querySelectorAll("[data-testid=chat-message]")) {
      if (messages.has(message)) continue;
      messages.add(message);
      box.shown.push({ at: now(), text: message.textContent });
    }
  }
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });

  /** Every message on the page, from top to bottom; `sent` as far as the page knows. */
  window.hiloChat = () =>
    [...document.querySelectorAll("[data-testid=chat-message]")].map((message) => ({
      text: message.textContent,
      sent: !message.closest("li").classList.contains("unsent"),
    }));

  // --- what the page plays ---

  const devices = window.navigator.mediaDevices;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const small = { width: 160, height: 90, frameRate: 5 };
    devices.getUserMedia = (asked) => getUserMedia({ ...(asked.audio && { audio: plain }), ...(asked.video && { video: small }) });
  }

  let context = null;
  const taps = new Map();
  /** The loudest of what the page's elements play: root mean square of the last 64 ms. */
  function loudness() {
    const tracks = new Set();
    for (const element of document.querySelectorAll("video, audio")) {
      if (element.muted || element.paused || !(element.srcObject instanceof MediaStream)) continue;
      element.srcObject.getAudioTracks().forEach((track) => tracks.add(track));
    }
    for (const [track, { source }] of taps) {
      if (tracks.has(track)) continue;
      source.disconnect();
      taps.delete(track);
    }
    return Math.max(0, ...[...tracks].map((track) => rms(taps.get(track) ?? tap(track))));
  }

  function tap(track) {
    context ??= new AudioContext({ sampleRate: RATE_HZ });
    const analyser = new AnalyserNode(context, { fftSize: WINDOW_SAMPLES });
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    const made = { source, analyser };
    taps.set(track, made);
    return made;
  }

  const samples = new Float32Array(WINDOW_SAMPLES);
  function rms({ analyser }) {
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / WINDOW_SAMPLES);
  }

  // --- what came in ---

  const counted = new Map();
  /** Seconds of sound that came in since the last call and were not made up by the browser. */
  async function genuine() {
    let total = 0;
    for (const connection of connections) {
      if (connection.connectionState === "closed") continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp" || report.kind !== "audio") continue;
        const key = `${connection.number} ${report.ssrc}`;
        const value = (report.totalSamplesReceived ?? 0) - (report.concealedSamples ?? 0);
        total += Math.max(0, value - (counted.get(key) ?? 0));
        counted.set(key, value);
      }
    }
    return total / 48_000;
  }

  let counting = false;
  setInterval(async () => {
    if (counting) return;
    counting = true;
    try {
      const heard = await genuine();
      box.sounds.push([now(), heard, loudness()]);
      look();
    } finally {
      counting = false;
    }
  }, TICK_MS);
})();
