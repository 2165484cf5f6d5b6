"""The consultation for pages that no WebSocket reaches: HTTP polls, each perhaps to another process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from clinic_under_test import Clinic, clinic, consent, knows
from eventually import eventually
from fake_media import fake_media
from poll_page import PollPage
from redis.asyncio import Redis

from clinic.intake.consent_default import DEFAULT
from clinic.intake.consent_text import ConsentText
from clinic.records import SeatLink
from free_port import free_port
from media import contract as m
from signaling import protocol as p
from signaling.limits import CHAT, Bucket
from signaling.poll import Poll
from signaling.presence import LEASE_S, LEASES
from signaling.server import serving
from signaling.settings import Settings
from throwaway import data_dir

_TEXT = ConsentText(1, datetime.now(UTC), DEFAULT)
CONSENT = p.Consent(id="command-consent", text_version="1", text_sha256=_TEXT.sha256("es"), lang="es")
"""To what a new clinic asks."""


@pytest.fixture
async def offices(redis_url: str) -> AsyncIterator[Clinic]:
    """Two signaling processes against one Valkey."""
    async with clinic(redis_url, processes=2) as offices:
        yield offices


def kinds(said: object) -> list[str]:
    return [message.type for message in said]  # type: ignore[attr-defined]


async def waits(offices: Clinic, process: int = 0) -> None:
    """Return once a poll is held open there."""
    hub = offices.services[process].hub
    await eventually(lambda: len(list(hub)) > 0, "a waiting poll")


async def test_from_hello_to_the_end(offices: Clinic) -> None:
    physician = await offices.page("physician")
    patient = PollPage(offices, "patient")
    [welcome] = await patient.poll()
    assert isinstance(welcome, p.Welcome)
    assert welcome.seat == offices.seats["patient"]
    said = await patient.poll(CONSENT, p.Arrive(id="command-arrive"), welcome=True)
    assert kinds(said) == ["ack", "ack", "welcome"]
    await physician.do(lambda id: p.Admit(id=id, seat=offices.seats["patient"]))
    said = await patient.poll(
        p.SetMedia(id="command-media", audio=False, video=False, problem="absent"),
        p.SetPreference(id="command-wish", hold="text", save_data=True),
        p.SendChat(id="command-chat", text="¿me lee?"),
        p.Ping(n=4),
    )
    assert kinds(said) == ["ack", "ack", "ack", "pong", "events"]
    assert (await physician.event("chat")).text == "¿me lee?"
    assert kinds(await patient.poll(p.Leave(id="command-leave"))) == ["ack", "events"]
    await physician.do(lambda id: p.End(id=id))
    await patient.poll()
    assert [event.type for event in patient.events] == [
        "consented", "arrived", "admitted", "media_changed", "preference_changed", "chat", "left", "ended"
    ]  # fmt: skip
    [refused] = await patient.poll(p.SendChat(id="command-late", text="gracias"))
    assert isinstance(refused, p.Refused)
    assert (refused.code, refused.message.startswith("La consulta terminó")) == ("ended", True)


async def test_physician_by_polls(offices: Clinic) -> None:
    patient = await offices.page("patient")
    await consent(patient)
    physician = PollPage(offices, "physician")
    said = await physician.poll(
        p.Admit(id="command-admit", seat=offices.seats["patient"]), p.End(id="command-the-end"), process=1
    )
    assert kinds(said) == ["ack", "ack", "welcome"]
    assert (await patient.event("ended")).reason == "completed"


async def test_alternating_processes_do_everything_once_and_in_order(offices: Clinic) -> None:
    """Answers are lost at random, so that the page says what it said before, to the other process, and more."""
    chance = random.Random(7)
    physician = await offices.page("physician")
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT)
    waiting: list[p.SendChat] = []
    written = 0
    for turn in range(60):
        if turn < 40 and chance.random() < 0.6:
            waiting.append(p.SendChat(id=f"command-{written}", text=str(written)))
            written += 1
        seen, events = patient.after, list(patient.events)
        said = await patient.poll(*waiting, process=turn % 2)
        assert patient.status == 200
        if chance.random() < 0.4:
            patient.after, patient.events = seen, events
            continue
        answered = {message.id for message in said if isinstance(message, p.Ack)}
        waiting = [chat for chat in waiting if chat.id not in answered]
    await patient.poll(*waiting)
    assert patient.chats() == [str(n) for n in range(written)]
    assert [(await physician.event("chat")).text for _ in range(written)] == patient.chats()


async def test_same_poll_at_both_processes_at_once(offices: Clinic) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT)
    chats = [p.SendChat(id=f"command-{n}", text=str(n)) for n in range(10)]
    other = PollPage(offices, "patient", patient.client_id)
    other.after = patient.after
    both = await asyncio.gather(patient.poll(*chats, process=0), other.poll(*chats, process=1))
    assert all(kinds(said)[:10] == ["ack"] * 10 for said in both)
    page = await offices.store.events_after(offices.consultation, None, 100)
    texts = [getattr(stored.event, "text", None) for stored in page.events]
    assert texts == [None, *map(str, range(10))]


async def test_waiting_poll_is_answered_by_news_from_another_process(offices: Clinic) -> None:
    physician = await offices.page("physician", process=0)
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT, process=1)
    waiting = asyncio.create_task(patient.poll(process=1, wait_s=25))
    await waits(offices, 1)
    await physician.do(lambda id: p.SendChat(id=id, text="buenos días"))
    assert kinds(await waiting) == ["events"]
    assert patient.chats() == ["buenos días"]


async def test_nothing_new(offices: Clinic) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT)
    assert await patient.poll() == ()
    assert await patient.poll(wait_s=0.01) == ()
    assert not list(offices.services[0].hub)


async def test_before_anything_happened_a_welcomed_page_waits(offices: Clinic) -> None:
    """It has no event to name yet."""
    patient = PollPage(offices, "patient")
    assert kinds(await patient.poll(welcome=True)) == ["welcome"]
    assert patient.after is None
    waiting = asyncio.create_task(patient.poll(wait_s=25, welcome=False))
    await waits(offices)
    await PollPage(offices, "physician").poll(p.SendChat(id="command-1", text="¿ya está?"), process=1)
    assert kinds(await waiting) == ["events"]


async def test_newer_turn_of_the_page_ends_the_waiting_one(offices: Clinic) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT)
    given_up = asyncio.create_task(patient.poll(wait_s=25))
    await waits(offices)
    waiting = asyncio.create_task(patient.poll(wait_s=25))
    assert await given_up == ()
    await patient.poll(p.SendChat(id="command-1", text="hola"), process=1)
    assert kinds(await waiting) == ["events"]


async def test_page_that_goes_while_it_waits(offices: Clinic) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll(CONSENT)
    waiting = asyncio.create_task(patient.poll(wait_s=25))
    await waits(offices)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await patient.poll(p.SendChat(id="command-1", text="hola"))
    assert patient.chats() == ["hola"]
    await eventually(lambda: not list(offices.services[0].hub), "the forsaken poll is answered")


async def test_seat_is_taken_once_and_by_the_newer_page(offices: Clinic) -> None:
    old = PollPage(offices, "patient")
    for turn in range(4):
        await old.poll(CONSENT, process=turn % 2, wait_s=0.01)
    assert (await offices.services[0].presence.holders(offices.consultation))[offices.seats["patient"]] == 1
    waiting = asyncio.create_task(old.poll(wait_s=25))
    await waits(offices)
    await offices.page("patient", process=1)
    assert kinds(await waiting) == ["taken_over"]
    assert kinds(await old.poll(p.SendChat(id="command-1", text="no"), process=1)) == ["taken_over"]
    assert kinds(await old.poll(welcome=True)) == ["taken_over"]
    wanted_back = PollPage(offices, "patient")
    assert kinds(await wanted_back.poll(p.SendChat(id="command-2", text="sí"))) == ["ack", "welcome"]
    assert wanted_back.chats() == ["sí"]


async def test_poll_that_comes_after_the_page_s_own_socket_says_nothing_of_a_take_over(offices: Clinic) -> None:
    page = PollPage(offices, "patient")
    await page.poll(CONSENT)
    holds = await offices.services[0].presence.claim_of(offices.consultation, offices.seats["patient"], page.client_id)
    link = SeatLink(offices.consultation, offices.seats["patient"], datetime.now(UTC))
    chat = p.SendChat(id="command-1", text="hola")
    asked = p.Poll(hello=page.hello(), messages=(chat,), welcome=False)
    late = Poll(offices.services[0], link, asked, holds[0], Bucket(CHAT))
    await offices.page("patient", client_id=page.client_id)
    assert await late.answer() == ()
    await offices.page("patient")
    assert kinds(await late.answer()) == ["taken_over"]


async def test_poll_takes_over_a_socket(offices: Clinic) -> None:
    first = await offices.page("patient", process=0)
    await PollPage(offices, "patient").poll(process=1)
    await first.get(p.TakenOver)
    assert await first.closed() == p.CLOSE_TAKEN_OVER


async def test_page_changes_between_socket_and_polls(offices: Clinic) -> None:
    page = await offices.page("patient", process=0)
    polls = PollPage(offices, "patient", page.client_id)
    await polls.poll(CONSENT, process=1)
    await page.send(p.Ping(n=1))
    await page.get(p.Pong)  # a poll of the same page does not close its socket
    waiting = asyncio.create_task(polls.poll(process=1, wait_s=25))
    await waits(offices, 1)
    again = await offices.open("patient", client_id=page.client_id)
    await again.hello(after=polls.after)
    assert await waiting == ()


async def test_media_needs_a_socket(offices: Clinic) -> None:
    physician = PollPage(offices, "physician")
    report = p.Report(
        epoch=0, interval_ms=1, received_bytes=0, audio_received=0, audio_lost=0, played_ms=0, concealed_ms=0,
        jitter_buffer_ms=0, frozen_ms=0,
    )  # fmt: skip
    no_answer, _ = await physician.poll(p.Offer(request=3, sdp="v=0"), report)
    assert isinstance(no_answer, p.NoAnswer)
    assert (no_answer.request, no_answer.code) == (3, "retry")


async def test_hang_up_by_poll_frees_the_node(redis_url: str, redis: Redis) -> None:
    async with fake_media(redis) as node, clinic(redis_url) as office:
        await knows(office, node.life)
        page = await office.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.get(p.Answer)
        polls = PollPage(office, "physician", page.client_id)
        await polls.poll(p.SetPreference(id="command-wish", hold="voice"), p.Leave(id="command-leave"))
        leave = await node.command(lambda command: isinstance(command, m.Leave))
        assert leave.generation == 1
        assert [c.policy.max_level for c in node.commands if isinstance(c, m.SetPolicy)] == ["A2"]


async def test_long_timeline_comes_in_pages(offices: Clinic) -> None:
    from clinic.commands import SendChat

    physician, now = offices.seats["physician"], offices.services[0].now()
    for n in range(p.PAGE_EVENTS + 5):
        await offices.store.execute(offices.consultation, SendChat(f"command-{n}", physician, str(n)), now)
    patient = PollPage(offices, "patient")
    [welcome] = await patient.poll()
    assert isinstance(welcome, p.Welcome)
    assert welcome.more
    [rest] = await patient.poll(p.Fetch(after=patient.after), process=1)
    assert isinstance(rest, p.Events)
    assert (len(rest.events), rest.more) == (5, False)


async def test_polling_seat_has_a_page(offices: Clinic, redis: Redis) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll()
    member = f"{offices.consultation} {offices.seats['patient']}"
    ends_ms = await redis.zscore(LEASES, member)
    now_ms = offices.services[0].now().timestamp() * 1000
    assert ends_ms is not None
    assert ends_ms - now_ms > LEASE_S * 1000


async def test_answers_are_compressed_and_never_stored(offices: Clinic) -> None:
    patient = PollPage(offices, "patient")
    await patient.poll()
    assert patient.headers["Content-Encoding"] == "gzip"
    assert patient.headers["Cache-Control"] == "no-store"


async def test_drain_answers_who_waits(redis_url: str) -> None:
    port = free_port()
    async with clinic(redis_url) as office:
        async with serving(Settings(port=port, data_dir=data_dir()), redis_url) as leaving:
            office.urls.append(f"http://127.0.0.1:{port}")
            patient = PollPage(office, "patient")
            await patient.poll(CONSENT, process=1)
            waiting = asyncio.create_task(patient.poll(process=1, wait_s=25))
            await eventually(lambda: len(list(leaving.hub)) > 0, "a waiting poll")
        assert await waiting == ()
        assert patient.status == 200
        await patient.poll(p.SendChat(id="command-1", text="sigo aquí"))
        assert patient.chats() == ["sigo aquí"]
