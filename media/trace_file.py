"""Writes what ladders saw and decided into files, for tests and tuning; without a directory it writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from media.peer import Peer


class Trace:
    """One direction's file, a line a tick."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self.wanted = file is not None

    def write(self, line: str) -> None:
        if self._file is not None:
            self._file.write(line + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class Tracer:
    """Opens `<participant>-<generation>-<up|down>.jsonl` in the directory, if there is one."""

    def __init__(self, directory: str | None) -> None:
        self._directory = Path(directory) if directory is not None else None
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)

    def open(self, peer: Peer, way: str, first_line: str) -> Trace:
        if self._directory is None:
            return Trace(None)
        path = self._directory / f"{peer.id}-{peer.generation}-{way}.jsonl"
        trace = Trace(path.open("w", buffering=1))
        trace.write(first_line)
        return trace
