"""Step 1's consultation from the first hello to the end, over real WebSockets and a real Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, consent, knows
from fake_media import ANSWER, FakeMedia, fake_media
from redis.asyncio import Redis

from media import contract as m
from signaling import protocol as p


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def office(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url) as office:
        await knows(office, node.life)
        yield office


async def test_from_hello_to_the_end(office: Clinic, node: FakeMedia) -> None:
    physician = await office.page("physician")
    patient = await office.page("patient")
    assert isinstance(await consent(patient), p.Ack)
    assert isinstance(await patient.do(lambda id: p.Arrive(id=id)), p.Ack)
    assert (await physician.event("arrived")).seat == office.seats["patient"]
    assert isinstance(await physician.do(lambda id: p.Admit(id=id, seat=office.seats["patient"])), p.Ack)
    await patient.event("admitted")
    await patient.send(p.Offer(request=1, sdp="v=0 offer"))
    answer = await patient.get(p.Answer)
    assert (answer.request, answer.sdp) == (1, ANSWER)
    assert (await physician.event("joined")).generation == 1
    await physician.do(lambda id: p.SendChat(id=id, text="¿Cómo se siente?"))
    assert (await patient.event("chat")).text == "¿Cómo se siente?"
    await physician.do(lambda id: p.End(id=id))
    assert (await patient.event("ended")).reason == "completed"
    await node.command(lambda command: isinstance(command, m.CloseRoom))
    refused = await patient.do(lambda id: p.SendChat(id=id, text="gracias"))
    assert isinstance(refused, p.Refused)
    assert refused.code == "ended"
    await patient.send(p.Offer(request=2, sdp="v=0 offer"))
    assert (await patient.get(p.NoAnswer)).code == "ended"


async def test_welcome_says_what_a_page_needs(office: Clinic) -> None:
    patient = await office.open("patient")
    welcome = await patient.hello(lang="en")
    assert welcome.seat == office.seats["patient"]
    assert welcome.slots == 1
    assert welcome.consultation.reason == ""
    assert welcome.consultation.starts_at.endswith("-04:00")
    assert welcome.consent is not None
    assert welcome.consent.lang == "en"
    physician = await office.open("physician")
    assert (await physician.hello()).consultation.reason == "Control de tensión"


async def test_frames_are_compressed_over_the_whole_socket(office: Clinic) -> None:
    """RFC 7692 with context takeover: a second message that is like the first one costs almost nothing."""
    page = await office.open("patient", compress=15)
    extensions = page.socket._response.headers["Sec-WebSocket-Extensions"]
    assert "permessage-deflate" in extensions
    assert "no_context_takeover" not in extensions
    await page.hello()


async def test_join_without_admission(office: Clinic) -> None:
    patient = await office.page("patient")
    await patient.send(p.Offer(request=1, sdp="v=0 offer"))
    assert (await patient.get(p.NoAnswer)).code == "not-admitted"
    refused = await patient.do(lambda id: p.Arrive(id=id))
    assert isinstance(refused, p.Refused)
    assert refused.code == "consent-required"


async def test_stale_consent(office: Clinic) -> None:
    patient = await office.page("patient")
    refused = await patient.do(lambda id: p.Consent(id=id, text_version="1", text_sha256="0" * 64, lang="es"))
    assert isinstance(refused, p.Refused)
    assert refused.code == "stale-consent"
