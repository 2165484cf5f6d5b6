"""Measures of takes that were made up, so that the right answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netlab.conftest import Talk
from netlab.judgement import Judgement, changes
from netlab.listen import RATE_HZ, Record, Samples
from netlab.measures import rungs, sound, video, words
from netlab.measures.over import Over
from netlab.profile import PERFECT
from netlab.story import Story
from netlab.take import Sent, Take
from netlab.test_alignment import delayed
from netlab.timeline import steady
from netlab.trace import Tick

STORY = Story("made up", "", 20.0, steady(PERFECT), ())


def record(me: str, sounds: dict[str, Any] | None = None, **lists: Any) -> Record:
    found: dict[str, Samples] = {seat: samples.astype(np.float32) for seat, samples in (sounds or {}).items()}
    empty: dict[str, Any] = {"frames": {}, "looks": [], "chat": [], "stats": [], "told": []}
    return Record(me, found, **(empty | lists))


def judged(patient: Record, physician: Record, **more: Any) -> Judgement:
    given: dict[str, Any] = {"counters": (), "traces": {}} | more
    return Judgement(Take(STORY, {"patient": patient, "physician": physician}, **given))


def ticks(*levels: tuple[float, str]) -> tuple[Tick, ...]:
    return tuple(Tick(at_s, level, "start", 0, 0, 0, 0, 0, False) for at_s, level in levels)


def test_the_worse_direction_counts(talk: Talk) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, len(talk.said))
    found = judged(
        record("p", {"me": talk.said, "d": delayed(talk.other, 0.2)}),
        record("d", {"me": talk.other, "p": delayed(talk.said, 0.9) + noise}),
    )
    clean, noisy = sound.speech(Over(2, to=("patient",)))(found), sound.speech(Over(2, to=("physician",)))(found)
    assert clean == pytest.approx(1, abs=0.01)
    assert noisy is not None
    assert noisy < 0.95
    assert sound.speech(Over(2))(found) == noisy
    assert sound.delay_s(50)(found) == pytest.approx(0.9, abs=0.005)


def test_a_fall_of_the_delay_is_timed(talk: Talk) -> None:
    middle = 10 * RATE_HZ
    heard = np.concatenate((delayed(talk.said, 2.0)[:middle], delayed(talk.said, 0.2)[middle:]))
    found = judged(record("p", {"me": talk.said}), record("d", {"p": heard}))
    assert sound.delay_back_s(0.5, 5.0, Over(to=("physician",)))(found) == pytest.approx(3.0, abs=1.1)


def test_a_direction_that_was_never_heard_scores_nothing(talk: Talk) -> None:
    found = judged(record("p", {"me": talk.said}), record("d", {"me": talk.other, "p": talk.said}))
    assert sound.speech()(found) == 0
    assert sound.first_sound_s()(found) is None


def test_what_flows_is_the_lower_of_both_ladders() -> None:
    traces = {("patient", "up"): ticks((0, "V3"), (5, "A1")), ("physician", "down"): ticks((0, "V3"), (10, "T"))}
    found = judged(record("p"), record("d"), traces=traces)
    assert found.carried("patient", "physician") == ((0, "V3"), (5, "A1"), (10, "T"))
    only = Over(to=("physician",))
    assert rungs.falls_to_s("A0", 4, only)(found) == pytest.approx(6)
    assert rungs.fits_s(60_000, 4, only)(found) == pytest.approx(1)
    assert rungs.share_at_least("V1", only)(found) == pytest.approx(0.25, abs=0.01)
    assert rungs.reaches_s("V3", 12, only)(found) is None
    assert rungs.changes_per_minute()(found) == pytest.approx(3)


def test_without_traces_the_pages_tell_the_levels() -> None:
    told = [
        {"at": at, "message": {"type": "quality", "seat": "p", "up_level": level, "down_level": "V3"}}
        for at, level in ((2.0, "V3"), (4.0, "V1"), (6.0, "V1"))
    ]
    found = judged(record("p"), record("d", told=told))
    assert found.levels("patient", "up") == ((2.0, "V3"), (4.0, "V1"))


def test_concealment_is_what_was_made_up_in_that_time() -> None:
    stats = [
        {"at": at, "type": "inbound-rtp", "kind": "audio", "connection": 0, "id": "a", "totalSamplesReceived": total,
         "concealedSamples": concealed, "silentConcealedSamples": silent}
        for at, total, concealed, silent in ((1.0, 1000, 500, 0), (2.0, 2000, 500, 0), (12.0, 12_000, 1500, 600))
    ]  # fmt: skip
    found = judged(record("p", stats=stats), record("d"))
    assert sound.concealed_share(Over(1.5))(found) == pytest.approx(0.04)


def test_messages_are_counted_where_they_should_show_up() -> None:
    sent = (Sent("patient", "one", 5.0), Sent("patient", "two", 9.0), Sent("physician", "three", 10.0))
    chat = [{"at": 6.0, "text": "one"}, {"at": 11.5, "text": "two"}, {"at": 12.0, "text": "two"}]
    found = judged(record("p"), record("d", chat=chat), sent=sent)
    assert words.messages_lost(found) == 1
    assert words.messages_doubled(found) == 1
    assert words.slowest_message_s()(found) == pytest.approx(2.5)
    assert words.slowest_message_s(Over(0, 8))(found) == pytest.approx(1.0)


def test_a_page_that_says_something_new_is_noticed() -> None:
    looks = [
        {"at": at, "state": "in-call", "rung": rung, "status": "", "remotes": {"p": "live"}}
        for at, rung in ((1.0, "video"), (7.0, "voice"))
    ]
    found = judged(record("p"), record("d", looks=looks))
    assert words.told_s("physician", 5.0)(found) == pytest.approx(2.0)
    assert words.told_s("physician", 8.0)(found) is None


def test_the_first_picture_is_the_first_that_is_shown_as_live() -> None:
    looks = [{"at": 0.0, "remotes": {"d": "paused"}}, {"at": 3.0, "remotes": {"d": "live"}}]
    frames = {"d": np.array([[1.0, 320, 180], [3.2, 320, 180], [3.4, 320, 180]])}
    found = judged(record("p", looks=looks, frames=frames), record("d"))
    assert video.first_picture_s(Over(to=("patient",)))(found) == pytest.approx(3.2)


def test_levels_that_stay_are_told_once() -> None:
    assert changes([(0, "V3"), (1, "V3"), (2, "A1"), (3, "A1")]) == ((0, "V3"), (2, "A1"))
