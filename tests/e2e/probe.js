// Runs before the page's own scripts: remembers its PeerConnections and what the policy forbade, and can hear and see
// what the person at the page hears and sees. Never changes how the page behaves, unless `probeConfiguration` says so.
(() => {
  const connections = [];
  const violations = [];
  const states = [];
  const Native = window.RTCPeerConnection;
  if (!Native) return;

  window.RTCPeerConnection = class extends Native {
    constructor(configuration, ...rest) {
      super({ ...configuration, ...window.probeConfiguration }, ...rest);
      connections.push(this);
    }
  };
  new MutationObserver(() => {
    const state = document.documentElement?.dataset.state;
    if (state && state !== states.at(-1)) states.push(state);
  }).observe(document, { attributes: true, attributeFilter: ["data-state"], childList: true, subtree: true });
  document.addEventListener("securitypolicyviolation", (event) => {
    violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });

  const remoteElements = () =>
    [...document.querySelectorAll("video, audio")].filter(
      (element) => element.dataset.testid !== "local-video" && element.srcObject instanceof MediaStream,
    );

  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const isAudible = (element) => !element.muted && !element.paused && element.volume > 0;

  /**
   * What each remote audio track that is being played sounds like for so many seconds: WebM or Ogg files in base64.
   * Recorded, not analysed in an AudioContext: that one never runs in a Firefox without a sound card.
   */
  async function listen(seconds) {
    const tracks = new Set(remoteElements().filter(isAudible).flatMap((element) => element.srcObject.getAudioTracks()));
    return Promise.all([...tracks].map((track) => record(track, seconds)));
  }

  async function record(track, seconds) {
    const recorder = new MediaRecorder(new MediaStream([track]), { audioBitsPerSecond: 96_000 });
    const recorded = new Promise((resolve) => recorder.addEventListener("dataavailable", resolve, { once: true }));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    recorder.stop();
    return base64(await (await recorded).data.arrayBuffer());
  }

  function base64(buffer) {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  }

  /** One entry per remote video that is on the screen: size, mean colour, and its pixels as one string. */
  function look() {
    return remoteElements()
      .filter((element) => element instanceof HTMLVideoElement && element.videoWidth > 0 && isShown(element))
      .map(glance);
  }

  function glance(video) {
    const [width, height] = [64, 36];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0, width, height);
    const pixels = pen.getImageData(0, 0, width, height).data;
    const mean = [0, 0, 0];
    for (let i = 0; i < pixels.length; i += 4) for (const c of [0, 1, 2]) mean[c] += pixels[i + c] / (width * height);
    return { width: video.videoWidth, height: video.videoHeight, mean, pixels: pixels.join() };
  }

  const live = () => connections.filter((connection) => connection.connectionState === "connected");

  /** Every report of every live connection. */
  async function stats() {
    const all = await Promise.all(live().map((connection) => connection.getStats()));
    return all.flatMap((report) => [...report.values()]);
  }

  async function framesDecoded() {
    const inbound = (await stats()).filter((report) => report.type === "inbound-rtp" && report.kind === "video");
    return inbound.reduce((sum, report) => sum + (report.framesDecoded ?? 0), 0);
  }

  /** The local and remote candidate that media goes by, and the measured round trip in s. */
  async function selectedPair() {
    const reports = await stats();
    const byId = (id) => reports.find((report) => report.id === id);
    const pair =
      byId(reports.find((report) => report.type === "transport")?.selectedCandidatePairId) ??
      reports.find((report) => report.type === "candidate-pair" && report.selected);
    return pair && { local: byId(pair.localCandidateId), remote: byId(pair.remoteCandidateId), rtt: pair.currentRoundTripTime };
  }

  /** For a test's failure: what the page plays and what its connections received. */
  async function hearing() {
    const elements = remoteElements().map((element) => ({
      tag: element.tagName, muted: element.muted, paused: element.paused,
      tracks: element.srcObject.getTracks().map((track) => `${track.kind} ${track.readyState} ${track.muted ? "muted" : ""}`),
    }));
    const inbound = (await stats()).filter((report) => report.type === "inbound-rtp");
    const received = inbound.map(({ kind, mid, ssrc, packetsReceived, totalAudioEnergy }) => ({ kind, mid, ssrc, packetsReceived, totalAudioEnergy }));
    const sent = (await stats()).filter((report) => report.type === "outbound-rtp").map(({ kind, packetsSent }) => ({ kind, packetsSent }));
    return { states, elements, received, sent };
  }

  /** How many offers and answers the page has applied, over all its connections. */
  const made = () => connections.length;
  // Without the version: packets of another length are a change of the answer that the page makes for itself.
  const descriptions = () => live().map((connection) => connection.localDescription?.sdp.replace(/^o=.*\r\n/m, ""));

  window.probe = { listen, look, hearing, framesDecoded, selectedPair, made, descriptions, violations, states };
})();
