"""Silence: a path is lost, comes back, or a participant is given up; time is the test's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from media import contract
from media.peer import EXPIRED_S, IDLE_SILENT_S, SILENT_S, UNCONNECTED_EXPIRED_S, Peer
from media.sfu import TICK_S
from tests.media.clients import Client
from tests.media.test_sfu import ROOM, Stage


@pytest.fixture
async def quiet() -> AsyncIterator[Stage]:
    """An SFU whose clock is not running, with one participant of whom nothing has come."""
    made = Stage()
    await made.sfu.open()
    client = Client(440)
    made.clients.append(client)
    made.command(contract.Join, "ana", offer=await client.offer())
    yield made
    await client.close()
    await made.sfu.close()


def ana(stage: Stage) -> Peer:
    return stage.sfu.rooms[ROOM].peers["ana"]


def pass_time(stage: Stage, start_s: float, seconds: float) -> float:
    """Run the clock from `start_s` for so long; returns when it stands."""
    for step in range(int(seconds / TICK_S) + 1):
        stage.sfu.tick(start_s + step * TICK_S)
    return start_s + seconds


async def test_a_silent_path_is_lost_once_and_comes_back(quiet: Stage) -> None:
    peer = ana(quiet)
    peer.connected = True
    start_s = peer.last_seen
    pass_time(quiet, start_s, SILENT_S - 0.5)
    assert quiet.of(contract.PathLost) == []
    now = pass_time(quiet, start_s, SILENT_S + 10)
    [lost] = quiet.of(contract.PathLost)
    assert SILENT_S * 1000 <= lost.silent_ms <= SILENT_S * 1000 + 1000
    peer.seen(now)
    [back] = quiet.of(contract.PathBack)
    assert back.participant == "ana"
    assert all(slot.unjudged == slot.last_sequence for slot in peer.all_slots())
    pass_time(quiet, now, 1)
    assert len(quiet.of(contract.PathLost)) == 1


async def test_who_was_told_to_send_nothing_may_be_silent_longer(quiet: Stage) -> None:
    peer = ana(quiet)
    peer.connected = True
    for source in peer.tracks:
        source.expect(False)
    start_s = peer.last_seen
    pass_time(quiet, start_s, IDLE_SILENT_S - 0.5)
    assert quiet.of(contract.PathLost) == []
    pass_time(quiet, start_s, IDLE_SILENT_S + 1)
    assert len(quiet.of(contract.PathLost)) == 1


async def test_a_participant_is_given_up_only_after_two_minutes(quiet: Stage) -> None:
    peer = ana(quiet)
    peer.connected = True
    start_s = peer.last_seen
    pass_time(quiet, start_s, EXPIRED_S - 1)
    assert quiet.sfu.participants == 1
    pass_time(quiet, start_s, EXPIRED_S + 1)
    assert [event.reason for event in quiet.of(contract.Closed)] == ["expired"]
    assert quiet.sfu.participants == 0
    assert quiet.sfu.rooms == {}


async def test_who_never_connects_is_given_up_earlier(quiet: Stage) -> None:
    start_s = ana(quiet).last_seen
    pass_time(quiet, start_s, UNCONNECTED_EXPIRED_S + 1)
    assert [event.reason for event in quiet.of(contract.Closed)] == ["expired"]
    assert quiet.of(contract.PathLost) == []
