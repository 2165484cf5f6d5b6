"""The load's clock: a fixed round of timed actions, turned again and again, with reading whenever there is time.

All periods divide the round, so the order is computed once; acting costs no heap. How late each action was is kept:
a load generator that cannot keep up measures itself.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable

from bench.sink import Sink

ROUND_NS = 5_000_000_000
ACTIONS_BETWEEN_READS = 8
READS_AT_ONCE = 64

Action = Callable[[], None]


class Wheel:
    """Actions by their offset in a round.

    It never sleeps: actions bunched by a timer would flatter a server, and waking a sleeping receiver is a cost of
    loopback, paid by the sender, that no server has on a network.
    """

    def __init__(self, actions: Iterable[tuple[int, Action]], sinks: Iterable[Sink]) -> None:
        self.lateness_ns: list[int] = []
        self._actions = sorted(actions, key=lambda entry: entry[0])
        self._index = 0
        self._round_at_ns = time.monotonic_ns()
        self._takes: dict[int, Action] = {}
        self._epoll = select.epoll()
        for sink in sinks:
            self._takes[sink.leg.sock.fileno()] = sink.take
            self._epoll.register(sink.leg.sock, select.EPOLLIN)

    def run(self, duration_s: float) -> None:
        """Act and read for so long."""
        until_ns = time.monotonic_ns() + int(duration_s * 1e9)
        while time.monotonic_ns() < until_ns:
            self._act()
            for fileno, _ in self._epoll.poll(0, READS_AT_ONCE):
                self._takes[fileno]()

    def close(self) -> None:
        self._epoll.close()

    def _act(self) -> None:
        """Do what is due, a little at a time."""
        for _ in range(ACTIONS_BETWEEN_READS):
            offset_ns, action = self._actions[self._index]
            late_ns = time.monotonic_ns() - self._round_at_ns - offset_ns
            if late_ns < 0:
                return
            action()
            self.lateness_ns.append(late_ns)
            self._index += 1
            if self._index == len(self._actions):
                self._index = 0
                self._round_at_ns += ROUND_NS


def every(period_ns: int, phase_ns: int, action: Action) -> Iterable[tuple[int, Action]]:
    """The action at each period of a round; the period must divide the round."""
    times, rest = divmod(ROUND_NS, period_ns)
    if rest > times:
        raise ValueError(f"{period_ns} ns does not divide the round")
    return [(index * ROUND_NS // times + phase_ns % period_ns, action) for index in range(times)]
