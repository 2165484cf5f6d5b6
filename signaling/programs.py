"""Which processes make up a Hilo, and how each is started: the roles' commands, inputs and order."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from functools import partial

from media.contract import MediaConfig
from signaling import health
from signaling.child import Program
from signaling.embedded import Embedded, wait_ready
from signaling.settings import Settings, child_environment

DRAIN_TIMEOUT_S = 10.0
"""What signaling gets to tell its pages to reconnect elsewhere."""
SPARE_AFTER_S = 5.0
"""To get ready takes a second of a core: those who come back to a new process are served first."""

# -P: a folder `media` where the user happens to stand (there is one in /) must not be taken for ours.
MEDIA_COMMAND = (sys.executable, "-P", "-m", "media")
SIGNALING_COMMAND = (sys.executable, "-P", "-m", "signaling.cli", "signaling", "--when-told")
SERVE = b"serve\n"
"""What it is told."""


def of(settings: Settings, redis_url: str, embedded: Embedded | None) -> Sequence[Sequence[Program]]:
    """Groups in start order: Valkey, media, signaling. Stopped in reverse, so that signaling drains first."""
    storage = [valkey(embedded)] if embedded else []
    nodes = [media(settings, redis_url, index) for index in range(len(settings.media_ports))]
    return storage, nodes, [signaling(settings, redis_url)]


def valkey(embedded: Embedded) -> Program:
    return Program(
        name="valkey",
        command=embedded.command,
        stdin=embedded.config,
        pass_fds=(embedded.lock_fd,),
        ready=lambda: wait_ready(embedded.url),
        answers=partial(health.valkey, embedded.url),
        stop_timeout_s=30.0,  # it may have to finish writing
    )


def media(settings: Settings, redis_url: str, index: int) -> Program:
    config = media_config(settings, redis_url, index)
    return Program(
        name=f"media-{index}",
        command=MEDIA_COMMAND,
        stdin=config.model_dump_json().encode(),
        answers=partial(health.media, redis_url, config.node_id),
    )


def signaling(settings: Settings, redis_url: str) -> Program:
    environment = child_environment(settings, redis_url)
    return Program(
        name="signaling",
        command=SIGNALING_COMMAND,
        stdin=SERVE,
        env=environment,
        answers=partial(health.signaling, settings),
        stop_timeout_s=DRAIN_TIMEOUT_S,
        spare_after_s=SPARE_AFTER_S,
    )


def media_config(settings: Settings, redis_url: str, index: int) -> MediaConfig:
    """The configuration of this machine's media process number `index`; its id stays the same over restarts."""
    port = settings.media_ports[index]
    return MediaConfig(
        node_id=f"{socket.gethostname()}-{port}",
        redis_url=redis_url,
        port=port,
        public_ips=settings.media_public_ips,
        capacity=settings.media_capacity,
        log_level=settings.log_level,
        trace_dir=str(settings.media_trace_dir.absolute()) if settings.media_trace_dir else None,
    )


def become_media(config: MediaConfig) -> None:
    """Replace this process by the media process; does not return."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe:  # a configuration is far smaller than a pipe's buffer
        pipe.write(config.model_dump_json().encode())
    os.dup2(reader, sys.stdin.fileno())
    os.execv(MEDIA_COMMAND[0], MEDIA_COMMAND)
