"""The lab: a server's namespace and one or more patients', each joined to it by an emulated link of its own.

Nothing of it outlives `with`. What shall share a link (a second call, a download) runs in the same patient's namespace.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path as FilePath
from threading import Lock

from netlab.control import Change, Changed, Count, Ready, Renumber
from netlab.counters import LinkCounters
from netlab.profile import PERFECT, Frozen, Profile
from netlab.tun import DEVICE, MTU, inside, namespace, run

SERVER_IP = "10.213.7.1"
PATIENT_IP = "10.213.7.2"
"""Of the first patient; the others follow."""
STOP_TIMEOUT_S = 5.0
TESTS = FilePath(__file__).parent.parent


class Link:
    """One patient's namespace and the link from it to the server."""

    def __init__(self, index: int, namespace: str, wire: _Wire) -> None:
        self.namespace = namespace
        self.ip = _patient_ip(index)
        self.patient = inside(namespace)
        """Prefix of a command that shall run on the patient's side."""
        self._index = index
        self._wire = wire

    def set(self, profile: Profile) -> float:
        """Change the link; in force on return, since the returned time (`time.monotonic()`).

        Packets past the bottleneck keep their times, those that wait before it are served at the new rate.
        """
        reply = self._wire.ask(Change(link=self._index, profile=profile))
        return Changed.model_validate_json(reply).at_s

    def renumber(self, ip: str) -> float:
        """From the returned time on everybody outside sees the patient at another address; only they can tell."""
        reply = self._wire.ask(Renumber(link=self._index, ip=ip))
        return Changed.model_validate_json(reply).at_s

    def counters(self) -> LinkCounters:
        """What became of the packets so far; cheap enough to ask ten times a second."""
        return LinkCounters.model_validate_json(self._wire.ask(Count(link=self._index)))


class Lab:
    """An end sees a plain Ethernet-like `eth0` to everywhere. `patient`, `set` and `counters` are the first link's."""

    def __init__(self, server: str, links: tuple[Link, ...]) -> None:
        self.server_namespace = server
        self.server = inside(server)
        """Prefix of a command that shall run on the server's side."""
        self.links = links
        self.patient = links[0].patient
        self.set = links[0].set
        self.counters = links[0].counters


@contextmanager
def lab(profile: Profile = PERFECT, patients: int = 1, seed: int = 1) -> Iterator[Lab]:
    """A new lab with names of its own, so that several run side by side. The same seed and packets: the same losses."""
    run_id = f"{os.getpid()}-{secrets.token_hex(2)}"
    with ExitStack() as stack:
        server = stack.enter_context(namespace(f"hilo-{run_id}-server"))
        names = [stack.enter_context(namespace(f"hilo-{run_id}-patient{number}")) for number in range(patients)]
        wire = _Wire(stack.enter_context(_emulator(seed, server, names)))
        links = tuple(Link(index, name, wire) for index, name in enumerate(names))
        _address(server, SERVER_IP)
        for link in links:
            _address(link.namespace, link.ip)
            link.set(profile)
        yield Lab(server, links)


class _Wire:
    """Orders to the emulator and its replies, one at a time, from whatever thread."""

    def __init__(self, emulator: subprocess.Popen[str]) -> None:
        self._emulator = emulator
        self._lock = Lock()
        Ready.model_validate_json(self._reply())

    def ask(self, order: Frozen) -> str:
        assert self._emulator.stdin is not None
        with self._lock:
            self._emulator.stdin.write(order.model_dump_json() + "\n")
            self._emulator.stdin.flush()
            return self._reply()

    def _reply(self) -> str:
        assert self._emulator.stdout is not None
        line = self._emulator.stdout.readline()
        if not line:
            raise RuntimeError(f"the link emulator ended with {self._emulator.wait(STOP_TIMEOUT_S)}")
        return line


@contextmanager
def _emulator(seed: int, server: str, patients: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    ends = [word for index, name in enumerate(patients) for word in (name, _patient_ip(index))]
    command = (sys.executable, "-m", "netlab.emulator", str(seed), server, *ends)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS) as process:
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """The end of its input ends it; one that does not heed that is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _patient_ip(index: int) -> str:
    network, _, first = PATIENT_IP.rpartition(".")
    return f"{network}.{int(first) + index}"


def _address(name: str, ip: str) -> None:
    for command in (
        ("ip", "address", "add", f"{ip}/24", "dev", DEVICE),
        ("ip", "link", "set", DEVICE, "mtu", str(MTU), "up"),
        ("ip", "route", "add", "default", "dev", DEVICE),
    ):
        run(*inside(name), *command)
