"""One receive-only m-line of a participant: the one SSRC it sees, whoever is shown in it.

`forward` moves a source's packet into the slot's own sequence, timestamp and picture-id space, encrypts, sends.
"""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING, Final

from media import h264, vp8
from media.arrivals import IP_UDP
from media.cache import MASK, Held
from media.copies import Copies
from media.departures import DEPARTURES_MASK
from media.rtp import wrap_rtx
from media.srtp import srtp_protect

if TYPE_CHECKING:
    from media.peer import Peer
    from media.source import Source

_pack: Final = struct.Struct("!BBHII").pack_into
_pack_with_twcc: Final = struct.Struct("!BBHIIHHBHx").pack_into
"""Header, then RFC 8285 one-byte extensions with the transport-wide sequence number alone in one word."""

RESEND_SPACING_MIN_S: Final = 0.020
REMEMBERED_RESENDS: Final = 256
VP8_PICTURE_ID: Final = 0x7FFF

Payload = bytes | memoryview


class Slot:
    """A sender of forwarded RTP towards one participant. All times are monotonic seconds."""

    __slots__ = (
        "_copies", "_counted", "_counting_from", "_holes", "_length", "_seen_at", "awaiting_keyframe", "clock_rate",
        "cname", "extra_octets", "fresh", "kind", "last_forwarded_at", "last_picture_id", "last_sequence",
        "last_timestamp", "loss", "mid", "paused", "payload_type", "payload_types", "peer", "picture_id_shift",
        "picture_shifted", "resent", "resent_total", "rtt_s", "rtx_payload_types", "rtx_sequence", "rtx_ssrc",
        "sequence_shift", "source", "source_start", "ssrc", "timestamp_shift", "tl0_shift", "told_highest",
        "twcc_id", "unjudged",
    )  # fmt: skip

    def __init__(self, peer: Peer, kind: str, mid: str, *, twcc_id: int = 0) -> None:
        self.peer = peer
        self._length = peer.bench.length
        self.kind = kind
        self.mid = mid
        self.twcc_id = twcc_id << 4 | 1 if 0 < twcc_id < 15 else 0
        """RFC 8285 element header of transport-wide-cc in this participant's numbering; 0: not offered."""
        self.cname = peer.cname
        self.ssrc = random.SystemRandom().getrandbits(32) or 1
        self.rtx_ssrc: int | None = None
        self.rtx_sequence = random.getrandbits(15)
        self.payload_types: dict[str, int] = {}
        self.rtx_payload_types: dict[str, int] = {}
        self.payload_type = 0
        self.clock_rate = 90_000
        self.source: Source | None = None
        self.fresh = True
        self.paused = False
        """Nothing of the source is forwarded; changed by `pause` and `resume`."""
        self.awaiting_keyframe = False
        self.source_start = 0
        self.sequence_shift = 0
        self.timestamp_shift = 0
        self.picture_id_shift = 0
        self.tl0_shift = 0
        self.picture_shifted = False
        self.last_sequence = random.getrandbits(15)
        self.last_timestamp = random.getrandbits(31)
        self.last_picture_id: tuple[int, int] | None = None
        self.last_forwarded_at = 0.0
        self._counted = (0, 0)
        self._counting_from = (0, 0)
        """Packets and octets before the present source, and the source's own when it began here."""
        self.resent: dict[int, float] = {}
        self.resent_total = 0
        self.extra_octets = 0
        """Bytes on the wire of what was sent beside the forwarded packets: repairs, copies, padding."""
        self._copies: Copies | None = None
        self._seen_at = (0, 0)
        """Last number and packets forwarded at the last receiver report."""
        self._holes = 0
        self.loss = 0.0
        self.told_highest: int | None = None
        """Extended highest sequence number of the last receiver report about it."""
        self.unjudged: int | None = None
        """The last number that was sent into an outage: up to it, reports say nothing of the link that came back."""
        self.rtt_s: float | None = None

    # --- who is in it -----------------------------------------------------------------------------------------------

    def show(self, source: Source | None) -> bool:
        """Put a source (or nobody) into the slot; False when the participant cannot decode the source's codec."""
        self._settle()
        self.fresh = True
        if self.source is not None:
            self.source.slots = tuple(slot for slot in self.source.slots if slot is not self)
            self.source.receiving = tuple(slot for slot in self.source.receiving if slot is not self)
        self.source = None
        if source is None:
            return True
        if source.codec not in self.payload_types:
            return False
        self.payload_type = self.payload_types[source.codec]
        self.clock_rate = source.clock_rate
        self.source = source
        self.rebase()
        source.slots = (*source.slots, self)
        if not self.paused:
            source.receiving = (*source.receiving, self)
        return True

    def pause(self) -> None:
        """Forward nothing until `resume`, whoever is shown meanwhile."""
        if self.paused:
            return
        self._settle()
        self.fresh = self.paused = True
        if self.source is not None:
            self.source.receiving = tuple(slot for slot in self.source.receiving if slot is not self)

    def resume(self) -> None:
        """Go on where the pause began: the same numbering, time that has passed, and video from its next keyframe."""
        if not self.paused:
            return
        self.paused = False
        self.rebase()
        if self.source is not None:
            self.source.receiving = (*self.source.receiving, self)

    def rebase(self) -> None:
        """What comes next continues the slot's numbering, wherever the source's own stands (switch, pause, restart)."""
        self._settle()
        self.fresh = True
        self.resent.clear()
        if self.kind == "video" and self.source is not None:
            self.awaiting_keyframe = True
            self.want_keyframe()

    def want_keyframe(self) -> None:
        """Ask the publisher for one, unless nobody could see it (that would spend the 1 s between two requests)."""
        if self.source is not None and self.peer.connected and not self.paused:
            self.source.want_keyframe()

    # --- the path of a packet ---------------------------------------------------------------------------------------

    def forward(self, sequence: int, timestamp: int, marker: int, payload: Payload, now: float) -> None:
        """Send a source's packet on, in the slot's numbering. Its cost is paid for every packet and every viewer."""
        if self.fresh and not self._begin(sequence, timestamp, payload, now):
            return
        if self.picture_shifted:
            payload = self._renumber_picture(payload)
        out = (sequence + self.sequence_shift) & 0xFFFF
        timestamp = (timestamp + self.timestamp_shift) & 0xFFFFFFFF
        if (out - self.last_sequence) & 0xFFFF < 0x8000:
            self.last_sequence = out
            self.last_forwarded_at = now
        elif (sequence - self.source_start) & 0xFFFF >= 0x8000:
            return  # from before the switch
        self.emit(marker | self.payload_type, out, timestamp, self.ssrc, payload, now)

    def emit(self, marked: int, sequence: int, timestamp: int, ssrc: int, payload: Payload, now: float) -> None:
        """Write the header, encrypt in place, and put it into the path's outlet."""
        peer = self.peer
        handle = peer.tx_handle
        if handle is None:
            return
        outlet = peer.outlet
        buffer = outlet.buffers[outlet.count]
        if self.twcc_id:
            size = 20 + len(payload)
            departures = peer.departures
            number = departures.number = (departures.number + 1) & 0xFFFF
            departures.ring[number & DEPARTURES_MASK] = (number, now, size)
            _pack_with_twcc(buffer.data, 0, 0x90, marked, sequence, timestamp, ssrc, 0xBEDE, 1, self.twcc_id, number)
            buffer.view[20:size] = payload
        else:
            size = 12 + len(payload)
            _pack(buffer.data, 0, 0x80, marked, sequence, timestamp, ssrc)
            buffer.view[12:size] = payload
        length = self._length
        length[0] = size
        if srtp_protect(handle, buffer.pointer, length):
            peer.rejected += 1
            return
        outlet.push(size + peer.tag_size, peer.name)

    def _begin(self, sequence: int, timestamp: int, payload: Payload, now: float) -> bool:
        """First packet after `rebase`: choose the shifts. False while a keyframe is awaited."""
        source = self.source
        if source is None or self.peer.tx_handle is None:
            return False
        if self.awaiting_keyframe:
            if not is_keyframe(source.codec, payload):
                source.want_keyframe()
                return False
            self.awaiting_keyframe = False
        self.fresh = False
        self._counting_from = (source.packets - 1, source.octets - len(payload))
        self.source_start = sequence
        self.sequence_shift = (self.last_sequence + 1 - sequence) & 0xFFFF
        elapsed = now - self.last_forwarded_at if self.last_forwarded_at else 0.0
        ticks = max(1, int(min(elapsed, 3600.0) * self.clock_rate))
        self.timestamp_shift = (self.last_timestamp + ticks - timestamp) & 0xFFFFFFFF
        self._begin_pictures(source.codec, payload)
        return True

    def _begin_pictures(self, codec: str, payload: Payload) -> None:
        self.picture_shifted = False
        if codec != "VP8":
            return
        picture = vp8.parse(payload)
        if self.last_picture_id is not None and picture.picture_id is not None:
            # Looked at only at switches: between two of them the shift is constant.
            self.picture_id_shift = (self.last_picture_id[0] + 1 - picture.picture_id) & VP8_PICTURE_ID
            self.tl0_shift = (self.last_picture_id[1] + 1 - (picture.tl0picidx or 0)) & 0xFF
            self.picture_shifted = bool(self.picture_id_shift or self.tl0_shift)

    def _renumber_picture(self, payload: Payload) -> Payload:
        try:
            picture = vp8.parse(payload)
        except ValueError:
            return payload
        if picture.picture_id is None:
            return payload
        changed = bytearray(payload)
        vp8.rewrite(
            changed,
            picture,
            0,
            (picture.picture_id + self.picture_id_shift) & VP8_PICTURE_ID,
            ((picture.tl0picidx or 0) + self.tl0_shift) & 0xFF,
        )
        return memoryview(changed)

    def counts(self) -> tuple[int, int]:
        """Packets and octets forwarded (RFC 3550 6.4.1): one for one what the source took since it began here."""
        if self.fresh or self.source is None:
            return self._counted
        packets, octets = self._counting_from
        return self._counted[0] + self.source.packets - packets, self._counted[1] + self.source.octets - octets

    def holes(self) -> int:
        """Packets that never came to us, in what went out between the receiver report before the last and now.

        Each report's round trip makes its interval another one than ours. Call once a report.
        """
        (number, before), holes = self._seen_at, self._holes
        packets = self.counts()[0]
        self._seen_at = (self.last_sequence, packets)
        self._holes = max(0, ((self.last_sequence - number) & 0xFFFF) - (packets - before)) if before else 0
        return holes + self._holes

    def wire_octets(self) -> int:
        """Bytes on the wire of all that was sent, with SRTP, UDP and IPv4 around it."""
        packets, octets = self.counts()
        return octets + packets * self.wire_overhead() + self.extra_octets

    def wire_overhead(self) -> int:
        """Bytes on the wire of a packet beside its payload."""
        return (20 if self.twcc_id else 12) + self.peer.tag_size + IP_UDP

    def _settle(self) -> None:
        """Before a switch or pause: keep what the next numbering must continue."""
        if self.fresh or self.source is None:
            return
        self._counted = self.counts()
        held = self.source.cache.get((self.last_sequence - self.sequence_shift) & 0xFFFF)
        if held is None:
            return
        self.last_timestamp = (held.timestamp + self.timestamp_shift) & 0xFFFFFFFF
        if self.source.codec == "VP8":
            self._settle_picture(held.payload)

    def _settle_picture(self, payload: bytes) -> None:
        try:
            picture = vp8.parse(payload)
        except ValueError:
            return
        if picture.picture_id is not None:
            self.last_picture_id = (
                (picture.picture_id + self.picture_id_shift) & VP8_PICTURE_ID,
                ((picture.tl0picidx or 0) + self.tl0_shift) & 0xFF,
            )

    # --- repair -----------------------------------------------------------------------------------------------------

    @property
    def duplicate(self) -> bool:
        """Whether every packet is sent a second time, a little later (copies.py)."""
        return self._copies is not None

    @duplicate.setter
    def duplicate(self, wanted: bool) -> None:
        if wanted is not self.duplicate:
            self._copies = Copies() if wanted else None

    def duplicates_due(self, now: float) -> int:
        """Send the copies that are due; to be called every 20 ms. Returns how many were."""
        return self._copies.send(self, now) if self._copies is not None else 0

    def resend(self, sequence: int, now: float) -> bool:
        """Answer one NACKed sequence number from the source's cache, over RTX (RFC 4588) where it was negotiated."""
        if now - self.resent.get(sequence, -1e9) < max(RESEND_SPACING_MIN_S, self.rtt_s or 0.0):
            return False
        held = self._held(sequence)
        if held is None or self.source is None:
            return False
        self._note_resend(sequence, now)
        rtx = self.rtx_payload_types.get(self.source.codec)
        if rtx is None or self.rtx_ssrc is None:
            self._send_again(held, sequence, now)
            return True
        payload = wrap_rtx(sequence, self._renumber_picture(held.payload) if self.picture_shifted else held.payload)
        timestamp = (held.timestamp + self.timestamp_shift) & 0xFFFFFFFF
        self.extra_octets += len(payload) + self.wire_overhead()
        self.emit(held.marker | rtx, self.next_rtx_sequence(), timestamp, self.rtx_ssrc, payload, now)
        return True

    def repeat(self, sequence: int, now: float) -> bool:
        """Send a packet that was sent once more as it was; False when it is not held any more."""
        held = self._held(sequence & 0xFFFF)
        if held is not None:
            self._send_again(held, sequence & 0xFFFF, now)
        return held is not None

    def next_rtx_sequence(self) -> int:
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        return self.rtx_sequence

    def _held(self, sequence: int) -> Held | None:
        """What the source's packet was that left with this number; None from before the switch, or too long ago."""
        source = self.source
        if source is None or self.fresh:
            return None
        behind = (self.last_sequence - sequence) & 0xFFFF
        origin = (sequence - self.sequence_shift) & 0xFFFF
        if behind > MASK or ((origin - self.source_start) & 0xFFFF) >= 0x8000:
            return None
        return source.cache.get(origin)

    def _send_again(self, held: Held, sequence: int, now: float) -> None:
        payload = self._renumber_picture(held.payload) if self.picture_shifted else held.payload
        timestamp = (held.timestamp + self.timestamp_shift) & 0xFFFFFFFF
        self.extra_octets += len(payload) + self.wire_overhead()
        self.emit(held.marker | self.payload_type, sequence, timestamp, self.ssrc, payload, now)

    def _note_resend(self, sequence: int, now: float) -> None:
        if len(self.resent) >= REMEMBERED_RESENDS:
            self.resent.clear()
        self.resent[sequence] = now
        self.resent_total += 1


def is_keyframe(codec: str, payload: Payload) -> bool:
    """Whether a decoder can start at this packet."""
    try:
        return vp8.parse(payload).keyframe if codec == "VP8" else h264.is_keyframe(payload)
    except ValueError:
        return False
