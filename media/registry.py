"""Who is on this port: participants by ICE ufrag and by the addresses that proved to be theirs.

ICE-lite (RFC 8445): we answer checks and never send any. An address becomes a path only by a Binding request with the
participant's own password, so that a stolen ufrag, or a packet from a stranger, moves nothing. Anybody may ask for
their own address, as of any STUN server: pages in the dark find out by it that we can be reached again.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Hashable
from typing import Final

from media import stun
from media.path import Outlet, Path
from media.peer import Peer

FAULTS_EVERY_S: Final = 60.0
QUIET_S: Final = 0.7
"""After such a silence a check from elsewhere is where the participant is now. Browsers nominate a round trip later."""
MAX_PATHS: Final = 8
"""Addresses kept per participant; the oldest goes when a ninth proves itself."""

log = logging.getLogger(__name__)


class Registry:
    """Shared by the UDP sockets and the TCP listener of a process."""

    def __init__(self) -> None:
        self.paths: dict[Hashable, Peer] = {}
        self._ufrags: dict[str, Peer] = {}
        self._fault_logged_at = -FAULTS_EVERY_S
        self.refused: Counter[str] = Counter()
        """Datagrams that were dropped, by reason; node.py logs the sums once a minute."""
        self.outlets: list[Outlet] = []
        """Those that collect packets of a batch."""

    def flush(self) -> None:
        """Send what was forwarded while a batch was read."""
        for outlet in self.outlets:
            if outlet.count:
                outlet.flush()

    def add(self, peer: Peer, ufrag: str) -> None:
        """A new ufrag (join, or ICE restart) leads to this participant."""
        self._ufrags[ufrag] = peer

    def remove(self, peer: Peer) -> None:
        """Forget the participant's ufrags and addresses."""
        for ufrag in [ufrag for ufrag, other in self._ufrags.items() if other is peer]:
            del self._ufrags[ufrag]
        for key in self._keys(peer):
            del self.paths[key]

    def forget(self, key: Hashable) -> None:
        """The path is gone (its TCP connection closed)."""
        self.paths.pop(key, None)

    def fault(self) -> None:
        """Called in an except block: a packet met a bug of ours. Logged with its traceback once a minute."""
        self.refuse("fault")
        now = time.monotonic()
        if now - self._fault_logged_at > FAULTS_EVERY_S:
            self._fault_logged_at = now
            log.exception("a packet met a bug")

    def refuse(self, reason: str) -> None:
        """Count a datagram that led nowhere."""
        self.refused[reason] += 1

    def check(self, data: bytes, path: Path, now: float) -> None:
        """Answer a Binding request; the path becomes the participant's whose password it was made with."""
        if stun.asks_address(data):
            self._send(path, stun.mapped(data, path.address))
            return
        names = stun.username(data)
        peer = self._ufrags.get(names[0]) if names is not None else None
        if names is None or peer is None:
            self.refuse("stun-unknown")
            return
        password = dict(peer.passwords()).get(names[0])
        try:
            request = stun.parse_request(data, password or "")
        except ValueError:
            self.refuse("stun-integrity")
            return
        if not request.controlling:
            answer = stun.error(request.transaction_id, 487, "Role Conflict", password)
        else:
            answer = stun.success(request, path.address, password or "")
            self._take(peer, names[0], request, path, now)
        self._send(path, answer)

    def _send(self, path: Path, answer: bytes) -> None:
        try:
            path.send(answer)
        except OSError:
            self.refuse("send")

    def _take(self, peer: Peer, ufrag: str, request: stun.Request, path: Path, now: float) -> None:
        if ufrag == peer.new_ufrag:
            self._ufrags.pop(peer.adopt_new_credentials(), None)
            peer.use_path(None)
        self._keep(peer, path)
        if now - peer.last_seen > QUIET_S:
            peer.use_path(path)
        peer.take_path(request, path)
        peer.seen(now)

    def _keep(self, peer: Peer, path: Path) -> None:
        if self.paths.get(path.key) is peer:
            return
        mine = self._keys(peer)
        if len(mine) >= MAX_PATHS:
            del self.paths[next(key for key in mine if peer.path is None or key != peer.path.key)]
        self.paths[path.key] = peer

    def _keys(self, peer: Peer) -> list[Hashable]:
        return [key for key, other in self.paths.items() if other is peer]
