"""A client of somebody else's making: aiohttp speaks our protocol, aiortc brings its own ICE agent and decodes."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import aiohttp
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import AudioFrame, VideoFrame

from e2e.picture import HEIGHT, WIDTH, Colour, planes
from e2e.voice import NOTE_S, PAUSE_S, RATE_HZ, Sound, Voice, from_pcm, melody

FRAME_SAMPLES = RATE_HZ // 50
TIMEOUT_S = 30.0
Json = dict[str, Any]


class Microphone(MediaStreamTrack):
    """A voice in frames of 20 ms, in real time."""

    kind = "audio"

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._samples = melody(voice, 3 * (NOTE_S + PAUSE_S))
        self._sent = 0
        self._started_at = 0.0

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._started_at = self._started_at or loop.time()
        await asyncio.sleep(self._started_at + self._sent / RATE_HZ - loop.time())
        start = self._sent % len(self._samples)
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.planes[0].update(self._samples[start : start + FRAME_SAMPLES].tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._sent, Fraction(1, RATE_HZ)
        self._sent += FRAME_SAMPLES
        return frame


class Camera(VideoStreamTrack):
    """A colour with a bar that moves."""

    def __init__(self, colour: Colour) -> None:
        super().__init__()
        self._colour = colour
        self._numbers = itertools.count()

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, planes(self._colour, next(self._numbers)), strict=True):
            plane.update(content)
        frame.pts, frame.time_base = pts, time_base
        return frame


class AiortcClient:
    """One seat of a consultation: `enter` waits until it is let in, then calls."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        self._socket = socket
        self._token = token
        self._ids = itertools.count(1)
        # Under its default policy aiortc 1.16 leaves the video receivers on a transport that BUNDLE has done away with.
        self._peer = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._tracks: list[MediaStreamTrack] = []

    async def enter(self, voice: Voice, colour: Colour) -> None:
        """Consent, arrive, be admitted, and bring the call up."""
        await self._send({"type": "hello", "v": 1, "token": self._token, "client_id": "aiortc-client"})
        welcome = await self._receive("welcome")
        text = welcome["consent"]
        answers = {name: [item["id"] for item in text["items"] if item["optional"] is optional]
                   for name, optional in (("accepted", False), ("declined", True))}  # fmt: skip
        await self._command(
            "consent", text_version=text["version"], text_sha256=text["sha256"], lang=text["lang"], **answers
        )
        await self._command("arrive")
        await self._admitted(welcome["seat"])
        await self._call(voice, colour, welcome["slots"])

    async def hear(self, seconds: float) -> list[Sound]:
        """What each slot gives."""
        audio = [track for track in self._tracks if track.kind == "audio"]
        return list(await asyncio.gather(*(_record(track, seconds) for track in audio)))

    async def see(self, frames: int) -> list[list[Colour]]:
        """The mean colour of so many decoded pictures of each slot; a slot that stays empty gives none."""
        video = [track for track in self._tracks if track.kind == "video"]
        return list(await asyncio.gather(*(_watch(track, frames) for track in video)))

    async def close(self) -> None:
        await self._peer.close()

    async def _call(self, voice: Voice, colour: Colour, slots: int) -> None:
        connected = asyncio.Event()

        @self._peer.on("connectionstatechange")
        def note() -> None:
            if self._peer.connectionState == "connected":
                connected.set()

        self._peer.on("track", self._tracks.append)
        self._peer.addTransceiver(Microphone(voice), direction="sendonly")
        self._peer.addTransceiver(Camera(colour), direction="sendonly")
        for _ in range(slots):
            self._peer.addTransceiver("audio", direction="recvonly")
            self._peer.addTransceiver("video", direction="recvonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        await self._send({"type": "offer", "request": 1, "sdp": self._peer.localDescription.sdp})
        answer = await self._receive("answer")
        await self._peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        async with asyncio.timeout(TIMEOUT_S):
            await connected.wait()

    async def _admitted(self, seat: str) -> None:
        while True:
            for stored in (await self._receive("events"))["events"]:
                if stored["event"]["type"] == "admitted" and stored["event"]["seat"] == seat:
                    return

    async def _command(self, kind: str, **fields: Any) -> None:
        command_id = f"aiortc-{next(self._ids):04}"
        await self._send({"type": kind, "id": command_id} | fields)
        assert (await self._receive("ack"))["id"] == command_id

    async def _send(self, message: Json) -> None:
        await self._socket.send_json(message)

    async def _receive(self, kind: str) -> Json:
        """The next message of this kind; others are read over, refusals are not."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message: Json = await self._socket.receive_json()
                assert message["type"] not in ("error", "refused", "no_answer"), message
                if message["type"] == kind:
                    return message


@asynccontextmanager
async def aiortc_client(origin: str, token: str) -> AsyncIterator[AiortcClient]:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{origin}/ws", origin=origin) as socket:
        client = AiortcClient(socket, token)
        try:
            yield client
        finally:
            await client.close()


async def _record(track: MediaStreamTrack, seconds: float) -> Sound:
    """Silence when nothing comes."""
    samples = array("h")
    try:
        async with asyncio.timeout(seconds * 2):
            while len(samples) < seconds * RATE_HZ:
                samples.extend(_mono(await track.recv()))
    except TimeoutError:
        pass
    return from_pcm(samples)


def _mono(frame: Any) -> array[int]:
    """The left channel of an interleaved frame, as aiortc decodes Opus."""
    channels = len(frame.layout.channels)
    interleaved = array("h")
    interleaved.frombytes(bytes(frame.planes[0])[: frame.samples * channels * 2])
    return interleaved[::channels]


async def _watch(track: MediaStreamTrack, frames: int) -> list[Colour]:
    seen: list[Colour] = []
    try:
        async with asyncio.timeout(10):
            while len(seen) < frames:
                seen.append(_colour(await track.recv()))
    except TimeoutError:
        pass
    return seen


def _without_padding(plane: Any) -> bytes:
    """A plane's lines are longer in memory than the picture is wide, unless that is a multiple of 64."""
    data = bytes(plane)
    return b"".join(data[at : at + plane.width] for at in range(0, len(data), plane.line_size))


def _colour(frame: Any) -> Colour:
    """Mean chroma of a decoded picture."""
    cb, cr = (_without_padding(plane) for plane in frame.planes[1:3])
    return Colour("seen", sum(cb) / len(cb), sum(cr) / len(cr))
