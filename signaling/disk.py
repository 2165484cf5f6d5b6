"""Files that are on the disk, name and all, when a function returns: a power cut right after it takes nothing back."""

from __future__ import annotations

import os
from pathlib import Path


def make_directory(path: Path) -> None:
    """With its parents; only this user may enter those that are made."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync(path.parent)


def write_private(path: Path, content: bytes) -> None:
    """Put a file that only this user may read in the place of what was there, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)


def truncate(path: Path, size: int) -> None:
    """Cut the file off after `size` bytes."""
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


def sync(directory: Path) -> None:
    """The names in the directory are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
