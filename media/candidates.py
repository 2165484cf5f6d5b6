"""The candidate lines of an answer: our addresses, UDP first, passive TCP as the fallback (RFC 8839, RFC 6544)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

import ifaddr

HOST_PREFERENCE: Final = 126
TCP_HOST_PREFERENCE: Final = 90


def addresses(public_ips: tuple[str, ...], bind: tuple[str, ...]) -> tuple[str, ...]:
    """What to announce: the configured addresses, else those of the interfaces (loopback only if there is no other)."""
    if public_ips:
        return public_ips
    families = {ipaddress.ip_address(address).version for address in bind}
    found = [ip for ip in interface_addresses() if ip.version in families and not ip.is_link_local]
    routed = [ip for ip in found if not ip.is_loopback]
    return tuple(str(ip) for ip in (routed or found))


def sockets(bind: str) -> tuple[str, ...]:
    """Addresses to bind a socket to: for a wildcard each of the machine's own too, the wildcard last.

    A reply from a wildcard socket leaves from the address that its route prefers, not from the one that was asked; ICE
    agents that look at it (aiortc, Firefox) then drop it. The wildcard stays for addresses that come later.
    """
    address = ipaddress.ip_address(bind)
    if not address.is_unspecified:
        return (bind,)
    own = [ip for ip in interface_addresses() if ip.version == address.version and not ip.is_link_local]
    return (*(str(ip) for ip in own), bind)


def interface_addresses() -> Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            yield ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])


def candidates(announced: tuple[str, ...], port: int) -> tuple[str, ...]:
    """Values of the `a=candidate` lines."""
    lines = []
    for index, address in enumerate(announced):
        local = 65_535 - index
        udp = priority(HOST_PREFERENCE, local)
        tcp = priority(TCP_HOST_PREFERENCE, local)
        lines.append(f"{index + 1} 1 udp {udp} {address} {port} typ host")
        lines.append(f"{index + 101} 1 tcp {tcp} {address} {port} typ host tcptype passive")
    return tuple(lines)


def priority(type_preference: int, local_preference: int) -> int:
    """RFC 8445 5.1.2.1 for component 1."""
    return (type_preference << 24) + (local_preference << 8) + 255
