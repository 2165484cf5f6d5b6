"""Rooms of two to six, as tables: who sends what, who gets what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adaptation.allocation import Allotment, Flow, Member, Publication, allocate, demands
from adaptation.decision import Decision
from adaptation.rungs import A0, A1, A2, LADDER, V0, V1, V2, V3, T, need_bps, video_payload_bps


def decision(rung: int, capacity_bps: float | None = None, *, shadow: bool = False) -> Decision:
    capacity = need_bps(rung) if capacity_bps is None else capacity_bps
    return Decision(rung, "recovered", False, int(capacity), video_payload_bps(rung, 1e6), 0.0, 0.0, shadow=shadow)


def member(name: str, up: int, down: int, *, ceiling: int = 0, audio: bool = True, video: bool = True,
           speaking: bool = False, capacity_bps: float | None = None, shadow: bool = False) -> Member:  # fmt: skip
    return Member(name, decision(up, shadow=shadow), decision(down, capacity_bps), ceiling, audio, video, speaking)


def shown(allotment: Allotment) -> dict[str, str]:
    """Per (viewer<publisher): "v" picture, "a" sound."""
    return {
        f"{viewer}<{publisher}": ("v" if flow.video else "") + ("a" if flow.audio else "")
        for (viewer, publisher), flow in allotment.flows.items()
    }


@pytest.mark.parametrize(
    ("up", "down", "picture", "sound"),
    [
        (V3, V3, V3, V3),
        (V3, V1, V1, V1),
        (V0, V3, V0, V0),
        (V3, A2, None, A2),
        (A1, V3, None, A1),
        (V2, A0, None, A0),
        (A0, A1, None, A0),
        (T, V3, None, None),
        (V3, T, None, None),
    ],
)
def test_one_to_one_flows_at_the_lower_of_both(up: int, down: int, picture: int | None, sound: int | None) -> None:
    allotment = allocate([member("a", up, V3), member("b", V3, down)])
    publication = allotment.publish["a"]
    assert (publication.video, publication.audio) == (picture, sound)
    assert allotment.flows["b", "a"] == Flow(audio=sound is not None, video=picture is not None)


def test_text_one_way_leaves_the_other_way_alone() -> None:
    allotment = allocate([member("a", T, V1), member("b", V3, V3)])
    assert shown(allotment) == {"a<b": "va", "b<a": ""}


def test_the_rate_is_the_least_of_sender_and_takers() -> None:
    slow = replace(member("b", V3, V1), down=replace(decision(V1), video_bps=61_000))
    assert allocate([member("a", V3, V3), slow]).publish["a"].video_bps == 61_000
    climbing = replace(member("a", V1, V3), up=replace(decision(V1), video_bps=120_000))
    assert allocate([climbing, member("b", V3, V2)]).publish["a"] == Publication(V1, V1, 120_000)


def test_one_on_2g_does_not_lower_the_picture_of_the_others_but_the_sound() -> None:
    room = [member("a", V3, V3), member("b", V3, V3, capacity_bps=1e6), member("c", A1, A1, capacity_bps=40e3)]
    allotment = allocate(room)
    assert allotment.publish["a"] == Publication(V3, A1, 350_000)
    assert shown(allotment) == {"a<b": "va", "a<c": "a", "b<a": "va", "b<c": "a", "c<a": "a", "c<b": "a"}


def test_a_picture_fits_the_weakest_of_those_who_take_one() -> None:
    room = [member("a", V3, V3), member("b", V3, V1), member("c", V3, V3)]
    assert allocate(room).publish["a"].video == V1
    assert allocate(room).flows["b", "a"].video
    assert allocate(room).flows["c", "a"].video


def test_a_second_picture_only_where_it_fits_and_the_speaker_first() -> None:
    def room(capacity_bps: float) -> list[Member]:
        return [
            member("a", V3, V1, capacity_bps=capacity_bps),
            member("b", V3, V3, capacity_bps=1e6),
            member("c", V3, V3, capacity_bps=1e6, speaking=True),
        ]

    assert shown(allocate(room(need_bps(V1, 2, 1))))["a<b"] == "a"
    assert shown(allocate(room(need_bps(V1, 2, 1))))["a<c"] == "va"
    assert shown(allocate(room(need_bps(V1, 2, 2) + 1)))["a<b"] == "va"


@pytest.mark.parametrize(
    ("rung", "capacity_bps", "heard"),
    [(A2, 150e3, "bcd"), (A2, 60e3, "db"), (A2, 30e3, "d"), (A1, 60e3, "bcd"), (A0, 60e3, "d"), (T, 60e3, "")],
)
def test_voices_speakers_first_one_at_the_lowest_rung(rung: int, capacity_bps: float, heard: str) -> None:
    room = [member("a", V3, rung, capacity_bps=capacity_bps)]
    room += [member("b", V1, V1), member("c", V1, V1), member("d", V1, V1, speaking=True)]
    flows = allocate(room).flows
    assert {other for other in "bcd" if flows["a", other].audio} == set(heard)


def test_muted_and_cameraless_send_nothing_of_it() -> None:
    allotment = allocate([member("a", V3, V3, audio=False), member("b", V3, V3, video=False)])
    assert allotment.publish["a"] == Publication(V3, None, 350_000)
    assert allotment.publish["b"] == Publication(None, V3, 0)


def test_a_ceiling_limits_both_ways() -> None:
    allotment = allocate([member("a", V3, V3, ceiling=A2), member("b", V3, V3)])
    assert allotment.publish["a"] == Publication(None, A2, 0)
    assert allotment.publish["b"] == Publication(None, A2, 0)


def test_alone_nobody_sends() -> None:
    allotment = allocate([member("a", V3, V3)])
    assert allotment == Allotment({"a": Publication(None, None, 0)}, {})
    assert allocate([]) == Allotment({}, {})


def test_a_shadow_is_sent_and_shown_to_nobody() -> None:
    allotment = allocate([member("a", A2, V3, shadow=True), member("b", V3, V3)])
    lowest = LADDER[V0].video
    assert lowest is not None
    assert allotment.publish["a"] == Publication(V0, A2, lowest.bitrate_bps, shadow=True)
    assert shown(allotment)["b<a"] == "a"
    cameraless = allocate([member("a", A2, V3, shadow=True, video=False), member("b", V3, V3)])
    assert cameraless.publish["a"] == Publication(None, A2, 0)


@pytest.mark.parametrize(
    ("publication", "level"),
    [
        (Publication(V1, A1, 90_000), V1),
        (Publication(None, A1, 0), A1),
        (Publication(None, V1, 0), A2),
        (Publication(V0, A2, 45_000, shadow=True), A2),
        (Publication(None, None, 0), T),
        (Publication(V2, None, 1), V2),
    ],
)
def test_the_level_that_names_a_publication(publication: Publication, level: int) -> None:
    assert publication.level == level


@pytest.mark.parametrize(
    ("up_a", "down_b", "useful_up", "useful_down"),
    [
        (V1, V1, V1, V2),
        (V1, V2, V2, V2),
        (V3, V3, V3, V3),
        (A2, A2, A2, V0),
        (A2, V0, V0, V0),
        (A1, A1, A2, V0),
        (V0, V3, V3, V1),
        (T, A2, A2, A2),
    ],
)
def test_the_downlink_leads_by_one_rung(up_a: int, down_b: int, useful_up: int, useful_down: int) -> None:
    room = [member("a", up_a, V3), member("b", V3, down_b)]
    asked = demands(room, allocate(room))
    assert asked["a"][0].useful == useful_up
    assert asked["b"][1].useful == useful_down


def test_demands_tell_what_flows() -> None:
    room = [member("a", V1, V3, ceiling=V2), member("b", V3, V3, capacity_bps=1e6), member("c", V0, A1)]
    asked = demands(room, allocate(room))
    assert asked["a"][0].ceiling == asked["a"][1].ceiling == V2
    assert [asked[name][0].carried for name in "abc"] == [V1, V2, V0]
    assert asked["b"][1].carried == V1
    assert (asked["b"][1].voices, asked["b"][1].videos) == (2, 2)
    assert (asked["c"][1].voices, asked["c"][1].videos) == (2, 1)


def test_without_a_camera_voice_is_all_that_is_useful() -> None:
    room = [member("a", V3, V3, video=False), member("b", V3, V3, audio=False, video=False)]
    asked = demands(room, allocate(room))
    assert asked["a"][0].useful == asked["b"][1].useful == A2
    assert asked["a"][1].voices == 1
    assert asked["a"][1].carried == T


def test_three_people_all_see_each_other_on_a_rung_where_two_pictures_fit() -> None:
    room = [member(name, V3, V3) for name in "abc"]
    allotment = allocate(room)
    assert set(shown(allotment).values()) == {"va"}
    assert {publication.video for publication in allotment.publish.values()} == {V1}


def test_where_two_pictures_never_fit_one_is_seen_on_the_own_rung() -> None:
    two_voices = need_bps(A2, 2)
    others = [member("b", V3, A2, speaking=True, capacity_bps=two_voices), member("c", V3, A2, capacity_bps=two_voices)]
    allotment = allocate([member("a", V3, V1), *others])
    assert shown(allotment) == {"a<b": "va", "a<c": "a", "b<a": "a", "b<c": "a", "c<a": "a", "c<b": "a"}
    assert allotment.publish["b"].video == V1


@pytest.mark.parametrize(("rung", "heard"), [(A1, "bc"), (A0, "b"), (T, "")])
def test_two_voices_are_tried_on_a_link_of_which_nothing_is_known(rung: int, heard: str) -> None:
    newcomer = member("a", A1, rung, capacity_bps=20e3)
    room = [replace(newcomer, down=replace(newcomer.down, reason="start")), *[member(name, V3, V3) for name in "bcd"]]
    flows = allocate(room).flows
    assert {other for other in "bcd" if flows["a", other].audio} == set(heard)
