"""The emulator process: carries packets between the TUN devices of two namespaces through two `Pipe`s.

Started as `python -m netlab.emulator <patient namespace> <server namespace>`. Reads one `Profile` as JSON a line and
answers `ok` to each once it is in force; ends when its standard input does.
"""

from __future__ import annotations

import os
import select
import sys
import time
from random import Random

from netlab.pipe import Pipe
from netlab.profile import PERFECT, Profile
from netlab.tun import open_tun

MAX_PACKET = 65_536


class Emulator:
    """`near` is the patient's device, `far` the server's."""

    def __init__(self, near: int, far: int) -> None:
        self._up = Pipe(PERFECT.up, Random(1))
        self._down = Pipe(PERFECT.down, Random(2))
        self._ways = ((near, far, self._up), (far, near, self._down))
        self._poll = select.epoll()
        for fd in (near, far, 0):
            self._poll.register(fd, select.EPOLLIN)

    def run(self) -> None:
        """Until standard input ends."""
        lines = _Lines()
        while True:
            ready = {fd for fd, _ in self._poll.poll(self._wait_s())}
            if 0 in ready:
                arrived = lines.read()
                if arrived is None:
                    return
                for line in arrived:
                    self._apply(Profile.model_validate_json(line))
            self._carry(ready)

    def _wait_s(self) -> float | None:
        """Until the next packet is due, rounded up to a millisecond by epoll itself; None: as long as it takes."""
        due = [at for at in (self._up.next_due(), self._down.next_due()) if at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _apply(self, profile: Profile) -> None:
        self._up.path, self._down.path = profile.up, profile.down
        sys.stdout.write("ok\n")
        sys.stdout.flush()

    def _carry(self, ready: set[int]) -> None:
        for source, _, pipe in self._ways:
            if source in ready:
                _drain(source, pipe)
        now = time.monotonic()
        for _, sink, pipe in self._ways:
            for packet in pipe.pop_due(now):
                _write(sink, packet)


class _Lines:
    """Whole lines of standard input, read without waiting."""

    def __init__(self) -> None:
        self._rest = b""

    def read(self) -> list[bytes] | None:
        """The lines that are complete by now; None at the end of the input."""
        chunk = os.read(0, 65_536)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return lines


def _drain(source: int, pipe: Pipe) -> None:
    now = time.monotonic()
    while True:
        try:
            pipe.push(os.read(source, MAX_PACKET), now)
        except BlockingIOError:
            return


def _write(sink: int, packet: bytes) -> None:
    """A device that is down or full drops the packet, as a real one would."""
    try:
        os.write(sink, packet)
    except OSError:
        return


def main() -> None:
    near, far = (open_tun(name) for name in sys.argv[1:3])
    emulator = Emulator(near, far)
    sys.stdout.write("ok\n")
    sys.stdout.flush()
    emulator.run()


if __name__ == "__main__":
    main()
