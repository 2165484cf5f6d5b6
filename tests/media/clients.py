"""Real participants for tests of the SFU: aiortc's RTCPeerConnection, with its own full ICE agent and decoders."""

from __future__ import annotations

import asyncio
import fractions
import math
from collections.abc import Iterable

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError

RATE = 48_000
SAMPLES = 960


class Tone(MediaStreamTrack):
    """A sine, so that who is heard can be told from the signal."""

    kind = "audio"

    def __init__(self, frequency_hz: float) -> None:
        super().__init__()
        self._frequency_hz = frequency_hz
        self._sample = 0
        self._due = 0.0

    async def recv(self) -> av.AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        self._due = max(self._due + 0.02, loop.time())
        await asyncio.sleep(self._due - loop.time())
        phase = 2 * math.pi * self._frequency_hz / RATE * np.arange(self._sample, self._sample + SAMPLES)
        frame = av.AudioFrame.from_ndarray((np.sin(phase) * 12_000).astype(np.int16)[None, :], layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._sample
        frame.time_base = fractions.Fraction(1, RATE)
        self._sample += SAMPLES
        return frame


class Client:
    """A participant that publishes a tone and a test picture and has `slots` pairs of slots."""

    def __init__(self, frequency_hz: float, slots: int = 1) -> None:
        # The default policy of aiortc forgets the transport of a second section of a kind.
        self.pc = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.pc.addTransceiver(Tone(frequency_hz), direction="sendonly")
        self.pc.addTransceiver(VideoStreamTrack(), direction="sendonly")
        for _ in range(slots):
            self.pc.addTransceiver("audio", direction="recvonly")
            self.pc.addTransceiver("video", direction="recvonly")

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))

    def heard(self, slot: int = 0) -> MediaStreamTrack:
        return self._received("audio", slot)

    def seen(self, slot: int = 0) -> MediaStreamTrack:
        return self._received("video", slot)

    async def close(self) -> None:
        await self.pc.close()

    def _received(self, kind: str, slot: int) -> MediaStreamTrack:
        found = [t for t in self.pc.getTransceivers() if t.kind == kind and t.direction == "recvonly"]
        return found[slot].receiver.track


async def pitch(track: MediaStreamTrack, frames: int = 25) -> float:
    """The strongest frequency in the next frames of a track, Hz."""
    pieces = [await track.recv() for _ in range(frames)]
    return strongest(frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0] for frame in pieces)


def strongest(pieces: Iterable[np.ndarray], rate: int = RATE) -> float:
    signal = np.concatenate(list(pieces)).astype(float)
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal))))
    return float(np.argmax(spectrum) * rate / len(signal))
