"""What a participant sends: Opus every 20 ms, VP8 in frames, each packet with a stamp of when it was sent.

The stamp (CLOCK_REALTIME ns, the clock of the kernel's receive stamps) stands behind the codec's own header, so that an
SFU which rewrites RTP headers and VP8 descriptors carries it along. Packets are written into one buffer and
encrypted in place; what is behind the stamp is the last packet's ciphertext, as incompressible as real media.
"""

from __future__ import annotations

import struct
import time

from bench import rtcp
from bench.description import ABS_SEND_TIME_ID, AUDIO_LEVEL_ID, AUDIO_PT, VIDEO_PT
from bench.leg import Leg
from bench.srtp import Buffer, protect

AUDIO_EVERY_NS = 20_000_000
AUDIO_PAYLOAD_BYTES = 60
"""24 kbit/s in 20 ms packets."""

VIDEO_FPS = 15
VIDEO_PAYLOAD_BYTES = 1028
"""With 4 packets a frame and 12 a keyframe every 10 s: 608 packets, 500 kbit/s."""
PACKETS_PER_FRAME = 4
PACKETS_PER_KEYFRAME = 12
KEYFRAME_EVERY = 10 * VIDEO_FPS

AUDIO_STAMP_AT = 4
VIDEO_STAMP_AT = 14
MAGIC = 0x48494C4F

_AUDIO = struct.Struct("!BBHII HH II I QI")
_VIDEO = struct.Struct("!BBHII HH I I10s QI")
_HEADER_BYTES = 12
_AUDIO_BYTES = _HEADER_BYTES + 4 + 8 + AUDIO_PAYLOAD_BYTES
_VIDEO_BYTES = _HEADER_BYTES + 4 + 4 + VIDEO_PAYLOAD_BYTES

_ONE_BYTE_HEADERS = 0xBEDE
_TOC = 0x48 << 24
"""Opus, SILK wideband, one 20 ms frame, mono."""
_SEND_TIME = (ABS_SEND_TIME_ID << 4 | 2) << 24
_LEVEL = AUDIO_LEVEL_ID << 28 | (0x80 | 30) << 16
_KEY_HEAD = bytes.fromhex("1002009d012a80026801")
"""A VP8 keyframe's tag, start code and 640x360 (RFC 6386, section 9.1)."""
_DELTA_HEAD = bytes.fromhex("310200") + bytes(7)


class Source:
    """Counters and the report that both kinds share. `sent` counts packets whose stamp has been given."""

    clock_rate: int

    def __init__(self, leg: Leg, ssrc: int, buffer: Buffer) -> None:
        self.leg = leg
        self.ssrc = ssrc
        self.sent = 0
        self.octets = 0
        self.failed = 0
        self.timestamp = ssrc & 0xFFFF
        self._buffer = buffer

    def report(self) -> bytes:
        return rtcp.sender_report(self.ssrc, time.time_ns(), self.timestamp, self.sent, self.octets)

    def _send(self, length: int) -> None:
        self.sent += 1
        buffer = self._buffer
        try:
            self.leg.sock.send(buffer.view[: protect(self.leg.srtp.outbound, buffer, length)])
        except OSError:
            self.failed += 1


class AudioSource(Source):
    clock_rate = 48_000

    def send(self) -> None:
        """One packet of 20 ms."""
        now = time.time_ns()
        sent = self.sent
        self.timestamp += 960
        self.octets += AUDIO_PAYLOAD_BYTES
        _AUDIO.pack_into(
            self._buffer.view, 0, 0x90, AUDIO_PT, sent & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc,
            _ONE_BYTE_HEADERS, 2, _SEND_TIME | _send_time(now), _LEVEL, _TOC, now, MAGIC,
        )  # fmt: skip
        self._send(_AUDIO_BYTES)


class VideoSource(Source):
    clock_rate = 90_000

    def __init__(self, leg: Leg, ssrc: int, buffer: Buffer) -> None:
        super().__init__(leg, ssrc, buffer)
        self.frames = ssrc % KEYFRAME_EVERY
        self.keyframes = 0
        self.is_key_wanted = True

    def send(self) -> None:
        """All packets of one frame, back to back."""
        is_key = self.is_key_wanted or self.frames % KEYFRAME_EVERY == 0
        self.is_key_wanted = False
        self.frames += 1
        self.keyframes += is_key
        self.timestamp += 90_000 // VIDEO_FPS
        last = (PACKETS_PER_KEYFRAME if is_key else PACKETS_PER_FRAME) - 1
        for index in range(last + 1):
            self._packet(index == 0, index == last, is_key)

    def _packet(self, is_first: bool, is_last: bool, is_key: bool) -> None:
        """VP8 descriptor of 4 bytes (RFC 7741, section 4.2): X and S, I, and a picture id of 15 bits."""
        now = time.time_ns()
        self.octets += VIDEO_PAYLOAD_BYTES
        descriptor = (0x90808000 if is_first else 0x80808000) | self.frames & 0x7FFF
        _VIDEO.pack_into(
            self._buffer.view, 0, 0x90, VIDEO_PT | 0x80 if is_last else VIDEO_PT, self.sent & 0xFFFF,
            self.timestamp & 0xFFFFFFFF, self.ssrc, _ONE_BYTE_HEADERS, 1, _SEND_TIME | _send_time(now),
            descriptor, _KEY_HEAD if is_key else _DELTA_HEAD, now, MAGIC,
        )  # fmt: skip
        self._send(_VIDEO_BYTES)


def _send_time(now_ns: int) -> int:
    """abs-send-time: seconds modulo 64 as a 6.18 fixed-point number."""
    return now_ns % 64_000_000_000 * 0x40000 // 1_000_000_000 & 0xFFFFFF
