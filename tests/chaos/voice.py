"""Sound with a name on it: RTP packets of 60 ms that say who sent them, in which media session, and the how manieth."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench import rtcp
from bench.description import ABS_SEND_TIME_ID, AUDIO_LEVEL_ID, AUDIO_PT, TRANSPORT_CC_ID
from bench.leg import Leg
from bench.sink import Track
from bench.srtp import Buffer, protect, unprotect

EVERY_S: Final = 0.06
SAMPLES: Final = 2880
MAGIC: Final = 0x48494C4F
PAYLOAD_BYTES: Final = 90
"""12 kbit/s."""

_PACKET: Final = struct.Struct("!BBHII HH II I IIII")
"""Fixed header; one-byte extensions (RFC 8285) with send time and level; TOC; magic, speaker, session, number."""
_TAG: Final = struct.Struct("!IIII")
_HEADER: Final = struct.Struct("!xxHII")
_TOC: Final = 0x58 << 24
"""Opus, SILK wideband, one 60 ms frame, mono (RFC 6716, section 3.1)."""
_LEVEL: Final = AUDIO_LEVEL_ID << 28 | (0x80 | 30) << 16
_SEND_TIME: Final = (ABS_SEND_TIME_ID << 4 | 2) << 24
_LENGTH: Final = _PACKET.size + PAYLOAD_BYTES


@dataclass(frozen=True)
class Heard:
    """One packet of somebody's sound."""

    speaker: int
    session: int


class Mouth:
    """Speaks on one leg."""

    def __init__(self, leg: Leg, ssrc: int, speaker: int, session: int) -> None:
        self.ssrc = ssrc
        self._leg = leg
        self._who = (speaker, session)
        self._sent = 0
        self._buffer = Buffer()

    def speak(self, now_ns: int) -> None:
        """One packet; what the network does not take is lost."""
        sent = self._sent = self._sent + 1
        _PACKET.pack_into(
            self._buffer.view, 0, 0x90, AUDIO_PT, sent & 0xFFFF, sent * SAMPLES & 0xFFFFFFFF, self.ssrc,
            0xBEDE, 2, _SEND_TIME | now_ns % 64_000_000_000 * 0x40000 // 1_000_000_000 & 0xFFFFFF, _LEVEL,
            _TOC, MAGIC, *self._who, sent,
        )  # fmt: skip
        self._put(self._buffer.view[: protect(self._leg.srtp.outbound, self._buffer, _LENGTH)])

    def report(self, now_ns: int, blocks: list[bytes]) -> None:
        """What a sender owes once a second, and what it received."""
        timestamp, octets = self._sent * SAMPLES & 0xFFFFFFFF, self._sent * PAYLOAD_BYTES
        sent = rtcp.sender_report(self.ssrc, now_ns, timestamp, self._sent, octets)
        self.feed_back(sent + rtcp.source_description(self.ssrc) + rtcp.receiver_report(self.ssrc, blocks))

    def feed_back(self, compound: bytes) -> None:
        self._put(self._leg.srtp.protect_rtcp(compound))

    def check(self) -> None:
        """A STUN check, which is our consent too (RFC 7675)."""
        try:
            self._leg.consent()
        except OSError:
            return

    def _put(self, packet: bytes | memoryview) -> None:
        try:
            self._leg.sock.send(packet)
        except OSError:  # a port that is closed just now
            return


class Ear:
    """Listens on one leg. `heard` is called for every packet of somebody's sound; `inbound` counts all that came."""

    def __init__(self, leg: Leg, heard: Callable[[Heard], None]) -> None:
        self.inbound = 0
        self.sounds = 0
        self._leg = leg
        self._heard = heard
        self._buffer = Buffer()
        self._tracks: dict[int, Track] = {}
        self._numbers: dict[int, int] = {}

    def listen(self, now_ns: int) -> None:
        """Read the socket until it is empty."""
        while True:
            try:
                length = self._leg.sock.recv_into(self._buffer.view)
            except BlockingIOError:
                return
            except OSError:  # that the port was closed, said once for each packet that we sent
                continue
            self._take(length, now_ns)

    def blocks(self) -> list[bytes]:
        return [track.report() for track in self._tracks.values()]

    def take_arrivals(self) -> dict[int, int]:
        """Transport-wide numbers that came since the last call, and when, ns."""
        numbers, self._numbers = self._numbers, {}
        return numbers

    def _take(self, length: int, now_ns: int) -> None:
        view = self._buffer.view
        if view[0] < 4:
            answered = self._leg.consents_answered
            self._leg.take_stun(bytes(view[:length]))
            self.inbound += self._leg.consents_answered - answered
        elif view[0] >= 128 and 192 <= view[1] <= 223:
            self.inbound += 1
        elif view[0] >= 128:
            self._take_rtp(unprotect(self._leg.srtp.inbound, self._buffer, length), now_ns)

    def _take_rtp(self, length: int, now_ns: int) -> None:
        if length < 12:
            return
        view = self._buffer.view
        self.inbound += 1
        sequence, _, ssrc = _HEADER.unpack_from(view)
        at = 12 + 4 * (view[0] & 15)
        if view[0] & 16:
            end = at + 4 + 4 * (view[at + 2] << 8 | view[at + 3])
            self._note_number(at + 4, end, now_ns)
            at = end
        if view[1] & 127 != AUDIO_PT or at + 4 + _TAG.size > length:
            return
        magic, speaker, session, _ = _TAG.unpack_from(view, at + 4)
        if magic == MAGIC:
            self._tracks.setdefault(ssrc, Track(ssrc, sequence)).take(sequence)
            self.sounds += 1
            self._heard(Heard(speaker, session))

    def _note_number(self, at: int, end: int, now_ns: int) -> None:
        view = self._buffer.view
        while at < end:
            if view[at] >> 4 == TRANSPORT_CC_ID:
                self._numbers[view[at + 1] << 8 | view[at + 2]] = now_ns
                return
            at += (view[at] & 15) + 2 if view[at] else 1
