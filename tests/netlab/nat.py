"""Network address translation of a link: its patient has one address inside and another one outside. Ports stay.

Checksums are changed by what changed in the address (RFC 1624), so the rest of a packet is not looked at.
"""

from __future__ import annotations

import struct
from typing import Final

from netlab.packet import IPV4, TCP, UDP, destination

SOURCE: Final = 12
DESTINATION: Final = 16
IP_CHECKSUM: Final = 10
CHECKSUMS: Final = {TCP: 16, UDP: 6}
"""Where in the payload's header it stands; both cover the addresses (RFC 9293 section 3.1, RFC 768)."""


class Nat:
    """Translates nothing until it has an address outside. Inside is who sent last: a patient may change networks."""

    def __init__(self) -> None:
        self._inside = b""
        self._outside: bytes | None = None

    def renumber(self, outside: bytes) -> None:
        self._outside = outside

    def up(self, packet: bytes) -> bytes:
        if self._outside is None or packet[0] >> 4 != IPV4:
            return packet
        self._inside = packet[SOURCE : SOURCE + 4]
        return readdressed(packet, SOURCE, self._outside)

    def down(self, packet: bytes) -> bytes | None:
        """None: for an address that the patient no longer has, or before they sent anything from the new one."""
        if self._outside is None:
            return packet
        known = self._inside and destination(packet) == self._outside
        return readdressed(packet, DESTINATION, self._inside) if known else None


def readdressed(packet: bytes, where: int, address: bytes) -> bytes:
    """The same IPv4 packet from or for another address; one of IPv6 as it is."""
    if packet[0] >> 4 != IPV4:
        return packet
    changed = bytearray(packet)
    old, changed[where : where + 4] = packet[where : where + 4], address
    _mend(changed, IP_CHECKSUM, old, address)
    offset = CHECKSUMS.get(packet[9])
    is_first_fragment = not int.from_bytes(packet[6:8]) & 0x1FFF
    if offset is not None and is_first_fragment:
        _mend_payload(changed, (packet[0] & 0x0F) * 4 + offset, old, address)
    return bytes(changed)


def _mend_payload(packet: bytearray, at: int, old: bytes, new: bytes) -> None:
    """UDP without a checksum says 0, and 0xFFFF where its sum is 0."""
    is_udp = packet[9] == UDP
    if is_udp and packet[at : at + 2] == b"\0\0":
        return
    _mend(packet, at, old, new)
    if is_udp and packet[at : at + 2] == b"\0\0":
        packet[at : at + 2] = b"\xff\xff"


def _mend(packet: bytearray, at: int, old: bytes, new: bytes) -> None:
    """RFC 1624 equation 3: the sum with the old words' complements and the new words added."""
    words = (int.from_bytes(packet[at : at + 2]) ^ 0xFFFF, *(word ^ 0xFFFF for word in struct.unpack("!2H", old)))
    total = sum(words) + sum(struct.unpack("!2H", new))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    packet[at : at + 2] = (total ^ 0xFFFF).to_bytes(2)
