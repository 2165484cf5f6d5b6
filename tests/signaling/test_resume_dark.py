"""An hour with neither light nor network on both sides, in simulated time: the clinic keeps seats, note and chat.

What waits is the signaling process: its clock's rounds, one every `REFRESH_S`, are run at the simulated times.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import FakeMedia, fake_media
from redis.asyncio import Redis
from socket_page import Page

from clinic.consultation import STAYS_OPEN, Seat
from clinic.keys import OUTBOX
from signaling import protocol as p
from signaling.clock import Clock
from signaling.presence import REFRESH_S

NOTE = "Tensión 15/9. Sospecha de hipertensión."
DARK = timedelta(minutes=60)


@dataclass
class SimulatedTime:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> SimulatedTime:
    return SimulatedTime()


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def office(redis_url: str, time: SimulatedTime, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url, now=time) as office:
        await knows(office, node.life)
        yield office


async def test_an_hour_in_the_dark_loses_nothing(office: Clinic, time: SimulatedTime, node: FakeMedia) -> None:
    """An appointment of 20 minutes; the light goes after 5 and comes back 15 before the seats close."""
    patient, physician = await in_a_call(office)
    time.now += timedelta(minutes=5)
    before = [page.client_id for page in (patient, physician)]
    await lights_out(office, node, patient, physician)
    rounds = await wait(office, time, DARK)
    assert rounds >= DARK / timedelta(seconds=REFRESH_S)
    state = (await office.store.load(office.consultation)).consultation
    assert state.status == "in-progress"
    assert not any(seat.present for seat in state.seats)

    back = [await office.open(role, client_id=id) for role, id in zip(("patient", "physician"), before, strict=True)]
    welcomes = [await page.hello() for page in back]
    assert [welcome.consultation.note for welcome in welcomes] == ["", NOTE]
    for welcome in welcomes:
        chat = [stored.event.text for stored in welcome.events if stored.event.type == "chat"]
        assert chat == ["Me duele la cabeza", "¿Desde cuándo?"]
        assert not [stored for stored in welcome.events if stored.event.type == "ended"]
        assert all(seat.admitted or seat.role == "physician" for seat in welcome.consultation.seats)


async def test_after_the_dark_the_same_seats_meet_again(
    office: Clinic, time: SimulatedTime, node: FakeMedia, redis: Redis
) -> None:
    await lights_out(office, node, *await in_a_call(office))
    await wait(office, time, DARK)
    async with fake_media(redis, "node-2") as other:
        await knows(office, other.life)
        for role in ("physician", "patient"):
            page = await office.page(role)
            await page.send(p.Offer(request=1, sdp="v=0 offer"))
            assert (await page.get(p.Answer)).request == 1
        assert [(seat.present, seat.generation) for seat in await seats(office)] == [(True, 2), (True, 2)]
        assert isinstance(await page.do(lambda id: p.SendChat(id=id, text="Ya volvió la luz")), p.Ack)


async def test_the_clock_ends_it_an_hour_after_the_appointment(
    office: Clinic, time: SimulatedTime, node: FakeMedia, redis: Redis
) -> None:
    ends_at = (await office.store.load(office.consultation)).consultation.ends_at
    await lights_out(office, node, *await in_a_call(office))
    await wait(office, time, ends_at + STAYS_OPEN - timedelta(seconds=1) - time.now)
    assert await ends(office) == []
    time.now = ends_at + STAYS_OPEN + timedelta(seconds=1)
    await Clock(office.services[0]).round()
    assert await ends(office) == [("clock", "expired")]
    await Clock(office.services[0]).round()
    assert await ends(office) == [("clock", "expired")]
    assert await redis.xlen(OUTBOX) == 1
    late = await office.open("patient")
    await late.raw({"type": "hello", "v": 1, "token": late.token, "client_id": late.client_id})
    assert (await late.get(p.Error)).code == "token-expired"


async def in_a_call(office: Clinic) -> tuple[Page, Page]:
    """Patient and physician, who wrote to each other; and the physician's note."""
    physician = await office.page("physician")
    patient = await office.admitted_patient(physician)
    for page in (physician, patient):
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.get(p.Answer)
    await patient.do(lambda id: p.SendChat(id=id, text="Me duele la cabeza"))
    await physician.do(lambda id: p.SendChat(id=id, text="¿Desde cuándo?"))
    await physician.do(lambda id: p.SaveNote(id=id, text=NOTE))
    return patient, physician


async def lights_out(office: Clinic, node: FakeMedia, *pages: Page) -> None:
    for page in pages:
        await page.socket.close()
    await node.die()
    await knows(office, node.life, alive=False)


async def wait(office: Clinic, time: SimulatedTime, long: timedelta) -> int:
    """So long, round after round of the clock; how many there were."""
    until, rounds = time.now + long, 0
    while time.now < until:
        time.now = min(until, time.now + timedelta(seconds=REFRESH_S))
        await Clock(office.services[0]).round()
        rounds += 1
    return rounds


async def seats(office: Clinic) -> tuple[Seat, ...]:
    return (await office.store.load(office.consultation)).consultation.seats


async def ends(office: Clinic) -> list[tuple[str, str]]:
    events = (await office.store.events_after(office.consultation, None, 1000)).events
    return [(stored.event.by, stored.event.reason) for stored in events if stored.event.type == "ended"]
