"""A stream that is told to stop is not asked for again, and its gap is no loss; and sound that is told as lost."""

from __future__ import annotations

import pytest

from media import rtcp
from tests.media.wire import VP8_KEYFRAME, Wire, frame, packet


@pytest.fixture
def luis() -> Wire:
    return Wire("luis")


def show(luis: Wire, *sequences: int) -> None:
    for sequence in sequences:
        body = frame(100 + sequence, VP8_KEYFRAME) if sequence == 1 else frame(100 + sequence)
        luis.publish(packet(sequence, body, timestamp=sequence * 6000))


def test_what_is_missing_of_a_stopped_stream_is_not_asked_for(luis: Wire) -> None:
    show(luis, 1, 4)
    assert list(luis.video.missing) == [2, 3]
    luis.video.expect(False)
    assert not luis.video.missing
    show(luis, 9)
    assert not luis.video.missing
    assert luis.peer.uplink_counts() == (5, 2)


def test_the_gap_of_a_pause_is_no_loss_and_a_later_one_is(luis: Wire) -> None:
    show(luis, 1, 2)
    luis.video.expect(False)
    luis.video.expect(True)
    show(luis, 40)
    assert not luis.video.missing
    show(luis, 43)
    assert list(luis.video.missing) == [41, 42]
    assert luis.peer.uplink_counts() == (6, 2)


def test_a_loss_right_after_a_resume_is_asked_for(luis: Wire) -> None:
    show(luis, 1, 2)
    luis.video.expect(False)
    luis.video.expect(True)
    show(luis, 4)
    assert list(luis.video.missing) == [3]


def test_sound_that_is_not_worth_repair_is_not_asked_for(luis: Wire) -> None:
    luis.audio.repair = False
    for sequence in (1, 3):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111, timestamp=sequence * 960))
    assert not luis.audio.missing
    assert luis.peer.uplink_counts()[1] == 1


def report(luis: Wire, highest: int, fraction: int) -> None:
    block = rtcp.ReportBlock(luis.audio_slot.ssrc, fraction, 0, highest, 0, 0, 0)
    luis.publish(rtcp.receiver_report(1, [block]))


def test_much_lost_sound_counts_from_the_second_report_on(luis: Wire) -> None:
    report(luis, 100, 128)
    assert luis.peer.take_lost_sound() == (0, 0)
    report(luis, 150, 128)
    report(luis, 160, 10)
    assert luis.peer.take_lost_sound() == (50, 25)
    assert luis.peer.take_lost_sound() == (0, 0)


def hear(ana: Wire, luis: Wire, *sequences: int) -> None:
    for sequence in sequences:
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111, timestamp=sequence * 960), now=1.0)
    report(ana, ana.audio_slot.last_sequence, 0 if len(sequences) == 50 else 128)


def test_what_the_publishers_link_lost_is_not_the_viewers_loss(luis: Wire) -> None:
    ana = Wire("ana")
    ana.audio_slot.show(luis.audio)
    hear(ana, luis, *range(1, 51))
    hear(ana, luis, *range(52, 101, 2))  # every second one is missing
    assert ana.peer.take_lost_sound() == (0, 0)
    hear(ana, luis, *range(101, 151))
    hear(ana, luis, *range(151, 201), 201)
    assert ana.peer.take_lost_sound() == (51, 26)


def test_sound_that_was_sent_into_an_outage_says_nothing_of_the_link_that_came_back(luis: Wire) -> None:
    report(luis, 100, 0)
    luis.audio_slot.unjudged = 430
    report(luis, 100, 0)
    report(luis, 432, 255)
    assert luis.peer.take_lost_sound() == (0, 0)
    report(luis, 482, 128)
    assert luis.peer.take_lost_sound() == (50, 25)


@pytest.mark.parametrize("highest", [99, 5_000, 2**32 - 1])
def test_absurd_sequence_numbers_in_reports_say_nothing(luis: Wire, highest: int) -> None:
    report(luis, 100, 128)
    report(luis, highest, 255)
    assert luis.peer.take_lost_sound() == (0, 0)
