"""One PeerConnection's way to the server: a UDP socket, its ICE credentials and, once connected, its SRTP keys."""

from __future__ import annotations

import secrets
import socket
import time
from typing import Literal

from aiortc.rtcdtlstransport import RTCCertificate, SRTPProtectionProfile, certificate_digest

from bench import binding
from bench.description import Local, Remote
from bench.dtls import handshake
from bench.srtp import Srtp

CHECK_TIMEOUT_S = 0.5
CHECKS = 10
RECEIVE_BUFFER_BYTES = 1 << 20


class UnreachableError(Exception):
    """No check was answered."""


class Leg:
    """Made with what a description needs; `connect` runs ICE and DTLS to their end, after which `srtp` is there."""

    credentials: binding.Credentials
    srtp: Srtp

    def __init__(self, host: str, certificate: RTCCertificate, setup: Literal["actpass", "passive"]) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self.sock.bind((host, 0))
        self.source: tuple[str, int] = self.sock.getsockname()
        self._certificate = certificate
        fingerprint = certificate_digest(certificate._cert, "sha-256")
        self.local = Local(secrets.token_hex(4), secrets.token_hex(12), fingerprint, setup, *self.source)
        self.consents_answered = 0

    def connect(self, remote: Remote, profile: SRTPProtectionProfile) -> None:
        """Check the pair, shake hands, offering one SRTP profile; the socket does not block afterwards."""
        controlling = remote.lite or self.local.setup == "actpass"
        self.credentials = binding.Credentials(
            self.local.ufrag, self.local.pwd, remote.ufrag, remote.pwd, controlling=controlling
        )
        self.sock.connect((remote.host, remote.port))
        self._check()
        role: Literal["client", "server"] = (
            "server" if self.local.setup == "passive" or remote.setup == "active" else "client"
        )
        self.srtp = Srtp(handshake(self.sock, self._certificate, remote.fingerprint, profile, role, self.take_stun))
        self.sock.setblocking(False)

    def consent(self) -> None:
        """Send one check."""
        self.sock.send(binding.check(self.credentials))

    def take_stun(self, data: bytes) -> None:
        """Answer a check of the server's; count an answer to ours."""
        reply = binding.answer(data, self.credentials, self.source)
        if reply is not None:
            self.sock.send(reply)
        elif binding.succeeded(data, self.credentials):
            self.consents_answered += 1

    def close(self) -> None:
        self.sock.close()

    def _check(self) -> None:
        self.sock.settimeout(CHECK_TIMEOUT_S)
        for _ in range(CHECKS):
            self.consent()
            deadline = time.monotonic() + CHECK_TIMEOUT_S
            while not self.consents_answered and time.monotonic() < deadline:
                try:
                    self.take_stun(self.sock.recv(2048))
                except (TimeoutError, ConnectionRefusedError):
                    break
            if self.consents_answered:
                return
        raise UnreachableError(f"{self.sock.getpeername()} answered none of {CHECKS} checks")
