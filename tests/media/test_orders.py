"""What a page is told, from what the ladders say."""

from __future__ import annotations

from adaptation.allocation import Allotment, Flow, Publication
from adaptation.decision import Decision, Protection
from adaptation.rungs import A1, A2, LADDER, V0, V1, T
from media.contract import Received
from media.orders import order


def decided(rung: int, *, shadow: bool = False, copies: bool = False, **waits: int) -> Decision:
    return Decision(
        rung=rung,
        reason="start",
        changed=False,
        capacity_bps=100_000,
        video_bps=0,
        queue_ms=0.0,
        loss=0.0,
        shadow=shadow,
        protection=Protection(duplicate=copies, **waits),
    )


def test_video_and_sound_may_be_of_different_rungs() -> None:
    allotment = Allotment({"ana": Publication(V1, A1, 90_000)}, {("ana", "luis"): Flow(audio=True, video=False)})
    decisions = {"ana": (decided(V1), decided(A1)), "luis": (decided(A1), decided(V1))}
    told = order("ana", ["luis"], allotment, decisions)
    assert told.level == "V1"
    assert told.video is not None
    assert told.video.width == 320
    assert told.audio is not None
    assert (told.audio.bitrate_bps, told.audio.ptime_ms) == (12_000, 60)
    assert told.receives == (Received(participant="luis", audio=True, video=False),)


def test_a_shadow_has_the_lowest_picture_sent_under_the_voice() -> None:
    decisions = {"ana": (decided(A2, shadow=True), decided(V1))}
    told = order("ana", [], Allotment({"ana": Publication(V0, A2, 45_000, shadow=True)}, {}), decisions)
    assert told.level == "A2"
    lowest = LADDER[V0].video
    assert told.video is not None
    assert lowest is not None
    assert (told.video.width, told.video.frames_per_s) == (lowest.width, lowest.frames_per_s)


def test_text_sends_nothing() -> None:
    decisions = {"ana": (decided(T), decided(T))}
    told = order("ana", [], Allotment({"ana": Publication(None, None, 0)}, {}), decisions)
    assert (told.level, told.video, told.audio) == ("T", None, None)


def test_the_buffer_waits_for_repair_on_both_hops() -> None:
    decisions = {
        "ana": (decided(V1), decided(V1, jitter_ms=325)),
        "luis": (decided(V1, jitter_ms=250), decided(V1)),
        "eva": (decided(V1, jitter_ms=600), decided(V1)),
    }
    heard, silent = Flow(audio=True, video=True), Flow(audio=False, video=False)
    allotment = Allotment({"ana": Publication(V1, V1, 0)}, {("ana", "luis"): heard, ("ana", "eva"): silent})
    assert order("ana", ["luis", "eva"], allotment, decisions).jitter_ms == 325 + 250
    calm = {name: (decided(V1), decided(V1)) for name in decisions}
    assert order("ana", ["luis", "eva"], allotment, calm).jitter_ms is None


def test_pictures_wait_where_there_are_pictures() -> None:
    decisions = {
        "ana": (decided(V1), decided(V1, picture_ms=300)),
        "luis": (decided(V1, picture_ms=200), decided(V1)),
    }
    seen, hidden = Flow(audio=True, video=True), Flow(audio=True, video=False)
    publish = {"ana": Publication(V1, V1, 0)}
    assert order("ana", ["luis"], Allotment(publish, {("ana", "luis"): seen}), decisions).picture_ms == 500
    assert order("ana", ["luis"], Allotment(publish, {("ana", "luis"): hidden}), decisions).picture_ms is None


def test_sound_is_sent_twice_by_the_one_whose_uplink_loses_it() -> None:
    decisions = {"ana": (decided(V1, copies=True), decided(V1)), "luis": (decided(V1), decided(V1, copies=True))}
    publish = {name: Publication(V1, V1, 0) for name in decisions}
    told = [order(name, [], Allotment(publish, {}), decisions).audio for name in ("ana", "luis")]
    assert [audio is not None and audio.redundant for audio in told] == [True, False]
