// Stands in for cameras, microphones and PeerConnections, so that a page can be put into any state of a call without a
// network. Runs before the page's own scripts; `window.scene` lets the test decide what the links do.
(() => {
  const person = window.drawnPerson;
  const scene = { path: true, stalled: false };
  window.scene = scene;

  const silence = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(audio ? [silence()] : []), ...(video ? [person("self")] : [])]);

  class Peer extends EventTarget {
    constructor() {
      super();
      this.connectionState = "new";
      this.signalingState = "stable";
      this.transceivers = [];
      this.ticks = 0;
    }

    addTransceiver(kind, { direction }) {
      const track = direction !== "recvonly" ? { kind } : kind === "video" ? person("other") : silence();
      const sender = {
        track: null,
        replaceTrack: async () => {},
        getParameters: () => ({ encodings: [{}] }),
        setParameters: async () => {},
      };
      const transceiver = { mid: String(this.transceivers.length), kind, direction, sender, receiver: { track } };
      transceiver.receiver.getSynchronizationSources = () => [{ rtpTimestamp: scene.stalled ? 1 : Math.floor(performance.now() / 100) }];
      transceiver.receiver.getStats = () => this.getStats();
      this.transceivers.push(transceiver);
      return transceiver;
    }

    getTransceivers = () => this.transceivers;
    getSenders = () => this.transceivers.map(({ sender }) => sender);
    getReceivers = () => this.transceivers.map(({ receiver }) => receiver);
    createOffer = async () => ({ type: "offer", sdp: "v=0\r\n" });
    createAnswer = async () => ({ type: "answer", sdp: "v=0\r\n" });
    restartIce() {}
    close() {
      this.connectionState = "closed";
    }

    async setLocalDescription(description) {
      this.localDescription = description;
    }

    async setRemoteDescription(description) {
      this.remoteDescription = this.currentRemoteDescription = description;
      this.connectionState = "connected";
      this.onconnectionstatechange?.();
      this.dispatchEvent(new Event("connectionstatechange"));
    }

    async getStats() {
      if (scene.path) this.ticks += 1;
      const n = this.ticks;
      const video = this.transceivers.filter(({ kind, direction }) => kind === "video" && direction === "recvonly");
      return new Map([
        ["t", { id: "t", type: "transport", bytesReceived: n * 9_000, bytesSent: n * 3_400, packetsReceived: n * 20, packetsSent: n * 20 }],
        ["c", { id: "c", type: "candidate-pair", nominated: true, bytesReceived: n * 9_000, bytesSent: n * 3_400, requestsSent: n, responsesReceived: n, currentRoundTripTime: 0.3 }],
        ...video.map(({ mid, receiver }) => [mid, {
          id: mid, type: "inbound-rtp", kind: "video", mid, trackIdentifier: receiver.track.id,
          framesDecoded: scene.stalled ? 5 : n * 5, framesReceived: n * 5, bytesReceived: n * 5_000,
        }]),
      ]);
    }
  }
  window.RTCPeerConnection = Peer;
})();
