"""A media process as signaling sees it: a real process, a real Valkey, the contract between them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from free_port import free_port
from media import contract
from media.node import entries
from tests.media.clients import Client, pitch

SIGNALING = "s1"


class Process:
    """A media process and the streams to and from it."""

    def __init__(self, redis: Redis, redis_url: str) -> None:
        self.redis = redis
        self.port = free_port()
        self.node_id = f"node-{self.port}"
        self._config = contract.MediaConfig(
            node_id=self.node_id,
            redis_url=redis_url,
            port=self.port,
            bind=("127.0.0.1",),
            public_ips=("127.0.0.1",),
        )
        self._events_after = "0-0"
        self._replies_after = "0-0"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self.process = self._spawn()
        await self.until_registered(True, within_s=30)

    def _spawn(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "media"], stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(self._config.model_dump_json().encode())
        process.stdin.close()
        return process

    async def until_registered(self, registered: bool, within_s: float) -> None:
        await self.until(lambda info: (info is not None) is registered, within_s)

    async def until(self, holds: Callable[[contract.NodeInfo | None], bool], within_s: float = 15) -> None:
        async with asyncio.timeout(within_s):
            while True:
                if holds(await self.info()):
                    return
                await asyncio.sleep(0.02)

    async def info(self) -> contract.NodeInfo | None:
        found = await self.redis.get(contract.node_key(self.node_id))
        return contract.NodeInfo.model_validate_json(found) if found else None

    async def ask(self, command: Any) -> contract.MediaReply:
        await self.redis.xadd(contract.commands_key(self.node_id), {"m": command.model_dump_json()})
        stream = contract.replies_key(SIGNALING)
        found: Any = await self.redis.xread({stream: self._replies_after}, block=5000, count=1)
        [(self._replies_after, fields)] = entries(found)
        return contract.media_reply.validate_json(fields[b"m"])

    async def event(self, wanted: Callable[[contract.MediaEvent], bool]) -> contract.MediaEvent:
        async with asyncio.timeout(15):
            while True:
                found: Any = await self.redis.xread({contract.EVENTS: self._events_after}, block=200)
                for entry_id, fields in entries(found):
                    self._events_after = entry_id
                    event = contract.media_event.validate_json(fields[b"m"])
                    if wanted(event):
                        return event

    def tell(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
async def node(redis: Redis, redis_url: str) -> AsyncIterator[Process]:
    made = Process(redis, redis_url)
    try:
        await made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.stop()


def join(who: str, offer: str) -> contract.Join:
    return contract.Join(
        request_id=f"join-{who}", reply_to=SIGNALING, room="r", participant=who, generation=1, offer=offer
    )


async def test_a_call_over_a_process(node: Process) -> None:
    ana, luis = Client(440), Client(1000)
    try:
        for name, client in (("ana", ana), ("luis", luis)):
            reply = await node.ask(join(name, await client.offer()))
            assert isinstance(reply, contract.Answered)
            assert reply.request_id == f"join-{name}"
            await client.take(reply.answer)
        await node.event(lambda event: isinstance(event, contract.Connected) and event.participant == "luis")
        async with asyncio.timeout(15):
            assert await pitch(ana.heard()) == pytest.approx(1000, abs=25)
        quality = await node.event(lambda event: isinstance(event, contract.Quality) and event.up_bps > 10_000)
        assert isinstance(quality, contract.Quality)
        assert quality.up_loss == 0.0
        info = await node.info()
        assert info is not None
        assert (info.participants, info.rooms) == (2, 1)
        assert node.stop() == 0
        closed = await node.event(lambda event: isinstance(event, contract.Closed))
        assert isinstance(closed, contract.Closed)
        assert closed.reason == "node-stopping"
        assert await node.info() is None
    finally:
        await ana.close()
        await luis.close()


async def test_garbage_on_the_command_stream_is_survived(node: Process) -> None:
    stream = contract.commands_key(node.node_id)
    await node.redis.xadd(stream, {"m": b"\xff not json"})
    await node.redis.xadd(stream, {"other": "field"})
    reply = await node.ask(join("x", "not an offer"))
    assert isinstance(reply, contract.Refused)
    assert reply.code == "bad-offer"


def started_at_ms(info: contract.NodeInfo | None) -> int:
    assert info is not None
    return info.started_at_ms


async def test_a_node_that_slept_and_was_called_dead_begins_anew(node: Process) -> None:
    ana = Client(440)
    try:
        reply = await node.ask(join("ana", await ana.offer()))
        assert isinstance(reply, contract.Answered)
        before = started_at_ms(await node.info())
        node.tell(signal.SIGSTOP)
        await node.redis.set(contract.dead_key(node.node_id), before)
        late = join("late", await ana.offer()).model_dump_json()
        await node.redis.xadd(contract.commands_key(node.node_id), {"m": late})
        node.tell(signal.SIGCONT)
        closed = await node.event(lambda event: isinstance(event, contract.Closed) and event.participant == "ana")
        assert isinstance(closed, contract.Closed)
        assert closed.reason == "node-stopping"
        await node.until(lambda info: info is not None and info.started_at_ms > before)
        await node.until(lambda info: info is not None and info.participants == 0)
        again = await node.ask(join("ana", await ana.offer()).model_copy(update={"generation": 2}))
        assert isinstance(again, contract.Answered)
    finally:
        await ana.close()


async def test_a_node_that_nobody_called_dead_keeps_its_life_and_rooms(node: Process) -> None:
    """Its heartbeat ran out because it slept, or because Redis was away; nobody was there to take its rooms."""
    ana = Client(440)
    try:
        await node.ask(join("ana", await ana.offer()))
        before = started_at_ms(await node.info())
        node.tell(signal.SIGSTOP)
        await node.redis.delete(contract.node_key(node.node_id))
        node.tell(signal.SIGCONT)
        await node.until(lambda info: info is not None and info.participants == 1)
        assert started_at_ms(await node.info()) == before
    finally:
        await ana.close()


async def test_a_dead_life_never_shows_a_heartbeat_again(node: Process) -> None:
    """Else a process that looks at that moment would place a room on it."""
    before = started_at_ms(await node.info())
    await node.redis.set(contract.dead_key(node.node_id), before)
    await node.redis.delete(contract.node_key(node.node_id))
    await node.until(lambda info: info is not None)
    assert started_at_ms(await node.info()) > before


async def test_a_killed_node_is_gone_within_two_seconds(node: Process) -> None:
    node.stop(signal.SIGKILL)
    await node.until_registered(False, within_s=2.5)


def test_a_bad_configuration_says_so() -> None:
    done = subprocess.run([sys.executable, "-m", "media"], input=b"{}", capture_output=True, timeout=20, check=False)
    assert done.returncode == 2
    assert b"node_id" in done.stderr


async def test_a_taken_port_says_what_to_do(node: Process, redis_url: str) -> None:
    config = contract.MediaConfig(node_id="other", redis_url=redis_url, port=node.port, bind=("127.0.0.1",))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "media"],
        input=config.model_dump_json().encode(),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 3
    assert b"HILO_MEDIA_PORT" in done.stderr
