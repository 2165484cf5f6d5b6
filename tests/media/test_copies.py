"""Sound sent twice: the same packets, 60 ms later."""

from __future__ import annotations

import contextlib

import pytest
from pylibsrtp import Error

from tests.media.wire import TAG, Sent, Wire, packet


class Copied(Wire):
    """Keeps copies that SRTP's replay protection would hide: each datagram is decrypted by its own fresh receiver."""

    def datagrams(self) -> list[bytes]:
        return self._pop(rtcp_wanted=False)


@pytest.fixture
def ana() -> Copied:
    return Copied("ana")


@pytest.fixture
def luis() -> Wire:
    return Wire("luis")


def call(ana: Copied, luis: Wire, *, packets: int, spacing: float = 0.02, start: int = 0) -> list[tuple[float, bytes]]:
    """Sound and the SFU's clock of 20 ms, side by side; returns (time, datagram)."""
    sent = []
    for tick in range(int(packets * spacing / 0.02)):
        now = (start + tick) * 0.02
        if tick % round(spacing / 0.02) == 0:
            sequence = start + tick // round(spacing / 0.02)
            luis.publish(packet(sequence, b"%d" % sequence, ssrc=1000, payload_type=111), now=now)
        ana.audio_slot.duplicates_due(now)
        sent += [(now, data) for data in ana.datagrams()]
    return sent


@pytest.mark.parametrize("spacing", [0.02, 0.06])
def test_each_packet_comes_twice_byte_for_byte(ana: Copied, luis: Wire, spacing: float) -> None:
    ana.audio_slot.show(luis.audio)
    call(ana, luis, packets=1)  # copies begin behind what was sent before
    ana.audio_slot.duplicate = True
    sent = call(ana, luis, packets=20, spacing=spacing, start=1)
    times: dict[bytes, list[float]] = {}
    for now, data in sent:
        times.setdefault(data, []).append(now)
    assert len(times) == 20
    twice = [seen for seen in times.values() if len(seen) == 2]
    assert len(twice) >= 20 - int(0.1 / spacing) - 2
    assert all(0.059 <= second - first <= 0.101 for first, second in twice)
    assert all(len(seen) <= 2 for seen in times.values())


def test_copies_are_dropped_by_the_receivers_replay_protection_or_fill_a_hole(luis: Wire) -> None:
    ana = Wire("ana")
    ana.audio_slot.show(luis.audio)
    ana.audio_slot.duplicate = True
    got: list[Sent] = []
    for tick in range(30):
        now = tick * 0.02
        if tick < 20:
            luis.publish(packet(tick, b"x", ssrc=1000, payload_type=111), now=now)
            if tick % 5 == 1:
                ana._datagrams.clear()  # lost
        ana.audio_slot.duplicates_due(now)
        for data in ana._pop(rtcp_wanted=False):
            with contextlib.suppress(Error):  # "replay check failed"
                got.append(ana._read(data))
    assert len({s.header.sequence for s in got}) == len(got) == 20


def test_a_pause_and_a_switch_begin_anew(ana: Copied, luis: Wire) -> None:
    eva = Wire("eva")
    ana.audio_slot.show(luis.audio)
    ana.audio_slot.duplicate = True
    call(ana, luis, packets=10)
    ana.audio_slot.show(eva.audio)
    assert [ana.audio_slot.duplicates_due(0.2 + tick * 0.02) for tick in range(10)] == [0] * 10
    eva.publish(packet(700, b"x", ssrc=1000, payload_type=111), now=0.5)
    assert sum(ana.audio_slot.duplicates_due(0.5 + tick * 0.02) for tick in range(10)) == 0
    eva.publish(packet(701, b"x", ssrc=1000, payload_type=111), now=0.8)
    assert sum(ana.audio_slot.duplicates_due(0.8 + tick * 0.02) for tick in range(10)) == 1


def test_a_late_clock_sends_no_more_than_a_burst(ana: Copied, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    ana.audio_slot.duplicate = True
    luis.publish(packet(0, b"x", ssrc=1000, payload_type=111))
    ana.audio_slot.duplicates_due(0.0)
    for sequence in range(1, 100):
        luis.publish(packet(sequence, b"x", ssrc=1000, payload_type=111))
    ana.audio_slot.duplicates_due(2.0)
    assert ana.audio_slot.duplicates_due(2.06) == 16


def test_copies_count_on_the_wire(ana: Copied, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    ana.audio_slot.duplicate = True
    sent = call(ana, luis, packets=30)
    assert ana.peer.sent_wire_octets() == sum(len(data) + 28 for _, data in sent)
    assert all(len(data) > 12 + TAG for _, data in sent)
