"""One child process: how it is begun, given its input, and ended. When is the supervisor's business."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)

STDERR: Final = 2
PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that the kernel sends to a child when its parent dies."""


@dataclass(frozen=True)
class Program:
    """One child process. `stdin` is written to it once; `ready` returns when it serves; output goes to stderr."""

    name: str
    command: tuple[str, ...]
    stdin: bytes = b""
    env: Mapping[str, str] | None = None
    pass_fds: tuple[int, ...] = ()
    ready: Callable[[], Awaitable[None]] | None = None
    answers: Callable[[], Awaitable[bool]] | None = None
    """Whether it still does something; without an answer for long it is killed, and so restarted."""
    stop_timeout_s: float = 5.0
    """From SIGTERM to SIGKILL."""
    spare_after_s: float | None = None
    """When the serving process has answered for so long, a second one is begun, which touches nothing before it has its
    `stdin`. None: there is none."""


async def spawn(program: Program) -> Process:
    """The process, which still lacks its input; OSError when there is no such command."""
    return await asyncio.create_subprocess_exec(
        *program.command,
        stdin=PIPE,
        stdout=STDERR,
        env=None if program.env is None else dict(program.env),
        pass_fds=program.pass_fds,
        start_new_session=True,
        preexec_fn=_die_with_parent(),
    )


def feed(process: Process, program: Program) -> None:
    """Give it its input, and the end of it."""
    assert process.stdin is not None
    process.stdin.write(program.stdin)
    process.stdin.close()


async def end(process: Process, program: Program) -> None:
    """Ask it to end, wait for that, and kill it when it takes too long."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), program.stop_timeout_s)
    except TimeoutError:
        log.warning("killed", extra={"program": program.name, "pid": process.pid})
        process.kill()
        await process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """What a child runs before exec so that it never outlives us (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return ask_the_kernel
