"""One participant's transport: ICE-lite credentials, DTLS, SRTP, its published sources and its receive-only slots.

Knows its own packets only. Who sees whom is the room's (room.py), what is reported when is feedback.py's.
"""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections.abc import Callable, Iterator
from typing import Any, Final

from aiortc import RTCCertificate
from pylibsrtp import Session

from media import red, rtcp, stun
from media.arrivals import IP_UDP, Arrivals
from media.contract import Policy
from media.departures import Departures
from media.loudness import LISTEN_MASK, speaks
from media.ntp import steady_unix
from media.path import Nowhere, Outlet, Path
from media.round_trip import round_trip
from media.rtp import unwrap_rtx
from media.slot import Slot
from media.source import Source, payload_start
from media.srtp import Buffer, Workbench, handle_of, srtp_unprotect
from media.transport import Dtls, DtlsFailed, Pump

SILENT_S: Final = 3.0
"""No authenticated packet for so long: the path is lost. Chrome checks at least every 2.5 s, and sound never stops."""
IDLE_SILENT_S: Final = 5.5
"""The same of who was told to send nothing: then there are only the checks, and one may be lost."""
EXPIRED_S: Final = 120.0
UNCONNECTED_EXPIRED_S: Final = 45.0
MUCH_LOST: Final = 0.25
MOST_TOLD: Final = 1000

RTP_HEAD: Final = 12
NO_HEAD: Final = b"\x80" + bytes(RTP_HEAD - 1)

_RTP: Final = struct.Struct("!BBHII")
_unpack: Final = _RTP.unpack_from
_stamp: Final = struct.Struct("!I").unpack_from

NOWHERE: Final = Nowhere()
"""Shared by all participants without a path: it keeps nothing."""


class Peer:
    """A participant of a room on this node."""

    __slots__ = (
        "_length",
        "_lost_told",
        "arrivals",
        "bench",
        "cname",
        "connected",
        "control_octets",
        "counted",
        "departures",
        "dtls",
        "fingerprints",
        "first_rung",
        "generation",
        "ice_password",
        "ice_ufrag",
        "id",
        "is_test",
        "last_seen",
        "lean",
        "lost_since",
        "name",
        "new_password",
        "new_ufrag",
        "on_change",
        "outlet",
        "path",
        "policy",
        "rejected",
        "remb_bps",
        "repeats",
        "reported_at",
        "room",
        "rtt_s",
        "rx_handle",
        "senders_reported_at",
        "session_id",
        "session_version",
        "sessions",
        "slots",
        "sound_told",
        "sources",
        "speaking",
        "ssrc",
        "tag_size",
        "tracks",
        "tx_handle",
        "wait",
    )  # fmt: skip

    def __init__(self, peer_id: str, room: str, generation: int, policy: Policy, bench: Workbench, now: float) -> None:
        self.id = peer_id
        self.room = room
        self.generation = generation
        self.policy = policy
        self.first_rung: int | None = None
        """Index in LADDER of the rung to receive first, where the page knows one."""
        self.is_test = False
        self.bench = bench
        self._length = bench.length
        self.cname = secrets.token_urlsafe(3)
        """Short, because reports carry it all the time; unique enough: the participant sees no other than ours."""
        self.ssrc = secrets.randbits(32) or 1
        """Sender of our RTCP to this participant."""
        self.session_id = secrets.randbits(62)
        self.session_version = 0
        """Of our SDP's origin line (RFC 8866 5.2)."""
        self.ice_ufrag, self.ice_password = credentials()
        self.new_ufrag: str | None = None
        self.new_password: str | None = None
        self.dtls: Dtls | None = None
        self.fingerprints: tuple[tuple[str, str], ...] = ()
        """Of its certificate, as its offer told them (algorithm, value)."""
        self.wait: asyncio.Task[None] | None = None
        self.sessions: list[Session] = []
        self.tag_size = 0
        """Bytes that SRTP adds to a packet in the negotiated profile."""
        self.rx_handle: Any = None
        self.tx_handle: Any = None
        self.path: Path | None = None
        self.outlet: Outlet = NOWHERE
        self.name = b""
        """The selected path, its outlet, and its name there."""
        self.connected = False
        self.last_seen = now
        self.lost_since: float | None = None
        self.tracks: list[Source] = []
        self.sources: dict[int, Source] = {}
        self.slots: list[tuple[Slot | None, Slot | None]] = []
        self.speaking = False
        self.rtt_s: float | None = None
        self.rejected = 0
        self.sound_told = [0, 0]
        self.counted = (now, 0, 0, 0, 0)
        """At the last quality event: time, octets received and sent, packets expected and lost."""
        self.departures = Departures()
        self.arrivals = Arrivals()
        self.control_octets = 0
        """RTCP sent to the participant, bytes on the wire."""
        self.remb_bps = policy.max_video_bps
        """The rate that its video may have, codec payload; told by REMB."""
        self.lean = False
        """The link carries little: reports are as few and as short as they may be."""
        self.repeats = True
        """Lost sound is sent again when the participant asks for it; not into a jam."""
        self.reported_at = self.senders_reported_at = -1e9
        """When reports, and sender reports, were last sent (monotonic s)."""
        self._lost_told = 0
        self.on_change: Callable[[str, Peer], None] = lambda what, peer: None
        """Told `connected`, `dtls-failed`, `left`, `speaking`, `path-back`."""

    # --- life -------------------------------------------------------------------------------------------------------

    def start(self, certificate: RTCCertificate, fingerprints: tuple[tuple[str, str], ...], pump: Pump) -> None:
        """Wait for the participant's DTLS handshake."""
        self.fingerprints = fingerprints
        self.dtls = Dtls(certificate, fingerprints, self.send, pump)
        self.wait = asyncio.create_task(self._live(self.dtls), name=f"dtls {self.id}")

    async def _live(self, dtls: Dtls) -> None:
        try:
            *self.sessions, self.tag_size = await dtls.handshake()
            self.departures.overhead = self.tag_size + IP_UDP
        except DtlsFailed:
            self.on_change("dtls-failed", self)
            return
        self.rx_handle, self.tx_handle = handle_of(self.sessions[0]), handle_of(self.sessions[1])
        self.connected = True
        self.on_change("connected", self)
        await dtls.closed()
        self.on_change("left", self)

    async def close(self) -> None:
        """End the transport. What it sent and showed is the room's to clear."""
        self.tx_handle = self.rx_handle = None
        if self.wait is not None and self.wait is not asyncio.current_task():
            self.wait.cancel()
        if self.dtls is not None:
            await self.dtls.close()
        self.use_path(None)

    def send(self, datagram: bytes) -> None:
        """Send one datagram (STUN, DTLS) on the selected path; none yet, or a full socket: it is dropped."""
        if self.path is None:
            return
        try:
            self.path.send(datagram)
        except OSError:
            self.rejected += 1

    def send_rtcp(self, packet: bytes) -> None:
        handle = self.tx_handle
        if handle is None:
            return
        protected = self.bench.protect_rtcp(handle, packet)
        if protected is not None:
            self.control_octets += len(protected) + IP_UDP
            self.send(protected)

    # --- ICE --------------------------------------------------------------------------------------------------------

    def passwords(self) -> tuple[tuple[str, str], ...]:
        """(ufrag, password) pairs that are good now: the session's, and during a restart the new ones too."""
        if self.new_ufrag is None or self.new_password is None:
            return ((self.ice_ufrag, self.ice_password),)
        return ((self.new_ufrag, self.new_password), (self.ice_ufrag, self.ice_password))

    def renew_credentials(self) -> tuple[str, str]:
        """Credentials for an ICE restart; the old ones stay good until a check on the new ones comes (RFC 8445 9)."""
        self.new_ufrag, self.new_password = credentials()
        return self.new_ufrag, self.new_password

    def adopt_new_credentials(self) -> str:
        """The first check of a restart came: forget the old credentials, and return their ufrag."""
        old = self.ice_ufrag
        assert self.new_ufrag is not None
        assert self.new_password is not None
        self.ice_ufrag, self.ice_password = self.new_ufrag, self.new_password
        self.new_ufrag = self.new_password = None
        return old

    def take_path(self, request: stun.Request, path: Path) -> None:
        """Send on the path of the latest nominated check; before any nomination on whichever answered first."""
        if request.use_candidate or self.path is None:
            self.use_path(path)

    def use_path(self, path: Path | None) -> None:
        self.path = path
        self.outlet, self.name = (path.outlet, path.name) if path is not None else (NOWHERE, b"")

    def seen(self, now: float) -> None:
        """An authenticated packet came."""
        self.last_seen = now
        if self.lost_since is not None:
            self.on_change("path-back", self)

    # --- SRTP -------------------------------------------------------------------------------------------------------

    def receive(self, buffer: Buffer, size: int, now: float) -> None:
        """An SRTP or SRTCP packet stands in `buffer` (RFC 7983: first byte 128 to 191)."""
        handle = self.rx_handle
        if handle is None or size < 12:
            return
        data = buffer.data
        if 192 <= data[1] <= 223:
            self._receive_rtcp(buffer, size, now)
            return
        length = self._length
        length[0] = size
        if srtp_unprotect(handle, buffer.pointer, length):
            self.rejected += 1
            return
        self.last_seen = now
        if self.lost_since is not None:
            self.on_change("path-back", self)
        arrivals = self.arrivals
        arrivals.octets += size + IP_UDP
        first, marked, sequence, timestamp, ssrc = _unpack(data)
        source = self.sources.get(ssrc)
        if source is None or marked & 0x7F != source.payload_type:
            self._receive_other(buffer.view, length[0], marked, sequence, timestamp, ssrc, now)
            return
        stamp = _stamp(data, source.stamp_at)[0]
        if stamp >> 24 == source.stamp_head and data[15] == source.stamp_words and first & 0x10:
            arrivals.append((stamp, now, size))
        else:
            arrivals.note(source, buffer.view, size - self.tag_size, timestamp, now, size)
        source.receive(buffer.view, size - self.tag_size, sequence, marked & 0x80, timestamp, now)
        if source.level_extension and not sequence & LISTEN_MASK:
            self._listen(source, buffer.view, timestamp, size - self.tag_size, now)

    def _receive_other(
        self, packet: memoryview, size: int, marked: int, sequence: int, timestamp: int, ssrc: int, now: float
    ) -> None:
        """RTX of a known source, or the first packet of an SSRC that the offer did not tell."""
        payload_type = marked & 0x7F
        for source in self.tracks:
            if payload_type == source.rtx_payload_type and source.rtx_ssrc in (None, ssrc):
                self._receive_rtx(source, packet, size, marked, timestamp, now)
                return
            if payload_type == source.red_payload_type and source.ssrc == ssrc:
                self._receive_redundant(source, packet, size, marked, sequence, timestamp, now)
                return
            if payload_type == source.payload_type and ssrc not in self.sources and source.ssrc is None:
                source.ssrc = ssrc
                self.sources[ssrc] = source
                source.receive(packet, size, sequence, marked & 0x80, timestamp, now)
                return
        self.rejected += 1

    def _receive_rtx(
        self, source: Source, packet: memoryview, size: int, marked: int, timestamp: int, now: float
    ) -> None:
        """RFC 4588 section 4: the original sequence number stands before the original payload."""
        self.arrivals.note(source, packet, size, timestamp, now, size + self.tag_size)
        start = payload_start(packet, size, packet[0])
        if packet[0] & 0x20:
            size -= packet[size - 1]
        if start + 2 >= size:
            return  # padding: a bandwidth probe
        sequence, payload = unwrap_rtx(packet[start:size])
        if sequence not in source.missing:
            return
        plain = _RTP.pack(0x80, marked & 0x80 | source.payload_type, sequence, timestamp, source.ssrc or 0)
        whole = memoryview(plain + bytes(payload))
        source.receive(whole, len(whole), sequence, marked & 0x80, timestamp, now)

    def _receive_redundant(
        self, source: Source, packet: memoryview, size: int, marked: int, sequence: int, timestamp: int, now: float
    ) -> None:
        """RFC 2198: the packet's own sound, and after it what of the ones before is missing."""
        self.arrivals.note(source, packet, size, timestamp, now, size + self.tag_size)
        start = payload_start(packet, size, packet[0])
        end = size - packet[size - 1] if packet[0] & 0x20 else size
        try:
            *earlier, own = red.unpack(packet[start:end])
        except ValueError:
            self.rejected += 1
            return
        source.receive(plain(own.payload), RTP_HEAD + len(own.payload), sequence, marked & 0x80, timestamp, now)
        for back, block in enumerate(reversed(earlier), 1):
            if block.payload:
                said_at = (timestamp - block.offset) & 0xFFFFFFFF
                source.recover(plain(block.payload), (sequence - back) & 0xFFFF, said_at, now)
        if source.level_extension and not sequence & LISTEN_MASK:
            self._listen(source, packet, timestamp, size, now)

    def _listen(self, source: Source, packet: memoryview, timestamp: int, size: int, now: float) -> None:
        source.measure_jitter(timestamp, now)
        speaking = speaks(source, packet, size, self.speaking)
        if speaking is not self.speaking:
            self.speaking = speaking
            self.on_change("speaking", self)

    # --- RTCP -------------------------------------------------------------------------------------------------------

    def _receive_rtcp(self, buffer: Buffer, size: int, now: float) -> None:
        packet = self.bench.unprotect_rtcp(self.rx_handle, buffer, size)
        if packet is None:
            self.rejected += 1
            return
        self.seen(now)
        self.arrivals.octets += size + IP_UDP
        try:
            parts = rtcp.parse(packet)
        except ValueError:
            self.rejected += 1
            return
        for part in parts:
            self._take_rtcp(part, now)

    def _take_rtcp(self, part: rtcp.Packet, now: float) -> None:
        match part:
            case rtcp.TransportFeedback():  # first: there are ten a second of them
                self.departures.read(part, now)
            case rtcp.ReceiverReport():
                self._take_blocks(part.reports, now)
            case rtcp.SenderReport():
                source = self.sources.get(part.ssrc)
                if source is not None:
                    source.report(part.ntp, part.rtp, now, steady_unix())
                self._take_blocks(part.reports, now)
            case rtcp.Nack():
                slot = self.slot_of(part.media_ssrc)
                if slot is not None and (self.repeats or slot.kind == "video"):
                    for sequence in part.seqs:
                        slot.resend(sequence, now)
            case rtcp.Pli():
                self._want_keyframe(part.media_ssrc)
            case rtcp.Fir():
                for ssrc, _ in part.entries:
                    self._want_keyframe(ssrc)
            case _:
                pass  # REMB: the SFU is the only brain (DESIGN 5); BYE: the page says when it leaves

    def _take_blocks(self, blocks: tuple[rtcp.ReportBlock, ...], now: float) -> None:
        for block in blocks:
            slot = self.slot_of(block.ssrc)
            if slot is None:
                continue
            slot.loss = block.fraction_lost / 256
            if slot.kind == "audio":
                self._note_lost_sound(slot, block)
            rtt_s = round_trip(block, steady_unix())
            if rtt_s is not None:
                known = self.rtt_s is not None and slot.rtt_s is not None  # what the page told is a first guess
                self.rtt_s = smoothed(self.rtt_s or 0.0, rtt_s) if known else rtt_s
                slot.rtt_s = rtt_s

    def _note_lost_sound(self, slot: Slot, block: rtcp.ReportBlock) -> None:
        """Sound has no transport-wide numbers. What is still lost after repair says something once it is much.

        What was lost on the publisher's way to us is not this link's.
        """
        before, slot.told_highest = slot.told_highest, block.highest_seq
        holes = slot.holes()
        if slot.unjudged is not None:
            if (block.highest_seq - slot.unjudged) & 0xFFFF < 0x8000:
                slot.unjudged = None
            return
        told = (block.highest_seq - before) & 0xFFFFFFFF if before is not None else 0
        if not 0 < told <= MOST_TOLD:
            return
        lost, sent = round(told * slot.loss) - holes, told - min(holes, told)
        if lost > MUCH_LOST * sent:
            self.sound_told[0] += sent
            self.sound_told[1] += lost

    def take_lost_sound(self) -> tuple[int, int]:
        """Packets of sound told of as much lost since the last call, and those lost of them."""
        told, lost = self.sound_told
        self.sound_told = [0, 0]
        return told, lost

    def _want_keyframe(self, ssrc: int) -> None:
        slot = self.slot_of(ssrc)
        if slot is not None:
            slot.want_keyframe()

    def all_slots(self) -> Iterator[Slot]:
        """Audio and video slots, in the order of the offer."""
        return (slot for pair in self.slots for slot in pair if slot is not None)

    def uplink_counts(self) -> tuple[int, int]:
        """Packets that the participant sent, and those of them missing before repair; neither number ever falls."""
        lost = sum(source.lost_in_all() for source in self.tracks)
        self._lost_told = max(self._lost_told, lost)
        return sum(source.expected_in_all() for source in self.tracks), self._lost_told

    def sent_wire_octets(self) -> int:
        """Bytes on the wire of all RTP that was sent to the participant: forwarded, repeated and padding."""
        return sum(slot.wire_octets() for slot in self.all_slots())

    def slot_of(self, ssrc: int) -> Slot | None:
        """The slot that sends with this SSRC."""
        return next((slot for slot in self.all_slots() if slot.ssrc == ssrc), None)


def smoothed(before_s: float, rtt_s: float) -> float:
    """A jam's round trip is soon forgotten: on a lean link a report comes every few seconds."""
    weight = 0.3 if rtt_s > before_s else 0.7
    return before_s * (1.0 - weight) + rtt_s * weight


def plain(payload: memoryview) -> memoryview:
    """A packet with no more than this payload; its header is in the other arguments of `Source.receive`."""
    return memoryview(b"".join((NO_HEAD, payload)))


def credentials() -> tuple[str, str]:
    """A fresh ICE ufrag and password (RFC 8445 5.3: at least 24 and 128 bits of randomness)."""
    return secrets.token_hex(6), secrets.token_hex(16)
