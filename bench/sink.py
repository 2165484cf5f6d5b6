"""What arrives on a leg: media counted and timed by the sender's stamps, the server's RTCP and its STUN."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping

from bench import rtcp
from bench.description import AUDIO_PT, TRANSPORT_CC_ID, VIDEO_PT
from bench.leg import Leg
from bench.source import AUDIO_STAMP_AT, MAGIC, VIDEO_STAMP_AT, Source, VideoSource
from bench.srtp import Buffer, unprotect

SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("qq")
_HEADER = struct.Struct("!xxHII")
_STAMP = struct.Struct("!QI")
_STAMP_AT = {AUDIO_PT: AUDIO_STAMP_AT, VIDEO_PT: VIDEO_STAMP_AT}


class Window:
    """The time measured, by stamps: packets sent in it are counted whenever they arrive."""

    def __init__(self) -> None:
        self.begin_ns = 1 << 62
        self.end_ns = 1 << 62
        self.latencies_ns: list[int] = []

    def take(self, payload_type: int, stamp_ns: int, arrived_ns: int) -> None:
        """A timed packet that was sent within it."""
        self.latencies_ns.append(arrived_ns - stamp_ns)


class Track:
    """One received stream: what a receiver report tells of it."""

    def __init__(self, ssrc: int, sequence: int) -> None:
        self.ssrc = ssrc
        self.in_window = 0
        self.lsr = 0
        self._lsr_at_ns = 0
        self._first = self.highest = sequence
        self._received = 0
        self._told = (0, 0)

    def take(self, sequence: int) -> None:
        self._received += 1
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead < 0x8000:
            self.highest += ahead

    def take_report(self, lsr: int) -> None:
        self.lsr, self._lsr_at_ns = lsr, time.monotonic_ns()

    def report(self) -> bytes:
        expected = self.highest - self._first + 1
        lost = expected - self._received
        newly_expected, newly_lost = expected - self._told[0], lost - self._told[1]
        self._told = (expected, lost)
        fraction = max(0, min(255, 256 * newly_lost // newly_expected)) if newly_expected else 0
        dlsr = (time.monotonic_ns() - self._lsr_at_ns) * 65536 // 1_000_000_000 if self.lsr else 0
        return rtcp.report_block(self.ssrc, self.highest, max(0, lost), fraction, self.lsr, dlsr)


class Sink:
    """Everything that arrives on one leg. A timed one asks the kernel when each datagram came."""

    def __init__(
        self, leg: Leg, sources: Mapping[int, Source], buffer: Buffer, window: Window, *, is_timed: bool, numbered: bool
    ) -> None:
        self.leg = leg
        self.tracks: dict[int, Track] = {}
        self.undecryptable = 0
        self.unknown = 0
        self._sources = sources
        self._buffer = buffer
        self._window = window
        self._is_timed = is_timed
        self._is_numbered = numbered
        self._next_number = -1
        self._runs: dict[int, list[int]] = {}
        self._run: list[int] = []
        if is_timed:
            leg.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def take(self) -> None:
        """Read one datagram of a readable socket."""
        view = self._buffer.view
        arrived_ns = 0
        if self._is_timed:
            length, ancillary, _, _ = self.leg.sock.recvmsg_into([view], 64)
            seconds, rest = _TIMESPEC.unpack_from(ancillary[0][2])
            arrived_ns = seconds * 1_000_000_000 + rest
        else:
            length = self.leg.sock.recv_into(view)
        if view[0] >= 128:
            if 192 <= view[1] <= 223:
                self._take_rtcp(bytes(view[:length]))
            else:
                self._take_rtp(length, arrived_ns)
        elif view[0] < 4:
            self.leg.take_stun(bytes(view[:length]))

    def take_runs(self) -> dict[int, list[int]]:
        """Arrivals since the last call: transport-cc number of a run's first packet -> monotonic ns of each."""
        runs, self._runs, self._next_number = self._runs, {}, -1
        return runs

    def _take_rtp(self, length: int, arrived_ns: int) -> None:
        view = self._buffer.view
        length = unprotect(self.leg.srtp.inbound, self._buffer, length)
        if length < 0:
            self.undecryptable += 1
            return
        sequence, _, ssrc = _HEADER.unpack_from(view)
        at = 12 + 4 * (view[0] & 15)
        if view[0] & 16:
            end = at + 4 + 4 * (view[at + 2] << 8 | view[at + 3])
            if self._is_numbered:
                self._take_number(at + 4, end)
            at = end
        at += _STAMP_AT.get(view[1] & 127, length)
        if at + 12 > length:
            self.unknown += 1
            return
        stamp_ns, magic = _STAMP.unpack_from(view, at)
        if magic != MAGIC:
            self.unknown += 1
            return
        track = self.tracks.get(ssrc)
        if track is None:
            track = self.tracks[ssrc] = Track(ssrc, sequence)
        track.take(sequence)
        if self._window.begin_ns <= stamp_ns < self._window.end_ns:
            track.in_window += 1
            if arrived_ns:
                self._window.take(view[1] & 127, stamp_ns, arrived_ns)

    def _take_number(self, at: int, end: int) -> None:
        view = self._buffer.view
        while at < end:
            size = (view[at] & 15) + 1
            if view[at] >> 4 == TRANSPORT_CC_ID:
                number = view[at + 1] << 8 | view[at + 2]
                if number != self._next_number:
                    self._run = self._runs[number] = []
                self._run.append(time.monotonic_ns())
                self._next_number = number + 1 & 0xFFFF
                return
            at += size + 1 if view[at] else 1

    def _take_rtcp(self, data: bytes) -> None:
        for kind, count, body in rtcp.split(self.leg.srtp.unprotect_rtcp(data)):
            if kind == rtcp.SENDER_REPORT:
                ssrc, lsr = struct.unpack_from("!I2xI", body)
                if ssrc in self.tracks:
                    self.tracks[ssrc].take_report(lsr)
            elif kind == rtcp.PSFB and count in (rtcp.PLI, rtcp.FIR):
                (ssrc,) = struct.unpack_from("!I", body, 4 if count == rtcp.PLI else 8)
                source = self._sources.get(ssrc)
                if isinstance(source, VideoSource):
                    source.is_key_wanted = True
