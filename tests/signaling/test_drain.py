"""SIGTERM: acknowledgements in flight are sent, every page is told to come back elsewhere (1001)."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from clinic_under_test import clinic
from socket_page import Page

from free_port import free_port
from signaling import protocol as p
from signaling.server import serving
from signaling.settings import Settings
from throwaway import data_dir


async def test_pages_are_sent_away_with_their_acknowledgements(redis_url: str) -> None:
    port = free_port()
    async with clinic(redis_url) as office:
        async with serving(Settings(port=port, data_dir=data_dir()), redis_url):
            office.urls.append(f"http://127.0.0.1:{port}")
            page = await office.open("physician", process=1)
            await page.hello()
            chats = [p.SendChat(id=f"command-{n}", text=str(n)) for n in range(5)]
            for chat in chats:
                await page.send(chat)
            await page.answer_to(chats[0].id)
            closed = asyncio.create_task(page.closed())
        assert await closed == p.CLOSE_GOING_AWAY
        stored = (await office.store.events_after(office.consultation, None, 50)).events
        acknowledged = {m.id for m in page.inbox if isinstance(m, p.Ack)} | {chats[0].id}
        assert acknowledged <= {getattr(s.event, "command_id", "") for s in stored}
        with pytest.raises(aiohttp.ClientConnectorError):
            await office.open("physician", process=1)
        resumed = Page(await office.socket(), page.token, page.client_id)
        await resumed.hello()
        for chat in chats:
            await resumed.send(chat)
            assert isinstance(await resumed.answer_to(chat.id), p.Ack)
        assert len((await office.store.events_after(office.consultation, None, 50)).events) == 5
