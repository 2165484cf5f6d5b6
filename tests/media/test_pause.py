"""Pausing what one participant is shown: nothing comes, and what comes again continues."""

from __future__ import annotations

import pytest

from media import feedback, rtcp, vp8
from tests.media.wire import VP8_KEYFRAME, Wire, frame, packet


@pytest.fixture
def ana() -> Wire:
    return Wire("ana")


@pytest.fixture
def luis() -> Wire:
    return Wire("luis")


def speak(wire: Wire, *sequences: int, now: float = 0.0) -> None:
    for sequence in sequences:
        wire.publish(packet(sequence, b"a", ssrc=1000, payload_type=111, timestamp=sequence * 960), now=now)


def test_sound_is_not_forwarded_and_goes_on_in_the_same_numbering(ana: Wire, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    speak(luis, 1, 2, now=1.0)
    ana.audio_slot.pause()
    ana.audio_slot.pause()
    speak(luis, 3, 4, 5, now=2.0)
    ana.audio_slot.resume()
    ana.audio_slot.resume()
    speak(luis, 6, 7, now=11.0)
    sent = [s.header for s in ana.sent_rtp()]
    assert [(h.sequence - sent[0].sequence) & 0xFFFF for h in sent] == [0, 1, 2, 3]
    assert [(h.timestamp - sent[0].timestamp) & 0xFFFFFFFF for h in sent] == [0, 960, 960 + 480_000, 1920 + 480_000]
    assert ana.audio_slot.counts()[0] == 4


def test_video_comes_back_with_a_keyframe_that_is_asked_for(ana: Wire, luis: Wire) -> None:
    ana.video_slot.show(luis.video)
    luis.publish(packet(1, frame(100, VP8_KEYFRAME)))
    luis.video.keyframe_wanted = False
    ana.video_slot.pause()
    luis.publish(packet(2, frame(101)))
    ana.video_slot.resume()
    assert luis.video.keyframe_wanted
    luis.publish(packet(3, frame(102)))
    luis.publish(packet(4, frame(103, VP8_KEYFRAME)))
    luis.publish(packet(5, frame(104)))
    assert [vp8.parse(s.payload).picture_id for s in ana.sent_rtp()] == [100, 101, 102]


def test_one_viewers_pause_is_not_anothers(ana: Wire, luis: Wire) -> None:
    eva = Wire("eva")
    for viewer in (ana, eva):
        viewer.audio_slot.show(luis.audio)
    ana.audio_slot.pause()
    speak(luis, 1, 2)
    assert (len(ana.sent_rtp()), len(eva.sent_rtp())) == (0, 2)
    assert set(luis.audio.slots) == {ana.audio_slot, eva.audio_slot}


def test_a_pause_outlives_a_switch_and_a_leave(ana: Wire, luis: Wire) -> None:
    eva = Wire("eva")
    ana.audio_slot.pause()
    ana.audio_slot.show(luis.audio)
    ana.audio_slot.show(eva.audio)
    speak(luis, 1)
    speak(eva, 1)
    assert ana.sent_rtp() == []
    assert (luis.audio.slots, eva.audio.slots) == ((), (ana.audio_slot,))
    ana.audio_slot.show(None)
    ana.audio_slot.resume()
    ana.audio_slot.show(eva.audio)
    speak(eva, 2)
    assert len(ana.sent_rtp()) == 1


def test_a_paused_viewer_asks_for_nothing_and_is_not_reported_to(ana: Wire, luis: Wire) -> None:
    ana.video_slot.show(luis.video)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)))
    luis.publish(rtcp.sender_report(2000, 5 << 32, 7, 1, 1, []))
    [sent] = ana.sent_rtp()
    ana.video_slot.pause()
    luis.video.keyframe_wanted = False
    ana.publish(rtcp.pli(1, ana.video_slot.ssrc))
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [sent.header.sequence]), now=1.0)
    assert not luis.video.keyframe_wanted
    assert ana.sent_rtp() == []
    feedback.reports(ana.peer, 2.0)
    assert not [part for part in ana.sent_rtcp() if isinstance(part, rtcp.SenderReport)]


def test_a_source_that_restarts_during_a_pause_asks_for_no_keyframe(ana: Wire, luis: Wire) -> None:
    ana.video_slot.show(luis.video)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)))
    ana.video_slot.pause()
    luis.video.keyframe_wanted = False
    luis.publish(packet(5000, frame(2, VP8_KEYFRAME)))
    assert not luis.video.keyframe_wanted
    assert len(ana.sent_rtp()) == 1
