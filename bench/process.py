"""A server under load: started on a CPU of its own, its use of it read, ended with it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CPU = 0
LOAD_CPU = 1
CPUCLOCK_SCHED = 2
END_S = 5.0
NICE = -20


@dataclass(frozen=True)
class Usage:
    cpu_ns: int
    """User and system time of all threads, also of those that have ended."""
    rss_bytes: int


def usage(pid: int) -> Usage:
    """What a process used. Its CPU clock (`clock_getcpuclockid`) is the utime + stime of its stat file, but in ns."""
    resident_pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Usage(time.clock_gettime_ns(~pid << 3 | CPUCLOCK_SCHED), resident_pages * os.sysconf("SC_PAGE_SIZE"))


def start(
    command: list[str], cpu: int, log: Path, *, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a command on one CPU with `given` on its standard input; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(cpu), *command],
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
    favour(process.pid)
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    return process


def favour(pid: int) -> None:
    """Keep the machine's other work out of a session leader's way, as far as the user may: both servers alike.

    Linux shares a CPU among sessions (sched_autogroup) before it looks at a process' own niceness.
    """
    with suppress(PermissionError, FileNotFoundError):
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
        Path(f"/proc/{pid}/autogroup").write_text(str(NICE))


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
