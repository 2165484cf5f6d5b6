"""The ladder between pages and a media node: orders, reports, levels as facts, and people's wishes as policies."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, knows
from eventually import eventually
from fake_media import FakeMedia, fake_media
from redis.asyncio import Redis
from socket_page import Page

from media import contract as m
from signaling import protocol as p
from signaling.limits import REPORTS

REPORT = p.Report(
    epoch=3, interval_ms=1000, received_bytes=4000, audio_received=16, audio_lost=1, played_ms=1000, concealed_ms=60,
    jitter_buffer_ms=120, frozen_ms=0, rtt_ms=600,
)  # fmt: skip


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def offices(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    """Two processes; their limits' clock stands still."""
    async with clinic(redis_url, processes=2, monotonic_s=lambda: 0.0) as offices:
        await knows(offices, node.life)
        yield offices


async def in_call(page: Page, rtt_ms: int | None = None) -> None:
    await page.send(p.Offer(request=1, sdp="v=0 offer", rtt_ms=rtt_ms))
    await page.get(p.Answer)


async def both(offices: Clinic) -> tuple[Page, Page]:
    """Physician and patient with media, on two signaling processes."""
    physician = await offices.page("physician", 0)
    await in_call(physician)
    patient = await offices.admitted_patient(physician, 1)
    await in_call(patient)
    return physician, patient


def session(offices: Clinic, node: FakeMedia, role: str, generation: int = 1) -> m.Names:
    return m.Names(
        node_id=node.node_id, room=offices.consultation, participant=offices.seats[role], generation=generation
    )


def policies(node: FakeMedia, seat: str) -> list[tuple[str, bool]]:
    """What the node was told of a seat, oldest first."""
    told = [c for c in node.commands if isinstance(c, m.Join | m.SetPolicy) and c.participant == seat]
    return [(command.policy.max_level, command.policy.save_data) for command in told]


async def told(node: FakeMedia, seat: str, expected: list[tuple[str, bool]]) -> None:
    await eventually(lambda: policies(node, seat) == expected, f"{expected}, but {policies(node, seat)}")


async def test_orders_go_to_the_page_that_has_the_session(offices: Clinic, node: FakeMedia) -> None:
    physician, patient = await both(offices)
    adapt = m.Adapt(
        **session(offices, node, "patient"),
        epoch=1,
        level="V1",
        video=m.VideoOrder(width=320, height=180, frames_per_s=10, bitrate_bps=90_000),
        audio=m.AudioOrder(bitrate_bps=16_000, ptime_ms=60),
        jitter_ms=400,
        receives=(m.Received(participant=offices.seats["physician"], audio=True, video=False),),
    )
    await node.emit(adapt.model_copy(update={"generation": 0, "epoch": 9}))
    await node.emit(adapt)
    order = await patient.get(p.Adapt)
    assert (order.epoch, order.level, order.jitter_ms) == (1, "V1", 400)
    assert order.video == p.VideoOrder(width=320, height=180, frames_per_s=10, bitrate_bps=90_000)
    assert order.audio == p.AudioOrder(bitrate_bps=16_000, ptime_ms=60)
    assert order.receives == (p.Received(seat=offices.seats["physician"], audio=True, video=False),)
    await physician.do(lambda id: p.SendChat(id=id, text="hola"))
    assert not [message for message in physician.inbox if isinstance(message, p.Adapt)]


async def test_report_reaches_the_node(offices: Clinic, node: FakeMedia) -> None:
    _, patient = await both(offices)
    await patient.send(REPORT)
    report = await node.command(lambda command: isinstance(command, m.Report))
    assert isinstance(report, m.Report)
    assert (report.participant, report.generation, report.reply_to) == (offices.seats["patient"], 1, "")
    assert report.model_dump(include=set(p.Report.model_fields)) == REPORT.model_dump()


async def test_reports_above_the_rate_are_dropped_silently(offices: Clinic, node: FakeMedia) -> None:
    physician = await offices.page("physician")
    await physician.send(REPORT)
    await in_call(physician)
    for _ in range(20):
        await physician.send(REPORT)
    await eventually(lambda: reports(node) == REPORTS.burst, "as many reports as may come at once")
    await physician.do(lambda id: p.Leave(id=id))
    await node.command(lambda command: isinstance(command, m.Leave))
    assert reports(node) == REPORTS.burst
    assert not [message for message in physician.inbox if isinstance(message, p.Error)]


def reports(node: FakeMedia) -> int:
    return len([command for command in node.commands if isinstance(command, m.Report)])


async def test_round_trip_of_the_offer_reaches_the_node(offices: Clinic, node: FakeMedia) -> None:
    physician = await offices.page("physician")
    await in_call(physician, rtt_ms=640)
    join = await node.command(lambda command: isinstance(command, m.Join))
    assert isinstance(join, m.Join)
    assert join.rtt_ms == 640


async def test_levels_are_facts_stored_once(offices: Clinic, node: FakeMedia) -> None:
    physician, patient = await both(offices)
    where = session(offices, node, "patient")
    await node.emit(m.LevelChanged(**where, direction="down", level="A2", reason="start"))
    await node.emit(m.LevelChanged(**where, direction="up", level="A1", reason="congested"))
    await node.emit(m.LevelChanged(**(where | {"generation": 0}), direction="up", level="T", reason="silent"))
    await node.emit(m.LevelChanged(**where, direction="up", level="T", reason="silent"))
    for page in (physician, patient):
        levels = [(await page.event("level_changed")).level for _ in range(3)]
        assert levels == ["A2", "A1", "T"]
    welcome = await (await offices.open("patient")).hello()
    seat = next(seat for seat in welcome.consultation.seats if seat.role == "patient")
    assert (seat.up_level, seat.down_level, seat.level_reason) == ("T", "A2", "silent")
    counts = "".join([await metrics(offices, process) for process in (0, 1)])
    assert counts.count('hilo_level_changes_total{direction="up",level="T",reason="silent"} 1.0') == 1


async def test_speaking_is_kept_off_a_link_without_video(offices: Clinic, node: FakeMedia) -> None:
    physician, patient = await both(offices)
    where = session(offices, node, "patient")
    await node.emit(m.LevelChanged(**where, direction="down", level="A2", reason="congested"))
    await node.emit(m.Speaking(**where, speaking=True))
    await physician.get(p.Speaking)
    await patient.event("level_changed")
    await node.emit(m.LevelChanged(**where, direction="down", level="V1", reason="recovered"))
    await node.emit(m.Speaking(**where, speaking=False))
    assert (await patient.get(p.Speaking)).speaking is False


async def test_physicians_hold_limits_everybody(offices: Clinic, node: FakeMedia) -> None:
    physician, patient = await both(offices)
    await physician.do(lambda id: p.SetPreference(id=id, hold="voice"))
    assert (await patient.event("preference_changed")).hold == "voice"
    await physician.do(lambda id: p.SetPreference(id=id, hold="video"))
    for role in ("physician", "patient"):
        await told(node, offices.seats[role], [("V3", False), ("A2", False), ("V3", False)])


async def test_patients_wishes_limit_the_own_seat(offices: Clinic, node: FakeMedia) -> None:
    _, patient = await both(offices)
    await patient.do(lambda id: p.SetPreference(id=id, hold="text", save_data=True))
    await told(node, offices.seats["patient"], [("V3", False), ("T", True)])
    assert set(policies(node, offices.seats["physician"])) == {("V3", False)}


async def test_wish_before_the_call_comes_with_the_join(offices: Clinic, node: FakeMedia) -> None:
    physician = await offices.page("physician")
    await physician.do(lambda id: p.SetPreference(id=id, hold="voice", save_data=True))
    await in_call(physician)
    await told(node, offices.seats["physician"], [("A2", True)])


async def test_wish_that_overtakes_the_join_holds(offices: Clinic, node: FakeMedia, redis: Redis) -> None:
    """The node refuses a policy for whom it does not know yet."""
    node.mute = True
    physician = await offices.page("physician")
    await physician.send(p.Offer(request=1, sdp="v=0 offer"))
    join = await node.command(lambda command: isinstance(command, m.Join))
    await physician.do(lambda id: p.SetPreference(id=id, hold="text"))
    answered = m.Answered(request_id=join.request_id, answer="v=0 answer", slots=())
    await redis.xadd(m.replies_key(join.reply_to), {"m": answered.model_dump_json()})
    await physician.get(p.Answer)
    await told(node, join.participant, [("V3", False), ("T", False), ("T", False)])


async def test_retried_leave_does_not_end_a_newer_session(offices: Clinic, node: FakeMedia) -> None:
    physician = await offices.page("physician")
    await in_call(physician)
    leave = p.Leave(id="leave-again")
    await physician.send(leave)
    await physician.answer_to(leave.id)
    await in_call(physician)
    await physician.send(leave)
    assert isinstance(await physician.answer_to(leave.id), p.Ack)
    await physician.do(lambda id: p.End(id=id))
    await node.command(lambda command: isinstance(command, m.CloseRoom))
    assert [c.generation for c in node.commands if isinstance(c, m.Leave)] == [1]


async def metrics(offices: Clinic, process: int) -> str:
    async with offices.http.get(f"{offices.urls[process]}/metrics") as response:
        return await response.text()
