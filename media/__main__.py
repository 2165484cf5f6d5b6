"""`python -m media`: one media process, configured by one `MediaConfig` JSON object on standard input."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
import time

from pydantic import ValidationError

from media.contract import MediaConfig
from media.node import Node
from media.redis_client import connect

GC_THRESHOLDS = (20_000, 50, 100)
"""Packets are tuples and bytes without cycles: looking for cycles every 700 of them only costs latency."""


def main() -> int:
    """0 after a stop by signal, 2 for a bad configuration, 3 when the port cannot be had."""
    try:
        config = MediaConfig.model_validate_json(sys.stdin.buffer.read())
    except ValidationError as exc:
        sys.stderr.write(f"media: the configuration on standard input is not a MediaConfig: {exc}\n")
        return 2
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=config.log_level,
        format="%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        asyncio.run(serve(config))
    except OSError as exc:
        sys.stderr.write(f"media: port {config.port}: {exc}; set HILO_MEDIA_PORT to a free one\n")
        return 3
    return 0


async def serve(config: MediaConfig) -> None:
    """Run until SIGTERM or SIGINT."""
    redis = connect(config.redis_url, protocol=2)
    node = Node(config, redis)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, node.stop)
    gc.collect()
    gc.freeze()
    try:
        await node.run()
    finally:
        await redis.aclose()


if __name__ == "__main__":
    sys.exit(main())
