"""Valkey dies and comes back: pages are told, nothing acknowledged is lost, the same command id works again."""

from __future__ import annotations

from clinic_under_test import Clinic, clinic, knows
from fake_media import fake_media

from media import contract as m
from signaling import protocol as p
from signaling.redis_client import connect
from valkey_process import ValkeyProcess


async def test_unavailable_then_the_retry_works(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        physician = await office.page("physician")
        patient = await office.page("patient")
        await physician.do(lambda id: p.SendChat(id=id, text="antes"))
        await patient.event("chat")
        own_valkey.kill()
        chat = p.SendChat(id="command-during", text="durante")
        await physician.send(chat)
        error = await physician.get(p.Error)
        assert (error.code, error.fatal) == ("unavailable", False)
        await physician.send(p.Offer(request=1, sdp="v=0 offer"))
        assert (await physician.get(p.NoAnswer)).code == "retry"
        own_valkey.start()
        await physician.send(chat)
        assert isinstance(await physician.answer_to(chat.id), p.Ack)
        assert (await patient.event("chat")).text == "durante"


async def test_hello_while_the_store_is_away(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        page = await office.open("patient")
        own_valkey.kill()
        await page.raw({"type": "hello", "v": 1, "token": page.token, "client_id": page.client_id})
        assert (await page.get(p.Error)).code == "unavailable"
        assert await page.closed() == p.CLOSE_TRY_LATER
        assert await ready(office) == (503, ["store", "media"])
        own_valkey.start()
        await office.page("patient")


async def test_media_nodes_are_not_called_dead_because_the_store_was(own_valkey: ValkeyProcess) -> None:
    redis = connect(own_valkey.url)
    async with clinic(own_valkey.url) as office, fake_media(redis) as node:
        await knows(office, node.life)
        page = await office.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.get(p.Answer)
        own_valkey.kill()
        await page.send(p.Fetch())
        await page.get(p.Error)
        own_valkey.start()
        await redis.delete(m.node_key(node.node_id))
        await page.send(p.Offer(request=2, sdp="v=0 offer"))
        assert (await page.get(p.Answer)).request == 2
        assert not [message for message in page.inbox if isinstance(message, p.Renegotiate)]
    await redis.aclose()


async def ready(office: Clinic) -> tuple[int, list[str]]:
    async with office.http.get(f"{office.urls[0]}/readyz") as response:
        return response.status, (await response.json())["missing"]
