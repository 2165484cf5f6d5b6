// A short look at the way to this page, over the path that media takes, while the patient waits: where a call begins. It
// costs 6 kB, or 25 on a good link, warns, and keeps nobody out.

const TEST_REQUEST = 1_000_000; // no call makes so many offers
const GIVE_UP_MS = 15_000;

/** @param {Session} session @returns {Promise<Tested | null>} null: nothing could be measured */
export async function testLink(session) {
  const pc = new RTCPeerConnection({ iceServers: session.welcome?.ice_servers });
  try {
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription();
    return await new Promise((resolve) => {
      session.onTest = (message) => void (message?.type === "answer" ? pc.setRemoteDescription(message).catch(() => resolve(null)) : resolve(message));
      setTimeout(resolve, GIVE_UP_MS, null);
      session.signaling.send({ type: "test", request: TEST_REQUEST, sdp: pc.localDescription?.sdp || "" });
    });
  } catch {
    return null;
  } finally {
    session.onTest = null;
    pc.close();
  }
}
