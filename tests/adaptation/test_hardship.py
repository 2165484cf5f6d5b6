"""When even voice is given up; a queue alone or a page's word alone never are enough."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.hardship import Hardship
from adaptation.rungs import A0, A1, V0, V1, T
from tests.adaptation.estimates import report, seen

STARVED = {"queue_s": 0.5, "received_bps": 12_000.0}


def reasons(ticks: int, flowing: int = A1, **changes: Any) -> list[str | None]:
    hardship = Hardship()
    return [hardship.step(seen(**changes), flowing, 0.1) for _ in range(ticks)]


@pytest.mark.parametrize(
    ("ticks", "flowing", "changes", "reason"),
    [
        (21, A1, {}, None),
        (23, A1, {}, "congested"),
        (99, V0, {}, None),
        (99, T, {}, None),
        (99, A1, {"queue_s": 0.3}, None),
        (99, A1, {"received_bps": 13_400.0}, None),
        (26, A1, {"received_bps": 13_300.0}, "congested"),
        (99, A1, {"rise_s": -0.06}, None),
    ],
)
def test_starving(ticks: int, flowing: int, changes: dict[str, Any], reason: str | None) -> None:
    told = reasons(ticks, flowing, **(STARVED | changes))
    assert (reason in told) if reason else set(told) == {None}


def test_starving_is_forgotten_twice_as_fast() -> None:
    hardship = Hardship()
    for _ in range(17):
        hardship.step(seen(**STARVED), A1, 0.1)
    for _ in range(5):
        hardship.step(seen(), A1, 0.1)
    told = [hardship.step(seen(**STARVED), A1, 0.1) for _ in range(17)]
    assert [reason for reason in told if reason] == ["congested"]
    assert told.index("congested") >= 14


@pytest.mark.parametrize(
    ("ticks", "flowing", "loss_4s", "reason"),
    [(58, A0, 0.7, None), (62, A0, 0.7, "lossy"), (99, A0, 0.6, None), (99, A1, 0.7, None)],
)
def test_most_is_lost_on_the_lowest_voice(ticks: int, flowing: int, loss_4s: float, reason: str | None) -> None:
    told = reasons(ticks, flowing, loss_4s=loss_4s)
    assert (reason in told) if reason else set(told) == {None}


@pytest.mark.parametrize(
    ("concealed_ms", "changes", "given_up"),
    [
        (400, {"loss_20s": 0.2}, True),
        (400, {"queue_s": 0.25}, True),
        (400, {}, False),
        (400, {"loss_20s": 0.1, "queue_s": 0.2}, False),
        (350, {"loss_20s": 0.2}, False),
    ],
)
@pytest.mark.parametrize("flowing", [V1, A1])
def test_concealed_sound(concealed_ms: int, changes: dict[str, Any], given_up: bool, flowing: int) -> None:
    told = reasons(6, flowing, report=report(concealed_ms=concealed_ms), **changes)
    assert told == [None] * 5 + (["lossy"] if given_up else [None])


def test_one_good_report_starts_counting_anew() -> None:
    hardship = Hardship()
    bad = seen(report=report(concealed_ms=900), loss_20s=0.3)
    for _ in range(5):
        hardship.step(bad, A1, 0.1)
    hardship.step(seen(report=report(), loss_20s=0.3), A1, 0.1)
    assert hardship.step(bad, A1, 0.1) is None
    assert hardship.step(seen(report=report(played_ms=0, concealed_ms=0), loss_20s=0.3), A1, 0.1) is None


def test_text_forgets_all() -> None:
    hardship = Hardship()
    for _ in range(21):
        hardship.step(seen(**STARVED), A1, 0.1)
    hardship.step(seen(**STARVED), T, 0.1)
    assert [hardship.step(seen(**STARVED), A1, 0.1) for _ in range(20)] == [None] * 20
