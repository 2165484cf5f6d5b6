"""Packets of nothing but padding: to see what a participant's downlink carries while no video flows.

They go out on the retransmission SSRC of one of its video slots, numbered like video, so that transport-wide feedback
tells of them; decoders never see them (RFC 3550 5.1, RFC 4588 4).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from media.departures import DEPARTURES_MASK
from media.srtp import srtp_protect

if TYPE_CHECKING:
    from media.peer import Peer
    from media.slot import Slot

PADDING_MAX: Final = 255
"""The count of padding bytes is one byte, and counts itself."""
HEADER: Final = 20

_pack: Final = struct.Struct("!BBHIIHHBHx").pack_into


def send(peer: Peer, size: int, now: float) -> int:
    """Send one packet of about `size` bytes on the wire, at most 319; returns its bytes on the wire.

    0 when nothing can be sent: no connection, or no slot with both RTX and transport-wide numbers.
    """
    slot = padded_slot(peer)
    handle = peer.tx_handle
    if slot is None or handle is None:
        return 0
    padding = max(1, min(PADDING_MAX, size - slot.wire_overhead()))
    outlet = peer.outlet
    buffer = outlet.buffers[outlet.count]
    _write(slot, buffer.data, padding, now)
    peer.bench.length[0] = HEADER + padding
    if srtp_protect(handle, buffer.pointer, peer.bench.length):
        peer.rejected += 1
        return 0
    outlet.push(HEADER + padding + peer.tag_size, peer.name)
    slot.extra_octets += padding + slot.wire_overhead()
    return padding + slot.wire_overhead()


def padded_slot(peer: Peer) -> Slot | None:
    """The first that can carry padding, whether it shows somebody or not."""
    return next((s for s in peer.all_slots() if s.twcc_id and s.rtx_ssrc is not None and s.rtx_payload_types), None)


def _write(slot: Slot, data: bytearray, padding: int, now: float) -> None:
    departures = slot.peer.departures
    number = departures.number = (departures.number + 1) & 0xFFFF
    departures.ring[number & DEPARTURES_MASK] = (number, now, HEADER + padding)
    codec = slot.source.codec if slot.source is not None else ""
    payload_type = slot.rtx_payload_types.get(codec) or next(iter(slot.rtx_payload_types.values()))
    sequence, timestamp = slot.next_rtx_sequence(), slot.last_timestamp
    _pack(data, 0, 0xB0, payload_type, sequence, timestamp, slot.rtx_ssrc, 0xBEDE, 1, slot.twcc_id, number)
    data[HEADER : HEADER + padding] = bytes(padding - 1) + bytes([padding])
