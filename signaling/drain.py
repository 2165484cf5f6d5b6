"""`hilo drain`: end the `hilo serve` of a data directory in order, as when the power is about to go."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from signaling import embedded, ports, running

END_TIMEOUT_S: Final = 60.0
"""Longer than all stop timeouts of the programs together."""

REWRITE_TIMEOUT_S: Final = 30.0
POLL_S: Final = 0.05


class NotDone(RuntimeError):
    """Something runs on, or was not saved as asked."""


def drain(data_dir: Path, save: bool) -> str:
    """What was done, in words; raises `NotDone`. `save`: also make the file short, so that the next start is quick.

    Pages are told to come back (close code 1001). What was acknowledged is on the disk with `save` and without.
    """
    directory = (data_dir / "valkey").absolute()
    url = embedded.running_url(data_dir)
    if url is None:
        return f"nothing runs in {directory}"
    saved = not save or _rewritten(url)
    try:
        ended = running.end(directory, END_TIMEOUT_S)
    except running.NotOurs as error:
        raise NotDone(str(error)) from None
    ports.wait_until(lambda: embedded.running_url(data_dir) is None, END_TIMEOUT_S if ended else 0)
    if embedded.running_url(data_dir) is not None:
        raise NotDone(f"not everything ended within {END_TIMEOUT_S:.0f} s")
    if save:
        os.sync()
    if not saved:
        raise NotDone("all is down and on the disk, but the append-only file could not be rewritten")
    return f"all of {directory} is down and on the disk"


def _rewritten(url: str) -> bool:
    """Make Valkey write its file anew and wait for it."""
    deadline = time.monotonic() + REWRITE_TIMEOUT_S
    try:
        with Redis.from_url(url, socket_timeout=REWRITE_TIMEOUT_S) as redis:
            _begin(redis)
            while time.monotonic() < deadline:
                told: Any = redis.info("persistence")
                if not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]:
                    return bool(told["aof_last_bgrewrite_status"] == "ok")
                time.sleep(POLL_S)
    except RedisError:
        return False
    return False


def _begin(redis: Redis) -> None:
    try:
        redis.bgrewriteaof()
    except ResponseError as error:
        if "in progress" not in str(error):
            raise
