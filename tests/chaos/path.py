"""One media session of a page, as a browser's PeerConnection is one: what it says and hears, its ICE restarts."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Final

from aiortc.rtcdtlstransport import RTCCertificate

from bench import binding, rtcp
from bench.description import Line, read, write
from bench.dtls import HandshakeError
from bench.leg import Leg, UnreachableError
from bench.srtp import PROFILES
from chaos.voice import Ear, Heard, Mouth

CHECK_EVERY_S: Final = 0.1
CHECKS: Final = 10


@dataclass(frozen=True)
class Means:
    """What all media sessions of a run share: a certificate, and threads for what blocks."""

    certificate: RTCCertificate
    threads: Executor


class Path:
    """Made with its first offer; `connect` brings it up. `up` is true from then until `close`."""

    def __init__(self, means: Means, ip: str, speaker: int, session: int, heard: Callable[[Path, Heard], None]) -> None:
        self.session = session
        self.newest: dict[int, int] = {}
        """Speaker -> the newest of its sessions that was heard here."""
        self.port = 0
        """Of the node that answered: tells which one it is."""
        self.answered = False
        """Before that, what the server orders is meant for the session before."""
        self.up = False
        self.closed = False
        self._means = means
        self._leg = Leg(ip, means.certificate, "actpass")
        self._ssrc = secrets.randbits(31) | 0x1000
        self.mouth = Mouth(self._leg, self._ssrc, speaker, session)
        self.ear = Ear(self._leg, lambda sound: heard(self, sound))
        self._feedbacks = 0

    def offer(self) -> str:
        """One section for what is said of each kind, and a pair of slots."""
        said = (
            Line("0", "audio", "sendonly", (self._ssrc,)),
            Line("1", "video", "sendonly", (self._ssrc + 1, self._ssrc + 2)),
        )
        return write(
            self._leg.local, (*said, Line("2", "audio", "recvonly"), Line("3", "video", "recvonly", transport_cc=True))
        )

    def restart_offer(self) -> str:
        """New ICE credentials, the same DTLS session."""
        self._leg.local = replace(self._leg.local, ufrag=secrets.token_hex(4), pwd=secrets.token_hex(12))
        return self.offer()

    async def connect(self, answer: str) -> bool:
        """ICE and DTLS to their end; whether they came to a good one."""
        loop, remote = asyncio.get_running_loop(), read(answer)
        self.port = remote.port
        try:
            await loop.run_in_executor(self._means.threads, self._leg.connect, remote, PROFILES["gcm"])
        except (UnreachableError, HandshakeError, OSError):
            self.close()
            return False
        if self.closed:
            self._leg.close()
            return False
        loop.add_reader(self._leg.sock, lambda: self.ear.listen(time.monotonic_ns()))
        self.up = True
        return True

    async def move(self, answer: str) -> None:
        """Check under the credentials of an ICE restart until one is answered."""
        remote, mine = read(answer), self._leg.local
        self._leg.credentials = binding.Credentials(mine.ufrag, mine.pwd, remote.ufrag, remote.pwd, controlling=True)
        before = self._leg.consents_answered
        for _ in range(CHECKS):
            if self.closed or self._leg.consents_answered > before:
                return
            self.mouth.check()
            await asyncio.sleep(CHECK_EVERY_S)

    def feed_back(self) -> None:
        """Transport-wide feedback of what came, in runs without a hole."""
        arrivals = self.ear.take_arrivals()
        run: list[int] = []
        for number in sorted(arrivals):
            if number - 1 not in arrivals and run:
                run = self._tell(run, arrivals)
            run.append(number)
        if run:
            self._tell(run, arrivals)

    def close(self) -> None:
        """A leg that is being connected closes itself when its thread is through."""
        if self.up and not self.closed:
            asyncio.get_running_loop().remove_reader(self._leg.sock)
            self._leg.close()
        self.closed, self.up = True, False

    def _tell(self, run: list[int], arrivals: dict[int, int]) -> list[int]:
        times = [arrivals[number] for number in run]
        self.mouth.feed_back(rtcp.transport_feedback(self._ssrc, 0, self._feedbacks, run[0], times))
        self._feedbacks += 1
        return []
