"""The emulator process: carries packets between each patient's TUN device and the server's, two `Pipe`s a patient.

Started as `python -m netlab.emulator SEED SERVER_NAMESPACE (PATIENT_NAMESPACE PATIENT_IP)...`. Reads orders and writes
replies (`control.py`), one a line; ends when its standard input does.
"""

from __future__ import annotations

import gc
import os
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from netlab.bottleneck import NEVER
from netlab.control import Change, Changed, Count, Order, Ready, Renumber
from netlab.counters import LinkCounters
from netlab.nat import Nat
from netlab.packet import destination
from netlab.pipe import Pipe
from netlab.profile import PERFECT, Frozen
from netlab.tun import open_tun

MAX_PACKET = 2048
ORDERS = 0
"""Standard input."""


@dataclass(frozen=True)
class Link:
    """`near` is the patient's device."""

    near: int
    address: bytes
    nat: Nat
    up: Pipe
    down: Pipe

    def counters(self, now: float) -> LinkCounters:
        return LinkCounters(at_s=now, cpu_s=time.process_time(), up=self.up.counters(now), down=self.down.counters(now))


class Emulator:
    """`far` is the server's device, shared by all links. Packets for nobody's address go to the first link."""

    def __init__(self, far: int, links: Sequence[Link]) -> None:
        self._far = far
        self._links = links
        self._by_near = {link.near: link for link in links}
        self._by_address = {link.address: link for link in links}
        self._ends = [(link.up, far) for link in links] + [(link.down, link.near) for link in links]
        self._files = (ORDERS, far, *self._by_near)

    def run(self) -> None:
        """Until standard input ends. `select` waits to the microsecond; epoll would round up to the millisecond."""
        orders = _Lines()
        while True:
            ready, _, _ = select.select(self._files, (), (), self._wait_s())
            for file in ready:
                if file != ORDERS:
                    self._take(file)
                elif not self._obey(orders):
                    return
            self._deliver()

    def _wait_s(self) -> float | None:
        """Until the next packet is due; None: until one comes."""
        due = min([pipe.next_due() for pipe, _ in self._ends])
        return max(0.0, due - time.monotonic()) if due != NEVER else None

    def _obey(self, orders: _Lines) -> bool:
        lines = orders.read()
        for line in lines or ():
            _say(self._answer(Order.validate_json(line)))
        return lines is not None

    def _answer(self, order: Change | Renumber | Count) -> Frozen:
        link, now = self._links[order.link], time.monotonic()
        if isinstance(order, Count):
            return link.counters(now)
        if isinstance(order, Renumber):
            outside = socket.inet_aton(order.ip)
            link.nat.renumber(outside)
            self._by_address[outside] = link
        else:
            link.up.change(order.profile.up, now)
            link.down.change(order.profile.down, now)
        return Changed(at_s=now)

    def _take(self, file: int) -> None:
        """One packet a round: another read only to learn that there is no more would cost as much as `select`."""
        packet, now = os.read(file, MAX_PACKET), time.monotonic()
        if file == self._far:
            link = self._by_address.get(destination(packet), self._links[0])
            if (translated := link.nat.down(packet)) is not None:
                link.down.push(translated, now)
        else:
            link = self._by_near[file]
            link.up.push(link.nat.up(packet), now)

    def _deliver(self) -> None:
        now = time.monotonic()
        for pipe, sink in self._ends:
            if pipe.next_due() <= now:
                for packet in pipe.pop_due(now):
                    _write(sink, packet)


class _Lines:
    """Whole lines of standard input, read without waiting."""

    def __init__(self) -> None:
        self._rest = b""

    def read(self) -> list[bytes] | None:
        """The lines that are complete by now; None at the end of the input."""
        chunk = os.read(ORDERS, 65_536)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return lines


def _write(sink: int, packet: bytes) -> None:
    """A device that is down or full drops the packet, as a real one would."""
    try:
        os.write(sink, packet)
    except OSError:
        return


def _say(reply: Frozen) -> None:
    sys.stdout.write(reply.model_dump_json() + "\n")
    sys.stdout.flush()


def _hurry() -> None:
    """Before everything else on a busy machine, where that is allowed: a late emulator is a worse link."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        return


def _link(seed: str, namespace: str, ip: str) -> Link:
    return Link(
        near=open_tun(namespace),
        address=socket.inet_aton(ip),
        nat=Nat(),
        up=Pipe(PERFECT.up, f"{seed}-{ip}-up"),
        down=Pipe(PERFECT.down, f"{seed}-{ip}-down"),
    )


def main() -> None:
    seed, server, *patients = sys.argv[1:]
    links = [_link(seed, name, ip) for name, ip in zip(patients[::2], patients[1::2], strict=True)]
    emulator = Emulator(open_tun(server), links)
    gc.disable()  # nothing here makes cycles, and a collection would hold packets up for milliseconds
    _hurry()
    _say(Ready())
    emulator.run()


if __name__ == "__main__":
    main()
