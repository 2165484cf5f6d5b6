"""Somebody else on the same link: a greedy TCP transfer beside the call, and what it gets.

`python -m netlab.competitor serve` on the server's side, `... down` or `... up` on the patient's. All go on until their
input ends; the patient's prints a `Progress` as a JSON line twice a second. `competing` does all of that.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import IO, Literal

from netlab.lab import SERVER_IP, TESTS, stop
from netlab.profile import Frozen

Way = Literal["down", "up"]
PORT = 4100
CHUNK = bytes(65_536)
REPORT_S = 0.5
READY = "ready\n"


class Progress(Frozen):
    """How far the transfer is; going up, only what the other end has acknowledged counts."""

    at_s: float
    """Of `time.monotonic()`."""
    total_bytes: int
    bytes_per_s: float
    """Since the report before."""


class Competitor:
    """A transfer that is running; `output` is the file that it writes to."""

    def __init__(self, output: IO[str]) -> None:
        self._output = output

    def progress(self) -> list[Progress]:
        """All reports so far."""
        written = os.pread(self._output.fileno(), os.fstat(self._output.fileno()).st_size, 0)
        return [Progress.model_validate_json(line) for line in written.split(b"\n")[:-1]]


@contextmanager
def competing(server: tuple[str, ...], patient: tuple[str, ...], way: Way = "down") -> Iterator[Competitor]:
    """A transfer from here on to the end of `with`; the arguments are the prefixes of the lab's two sides."""
    with tempfile.TemporaryFile("w+") as output, _running(server, "serve", subprocess.PIPE) as serving:
        assert serving.stdout is not None
        if serving.stdout.readline() != READY:
            raise RuntimeError("the competitor's server did not start")
        with _running(patient, way, output):
            yield Competitor(output)


@contextmanager
def _running(prefix: tuple[str, ...], role: str, output: IO[str] | int) -> Iterator[subprocess.Popen[str]]:
    command = (*prefix, sys.executable, "-m", "netlab.competitor", role)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, text=True, cwd=TESTS) as process:
        try:
            yield process
        finally:
            stop(process)


def serve() -> None:
    """The client's first byte says which way; an endless number of bytes follow."""
    with socket.create_server((SERVER_IP, PORT)) as listener:
        _say(READY)
        Thread(target=_accept, args=(listener,), daemon=True).start()
        sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        Thread(target=_transfer, args=(listener.accept()[0],), daemon=True).start()


def _transfer(connection: socket.socket) -> None:
    with connection:
        try:
            if connection.recv(1) == b"d":
                while True:
                    connection.sendall(CHUNK)
            while connection.recv(len(CHUNK)):
                pass
        except ConnectionError:
            return


class _Transfer:
    """The patient's end: `run` moves bytes as fast as TCP lets it, until the connection is closed."""

    def __init__(self, connection: socket.socket, way: Way) -> None:
        self._connection = connection
        self._way = way
        self._moved = 0

    def run(self) -> None:
        self._connection.sendall(self._way[:1].encode())
        move = self._connection.recv if self._way == "down" else self._send
        try:
            while moved := len(move(len(CHUNK))):
                self._moved += moved
        except OSError:
            return

    def total_bytes(self) -> int:
        return self._moved - _unacknowledged(self._connection) if self._way == "up" else self._moved

    def _send(self, size: int) -> bytes:
        return CHUNK[: self._connection.send(CHUNK[:size])]


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes in the send buffer: SIOCOUTQ of tcp(7), which has the number of TIOCOUTQ."""
    unacknowledged: int = struct.unpack("@i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]
    return unacknowledged


def take_part(way: Way) -> None:
    """Transfer and report until standard input ends."""
    with socket.create_connection((SERVER_IP, PORT)) as connection:
        transfer = _Transfer(connection, way)
        Thread(target=transfer.run, daemon=True).start()
        total, at_s = 0, time.monotonic()
        while not select.select((sys.stdin,), (), (), REPORT_S)[0]:
            before, before_s = total, at_s
            total, at_s = transfer.total_bytes(), time.monotonic()
            report = Progress(at_s=at_s, total_bytes=total, bytes_per_s=(total - before) / (at_s - before_s))
            _say(report.model_dump_json() + "\n")


def _say(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1]:
        case "serve":
            serve()
        case "down" | "up" as way:
            take_part(way)
        case other:
            raise SystemExit(f"serve, down or up, not {other}")
