"""Which `hilo serve` has a data directory: its process is noted there, and can be asked to end."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

from signaling import disk

NOTE = "pid"


class NotOurs(RuntimeError):
    """The directory is in use, but not by the process that is noted in it."""


def note(directory: Path) -> None:
    """This process has the directory. Called under its lock."""
    disk.write_private(directory / NOTE, f"{os.getpid()} {began(os.getpid())}".encode())


def end(directory: Path, timeout_s: float) -> bool:
    """SIGTERM to the process that has the directory; whether it ended in time. Raises NotOurs."""
    pid, _, started = (directory / NOTE).read_text().partition(" ")
    try:
        process = os.pidfd_open(int(pid))
    except ProcessLookupError:
        raise NotOurs(f"process {pid} is gone, but {directory} is still in use") from None
    try:
        if began(int(pid)) != started:  # looked at after the descriptor was had: the number cannot move on any more
            raise NotOurs(f"process {pid} is not the one that has {directory}")
        signal.pidfd_send_signal(process, signal.SIGTERM)
        return bool(select.select([process], [], [], timeout_s)[0])
    finally:
        os.close(process)


def began(pid: int) -> str:
    """When the process began, in clock ticks since the boot: tells two processes of one number apart (proc(5))."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except FileNotFoundError:
        return ""
