"""A page's commands before they are durable: their order, their bounds, and a store that is away or listens no more."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast

import pytest

from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import backlog as under_test
from signaling import protocol as p
from signaling.backlog import MAX_WAITING, MAX_WAITING_BYTES, Backlog
from signaling.execution import Execution, TooFast


class Store:
    """Answers as the script says, in its place at the end of `Execution`; blocks while it is shut."""

    def __init__(self, *script: type[Exception] | None) -> None:
        self.script = deque(script)
        self.tried: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def of(self, command: p.Command) -> p.Ack:
        self.tried.append(command.id)
        await self.open.wait()
        failure = self.script.popleft() if self.script else None
        if failure is not None:
            raise failure
        return p.Ack(id=command.id)

    def refused(self, command: p.Command, code: p.RefusedCode) -> p.Refused:
        return p.Refused(id=command.id, code=code, message="")


class Page:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.answers: list[str] = []
        self.backlog = Backlog(cast("Execution", store), lambda _, answer: self.answers.append(answer.type))
        self.running = asyncio.create_task(self.backlog.run())

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.backlog.put(p.SendChat(id=f"command-{text}", text=text))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "RETRY_DELAY_S", 0.0)


async def ends(page: Page) -> None:
    page.running.cancel()
    await asyncio.wait([page.running])


async def test_one_after_the_other_in_the_order_they_came() -> None:
    page = Page(Store())
    await page.says("a", "b", "c")
    assert await page.backlog.caught_up()
    assert page.store.tried == ["command-a", "command-b", "command-c"]
    await ends(page)


async def test_the_oldest_is_tried_until_it_is_durable_and_the_rest_waits() -> None:
    page = Page(Store(Unavailable, Unavailable, None))
    await page.says("a", "b")
    assert not await page.backlog.caught_up()
    for _ in range(20):
        await asyncio.sleep(0)
    assert await page.backlog.caught_up()
    assert page.store.tried == ["command-a", "command-a", "command-a", "command-b"]
    assert page.answers == ["ack", "ack"]
    await ends(page)


async def test_what_is_too_fast_is_refused_and_does_not_stop_the_rest() -> None:
    page = Page(Store(TooFast))
    await page.says("a", "b")
    assert await page.backlog.caught_up()
    assert page.answers == ["refused", "ack"]
    await ends(page)


@pytest.mark.parametrize(("chars", "fits"), [(1, MAX_WAITING), (20_000, MAX_WAITING_BYTES // 20_000 + 1)])
async def test_a_page_that_says_more_than_fits_has_to_wait(chars: int, fits: int) -> None:
    page = Page(Store())
    page.store.open.clear()
    put = 0

    async def say() -> None:
        nonlocal put
        for put in range(MAX_WAITING + 1):
            await page.backlog.put(p.SaveNote(id=f"command-{put}", text="x" * chars))

    saying = asyncio.create_task(say())
    for _ in range(10):
        await asyncio.sleep(0)
    assert put == fits
    page.store.open.set()
    await saying
    assert await page.backlog.caught_up()
    await ends(page)


async def test_a_newer_connection_ends_it_and_nobody_waits_for_the_rest() -> None:
    page = Page(Store(Superseded))
    await page.says("a", "b")
    assert not await page.backlog.caught_up()
    with pytest.raises(Superseded):
        await page.running
    assert not await page.backlog.close()
    assert page.answers == []


async def test_closed_it_finishes_what_it_has_and_takes_no_more() -> None:
    page = Page(Store())
    await page.says("a")
    assert await page.backlog.close()
    await page.says("b")
    assert page.store.tried == ["command-a"]
    await ends(page)
