"""Steering over a fake wire: what participants are told and sent, as the ladders' start and a limit decide."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from adaptation.decision import Decision, Protection
from adaptation.rungs import A1, LADDER, V1, V2
from media import contract
from media.ladders import Ladders
from media.peer import Peer
from media.room import Room
from media.steering import Steered, Steering, signature
from tests.media.wire import Wire

TICK_S = 0.02


@dataclass
class Clinic:
    """A room with two participants, and everything that was emitted."""

    events: list[contract.MediaEvent] = field(default_factory=list)
    now: float = 100.0

    def __post_init__(self) -> None:
        self.steering = Steering(self.events.append, names, None)
        self.room = Room("r")
        self.wires = {name: Wire(name) for name in ("ana", "luis")}
        for wire in self.wires.values():
            self.room.enter(wire.peer)

    def connect(self, name: str, rtt_s: float | None) -> None:
        peer = self.wires[name].peer
        peer.rtt_s, peer.last_seen = rtt_s, self.now
        self.steering.connected(peer, self.now)
        self.steering.arrange(self.room, self.now)

    def run(self, seconds: float) -> None:
        for tick in range(round(seconds / TICK_S)):
            self.now += TICK_S
            for wire in self.wires.values():
                wire.peer.last_seen = self.now
            self.steering.tick(tick, self.now, {"r": self.room})

    def orders(self, name: str) -> list[contract.Adapt]:
        return [e for e in self.events if isinstance(e, contract.Adapt) and e.participant == name]

    def levels(self, name: str) -> dict[str, str]:
        told = [e for e in self.events if isinstance(e, contract.LevelChanged) and e.participant == name]
        return {e.direction: e.level for e in told}

    def confirm(self, name: str, epoch: int) -> None:
        zero = dict.fromkeys(
            ("interval_ms", "received_bytes", "audio_received", "audio_lost", "played_ms", "concealed_ms",
             "jitter_buffer_ms", "frozen_ms"), 0,
        )  # fmt: skip
        report = contract.Report(
            request_id="q", reply_to="", room="r", participant=name, generation=1, epoch=epoch, **zero
        )
        self.steering.reported(self.wires[name].peer, report)


def names(peer: Peer) -> contract.Names:
    return {"node_id": "n", "room": "r", "participant": peer.id, "generation": 1}


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_a_short_round_trip_begins_with_video_and_a_long_one_with_voice(clinic: Clinic) -> None:
    clinic.connect("ana", 0.6)
    clinic.connect("luis", 0.02)
    assert clinic.levels("ana") == {"up": "A1", "down": "A1"}
    assert clinic.levels("luis") == {"up": "V1", "down": "V1"}
    for name in ("ana", "luis"):
        order = clinic.orders(name)[-1]
        assert order.video is None
        assert order.audio is not None
        assert (order.audio.bitrate_bps, order.audio.ptime_ms) == (12_000, 60)
        assert [(r.audio, r.video) for r in order.receives] == [(True, False)]
    assert clinic.wires["ana"].video_slot.paused
    assert not clinic.wires["ana"].audio_slot.paused


def test_both_on_short_ways_send_the_first_picture_at_its_rate(clinic: Clinic) -> None:
    clinic.connect("ana", 0.02)
    clinic.connect("luis", 0.02)
    order = clinic.orders("luis")[-1]
    assert order.level == "V1"
    assert order.video is not None
    assert (order.video.width, order.video.frames_per_s) == (320, 10)
    picture = LADDER[V1].video
    assert picture is not None
    assert clinic.wires["luis"].peer.remb_bps == picture.bitrate_bps
    assert not clinic.wires["ana"].video_slot.paused


def test_an_order_is_repeated_until_its_epoch_is_confirmed(clinic: Clinic) -> None:
    clinic.connect("ana", 0.6)
    clinic.run(2.5)
    told = clinic.orders("ana")
    assert [order.epoch for order in told] == [1, 1, 1]
    clinic.confirm("ana", 1)
    clinic.run(2.5)
    assert len(clinic.orders("ana")) == 3


def test_a_lie_about_an_epoch_to_come_confirms_nothing_later(clinic: Clinic) -> None:
    clinic.connect("ana", 0.6)
    clinic.confirm("ana", 10_000)
    clinic.connect("luis", 0.6)
    told = len(clinic.orders("ana"))
    clinic.run(1.5)
    assert len(clinic.orders("ana")) > told


def test_a_limit_pauses_pictures_at_once(clinic: Clinic) -> None:
    clinic.connect("ana", 0.02)
    clinic.connect("luis", 0.02)
    clinic.wires["ana"].peer.policy = contract.Policy(max_level="A2")
    clinic.run(0.2)
    assert clinic.orders("luis")[-1].video is None
    assert clinic.orders("ana")[-1].video is None
    assert clinic.wires["ana"].video_slot.paused
    assert clinic.wires["luis"].video_slot.paused
    assert clinic.levels("ana") == {"up": "A2", "down": "A2"}
    assert clinic.levels("luis") == {"up": "V1", "down": "V1"}


def test_text_sends_no_sound_either(clinic: Clinic) -> None:
    clinic.connect("ana", 0.02)
    clinic.connect("luis", 0.02)
    clinic.wires["ana"].peer.policy = contract.Policy(max_level="T")
    clinic.run(0.2)
    for name in ("ana", "luis"):
        assert clinic.orders(name)[-1].audio is None
        assert clinic.wires[name].audio_slot.paused


def test_on_voice_a_beacon_is_sent_twice_a_second(clinic: Clinic) -> None:
    clinic.connect("ana", 0.6)
    clinic.connect("luis", 0.6)
    clinic.wires["ana"].peer.policy = clinic.wires["luis"].peer.policy = contract.Policy(save_data=True)
    clinic.run(0.1)
    clinic.wires["ana"].sent_rtp()
    clinic.run(5.0)
    assert 9 <= len(clinic.wires["ana"].sent_rtp()) <= 11


def test_a_participant_that_goes_leaves_no_ladder_behind(clinic: Clinic) -> None:
    clinic.connect("ana", 0.02)
    clinic.connect("luis", 0.02)
    clinic.room.leave(clinic.wires["luis"].peer)
    clinic.steering.gone(clinic.wires["luis"].peer)
    clinic.steering.arrange(clinic.room, clinic.now)
    assert clinic.orders("ana")[-1].receives == ()
    clinic.events.clear()
    clinic.run(3.0)
    assert {event.participant for event in clinic.events} <= {"ana"}


def test_a_ladder_that_fails_begins_anew_and_ends_no_call(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("ana", "luis"):
        clinic.connect(name, 0.1)
    clinic.run(1.0)
    whole = Ladders.step

    def broken(ladders: Ladders, now: float) -> None:
        if ladders.peer.id == "ana":
            raise ZeroDivisionError
        whole(ladders, now)

    monkeypatch.setattr(Ladders, "step", broken)
    clinic.run(0.5)
    monkeypatch.setattr(Ladders, "step", whole)
    assert clinic.levels("ana") == {"up": "A1", "down": "A1"}
    assert clinic.levels("luis")["up"] == "V1"
    assert {record.levelname for record in caplog.records} == {"ERROR"}


CALM = Decision(V1, "start", False, 100_000, 90_000, 0.0, 0.0)


def seen(up: Decision = CALM, down: Decision = CALM) -> tuple[object, ...]:
    peer = SimpleNamespace(policy=contract.Policy(), speaking=False)
    found = signature(cast("Steered", SimpleNamespace(peer=peer, ladders=SimpleNamespace(up=up, down=down))))
    return found[1:]  # the peer itself is a new one each time


@pytest.mark.parametrize(
    "change",
    [{"rung": 5}, {"video_bps": 1}, {"shadow": True}, {"rich": True}, {"protection": Protection(nack=False)}],
)
def test_what_an_uplink_decides_is_acted_on_at_once(change: dict[str, Any]) -> None:
    assert seen(up=replace(CALM, **change)) != seen()


@pytest.mark.parametrize(
    "change", [{"rung": 5}, {"video_bps": 1}, {"capacity_bps": 130_000}, {"protection": Protection(duplicate=True)}]
)
def test_what_a_downlink_decides_is_acted_on_at_once(change: dict[str, Any]) -> None:
    assert seen(down=replace(CALM, **change)) != seen()


def test_what_is_only_measured_rearranges_nothing() -> None:
    assert seen(replace(CALM, queue_ms=80.0, loss=0.1), replace(CALM, capacity_bps=100_001)) == seen()


def test_a_call_begins_where_a_test_before_it_said() -> None:
    """What comes to the page on that rung; what it sends no higher than its round trip allows."""
    clinic = Clinic()
    clinic.wires["ana"].peer.first_rung = A1
    clinic.connect("ana", 0.05)
    assert clinic.levels("ana") == {"up": "A1", "down": "A1"}
    clinic.wires["luis"].peer.first_rung = V2
    clinic.connect("luis", 0.05)
    assert clinic.levels("luis") == {"up": "V1", "down": "V2"}
