"""Whole calls in simulated time: everybody's directions and the allotment between them."""

from __future__ import annotations

from adaptation.rungs import A1, A2, V0, V1, V3
from tests.adaptation.call import Call, Place
from tests.adaptation.link import Link, Loss, steps
from tests.adaptation.stories import constant


def clinic(ceiling: int = 0, *, camera: bool = True) -> Place:
    return Place(Link(constant(20e6), 0.01), Link(constant(20e6), 0.01), V1, ceiling, camera)


def broadband() -> Place:
    loss = Loss(0.005)
    return Place(Link(constant(4e6), 0.03, loss=loss), Link(constant(4e6), 0.03, loss=loss), V1)


def gsm() -> Place:
    loss = Loss(0.03)
    return Place(Link(constant(35e3), 0.3, 0.5, loss), Link(constant(50e3), 0.3, 0.5, loss), A1)


def test_broadband_shows_both_at_the_top_within_9_s() -> None:
    call = Call({"physician": clinic(), "patient": broadband()}).run(12)
    assert call.picture("patient", "physician", 9) == V3
    assert call.picture("physician", "patient", 9) == V3
    assert call.picture("patient", "physician", 0.2) == V1


def test_two_on_good_links_keep_their_video_while_a_third_is_on_2g() -> None:
    call = Call({"physician": clinic(), "patient": broadband(), "companion": gsm()}).run(40)
    assert call.picture("physician", "patient", 15) == V3
    assert call.picture("patient", "physician", 15) == V3
    assert call.picture("physician", "patient", 39) == V3
    assert all(call.picture("companion", other, 39) is None for other in ("physician", "patient"))
    assert all(call.hears("companion", other, 30) for other in ("physician", "patient"))
    assert call.hears("physician", "companion", 39)


def test_a_dying_uplink_leaves_the_downlink_alone() -> None:
    dying = steps((0, 600e3), (15, 0), (35, 600e3))
    patient = Place(Link(dying, 0.05), Link(constant(600e3), 0.05), V1)
    call = Call({"physician": clinic(), "patient": patient}).run(60)
    assert call.picture("patient", "physician", 30) == V1
    assert call.hears("patient", "physician", 30)
    assert not call.hears("physician", "patient", 30)
    assert call.hears("physician", "patient", 36)
    picture = call.picture("physician", "patient", 50)
    assert picture is not None
    assert picture <= V0


def test_both_ways_at_600_to_60_and_back() -> None:
    rate = steps((0, 600e3), (20, 60e3), (50, 600e3))
    patient = Place(Link(rate, 0.03, 0.5), Link(rate, 0.03, 0.5), V1)
    call = Call({"physician": clinic(), "patient": patient}).run(100)
    for viewer, publisher in (("physician", "patient"), ("patient", "physician")):
        assert call.picture(viewer, publisher, 19) == V3
        assert call.picture(viewer, publisher, 22) is None
        assert call.hears(viewer, publisher, 22)
        assert call.picture(viewer, publisher, 95) == V3


def test_saved_data_means_voice_and_no_trials() -> None:
    saver = Place(Link(constant(4e6), 0.03), Link(constant(4e6), 0.03), V1, ceiling=A2)
    call = Call({"physician": clinic(), "patient": saver}).run(20)
    assert call.picture("patient", "physician", 19) is None
    assert call.hears("patient", "physician", 19)
    decisions = [d for world in (call.ups["patient"], call.downs["patient"]) for _, d in world.log.decisions[1:]]
    assert all(d.padding_bps == 0 and not d.shadow for d in decisions)
    assert all(d.rung >= A2 for d in decisions)


def test_without_cameras_nothing_is_tried_for_pictures() -> None:
    places = {"physician": clinic(camera=False), "patient": Place(*[Link(constant(4e6), 0.03)] * 2, A2, camera=False)}
    call = Call(places).run(20)
    decisions = [d for _, d in call.downs["patient"].log.decisions]
    assert all(d.padding_bps == 0 for d in decisions)
    assert not any(d.shadow for _, d in call.ups["patient"].log.decisions)
