"""The client's DTLS handshake on a connected UDP socket: aiortc's certificate and context, without an event loop."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Literal

from aiortc.rtcdtlstransport import RTCCertificate, SRTPProtectionProfile, certificate_digest
from OpenSSL import SSL

from bench.srtp import Keys

HANDSHAKE_S = 10.0
MTU = 1500


class HandshakeError(Exception):
    """The server did not finish a handshake, or is not whom its answer named."""


def handshake(
    sock: socket.socket,
    certificate: RTCCertificate,
    fingerprint: str,
    profile: SRTPProtectionProfile,
    role: Literal["client", "server"],
    other: Callable[[bytes], None],
) -> Keys:
    """Shake hands, knowing only `profile`. Datagrams that are not DTLS go to `other`."""
    ssl = SSL.Connection(certificate._create_ssl_context([profile]))
    if role == "client":
        ssl.set_connect_state()
    else:
        ssl.set_accept_state()
    deadline = time.monotonic() + HANDSHAKE_S
    while not _step(ssl):
        _flush(ssl, sock)
        _receive(ssl, sock, deadline, other)
    _flush(ssl, sock)
    peer = ssl.get_peer_certificate(as_cryptography=True)
    if peer is None or certificate_digest(peer, "sha-256") != fingerprint.upper():
        raise HandshakeError("the certificate is not the one of the answer")
    return _keys(ssl, profile, role)


def _step(ssl: SSL.Connection) -> bool:
    try:
        ssl.do_handshake()
    except SSL.WantReadError:
        return False
    return True


def _flush(ssl: SSL.Connection, sock: socket.socket) -> None:
    while True:
        try:
            sock.send(ssl.bio_read(MTU))
        except SSL.WantReadError:
            return


def _receive(ssl: SSL.Connection, sock: socket.socket, deadline: float, other: Callable[[bytes], None]) -> None:
    if time.monotonic() > deadline:
        raise HandshakeError(f"no end after {HANDSHAKE_S} s")
    sock.settimeout(ssl.DTLSv1_get_timeout() or 1.0)
    try:
        data = sock.recv(MTU)
    except TimeoutError:
        ssl.DTLSv1_handle_timeout()
        return
    if 20 <= data[0] <= 63:
        ssl.bio_write(data)
    else:
        other(data)


def _keys(ssl: SSL.Connection, profile: SRTPProtectionProfile, role: Literal["client", "server"]) -> Keys:
    if ssl.get_selected_srtp_profile() != profile.openssl_profile:
        raise HandshakeError(f"{profile.openssl_profile.decode()} was not agreed on")
    length = 2 * (profile.key_length + profile.salt_length)
    material = ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", length)
    clients, servers = (profile.get_key_and_salt(material, side) for side in (0, 1))
    return Keys(profile, clients, servers) if role == "client" else Keys(profile, servers, clients)
