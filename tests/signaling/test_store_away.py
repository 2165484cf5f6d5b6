"""Valkey dies and comes back: what pages say waits, is stored once, and everything else goes on meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import fake_media

from free_port import free_port
from media import contract as m
from signaling import protocol as p
from signaling.redis_client import connect
from signaling.server import serving
from signaling.session import FINISH_S
from signaling.settings import Settings
from throwaway import data_dir
from valkey_process import ValkeyProcess


async def test_commands_wait_and_everything_else_is_served(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        physician = await office.page("physician")
        patient = await office.page("patient")
        await physician.do(lambda id: p.SendChat(id=id, text="antes"))
        await patient.event("chat")
        own_valkey.kill()
        chats = [p.SendChat(id=f"command-{n}", text=f"durante {n}") for n in range(3)]
        for chat in chats:
            await physician.send(chat)
        await physician.send(p.Offer(request=1, sdp="v=0 offer"))
        assert (await physician.get(p.NoAnswer)).code == "retry"
        await physician.send(p.Ping(n=7))
        await physician.get(p.Pong)
        own_valkey.start()
        for chat in chats:
            assert isinstance(await physician.answer_to(chat.id), p.Ack)
            assert (await patient.event("chat")).text == chat.text
        assert not [message for message in physician.inbox if isinstance(message, p.Error)]


async def test_commands_that_were_stored_before_the_store_went_are_stored_once(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        physician = await office.page("physician")
        chat = p.SendChat(id="command-1", text="hola")
        await physician.send(chat)
        await physician.answer_to(chat.id)
        own_valkey.kill()
        await physician.send(chat)
        await physician.send(p.SendChat(id="command-2", text="adiós"))
        own_valkey.start()
        assert isinstance(await physician.answer_to("command-2"), p.Ack)
        stored = (await office.store.events_after(office.consultation, None, 50)).events
        assert [getattr(each.event, "text", "") for each in stored] == ["hola", "adiós"]


async def test_fetch_is_answered_when_the_store_is_back(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        page = await office.page("physician")
        await page.do(lambda id: p.SendChat(id=id, text="hola"))
        own_valkey.kill()
        await page.send(p.Fetch())
        await page.send(p.Ping(n=1))
        await page.get(p.Pong)
        own_valkey.start()
        assert (await page.event("chat")).text == "hola"


async def test_hello_waits_for_a_store_that_comes_back_soon(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        page = await office.open("patient")
        own_valkey.kill()
        await page.raw({"type": "hello", "v": 1, "token": page.token, "client_id": page.client_id})
        assert (await ready(office))[1] == ["store", "media"]
        own_valkey.start()
        await page.get(p.Welcome)


async def test_hello_while_the_store_stays_away(own_valkey: ValkeyProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.connection.STORE_WAIT_S", 0.0)
    async with clinic(own_valkey.url) as office:
        page = await office.open("patient")
        own_valkey.kill()
        await page.raw({"type": "hello", "v": 1, "token": page.token, "client_id": page.client_id})
        assert (await page.get(p.Error)).code == "unavailable"
        assert await page.closed() == p.CLOSE_TRY_LATER
        own_valkey.start()
        await office.page("patient")


async def test_a_drain_does_not_wait_for_a_store_that_is_away(own_valkey: ValkeyProcess) -> None:
    port = free_port()
    async with clinic(own_valkey.url) as office:
        async with serving(Settings(port=port, data_dir=data_dir()), own_valkey.url):
            office.urls.append(f"http://127.0.0.1:{port}")
            page = await office.page("physician", process=1)
            own_valkey.kill()
            chat = p.SendChat(id="command-1", text="hola")
            await page.send(chat)
            await page.send(p.Offer(request=1, sdp="v=0 offer"))
            await page.get(p.NoAnswer)  # so the chat was tried
            closed = asyncio.create_task(page.closed())
            began_at = asyncio.get_running_loop().time()
        assert await closed == p.CLOSE_GOING_AWAY
        assert asyncio.get_running_loop().time() - began_at < FINISH_S
        assert not [message for message in page.inbox if isinstance(message, p.Ack)]
        own_valkey.start()
        again = await office.page("physician", client_id=page.client_id)
        await again.send(chat)
        assert isinstance(await again.answer_to(chat.id), p.Ack)


async def test_media_nodes_are_not_called_dead_because_the_store_was(own_valkey: ValkeyProcess) -> None:
    redis = connect(own_valkey.url)
    async with clinic(own_valkey.url) as office, fake_media(redis) as node:
        await knows(office, node.life)
        page = await office.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.get(p.Answer)
        own_valkey.kill()
        await page.send(p.Offer(request=8, sdp="v=0 offer"))
        await page.get(p.NoAnswer)
        own_valkey.start()
        await redis.delete(m.node_key(node.node_id))
        await page.send(p.Offer(request=2, sdp="v=0 offer"))
        assert (await page.get(p.Answer)).request == 2
        assert not [message for message in page.inbox if isinstance(message, p.Renegotiate)]
    await redis.aclose()


async def ready(office: Clinic) -> tuple[int, list[str]]:
    async with office.http.get(f"{office.urls[0]}/readyz") as response:
        return response.status, (await response.json())["missing"]
