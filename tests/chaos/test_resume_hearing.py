"""The watch itself: when sound counts as back, and which holes are told."""

from __future__ import annotations

import pytest

from chaos.resume.diary import Sound
from chaos.resume.hearing import back_s, longest_hole_s

TICK_S = 0.05


def told(*spans: tuple[float, float, float]) -> list[Sound]:
    """Entries every 50 ms over spans of (from, to, loudness); loudness 0 is made-up sound."""
    return [
        Sound(from_s + TICK_S * (index + 1), TICK_S if loudness else 0.0, loudness)
        for from_s, to_s, loudness in spans
        for index in range(round((to_s - from_s) / TICK_S))
    ]


@pytest.mark.parametrize(
    ("spans", "back"),
    [
        ([(0, 10, 0.2)], 0.0),
        ([(0, 5, 0.2), (5, 6.5, 0), (6.5, 10, 0.2)], 1.5),
        ([(0, 5.05, 0.2), (5.05, 6.5, 0), (6.5, 10, 0.2)], 1.5),
        ([(0, 5, 0.2), (5, 6, 0), (6, 6.5, 0.2), (6.5, 7.5, 0), (7.5, 10, 0.2)], 2.5),
        ([(0, 5, 0.2), (5, 6, 0), (6, 7, 0.2), (7, 7.15, 0), (7.15, 10, 0.2)], 1.0),
        ([(0, 5, 0.2), (6, 10, 0.2)], 1.0),
        ([(0, 5, 0.2), (5, 6, 0.01), (6, 10, 0.2)], 1.0),
        ([(0, 5, 0.2), (5, 9, 0), (9, 10, 0.2)], None),
        ([(0, 5, 0.2)], None),
    ],
    ids=["never left", "left", "left a little later", "a false start", "a short hole", "page loading", "faint",
         "not long enough", "page gone"],
)  # fmt: skip
def test_back(spans: list[tuple[float, float, float]], back: float | None) -> None:
    assert back_s(told(*spans), since_s=5.0) == pytest.approx(back)


@pytest.mark.parametrize(
    ("spans", "hole"),
    [
        ([(0, 10, 0.2)], 0.0),
        ([(0, 5, 0.2), (5, 5.3, 0), (5.3, 10, 0.2)], 0.3),
        ([(0, 5, 0.2), (5, 5.3, 0), (5.3, 7, 0.2), (7, 7.5, 0), (7.5, 10, 0.2)], 0.5),
        ([(0, 3, 0.2), (3, 10, 0)], 4.0),
        ([(0, 3, 0)], 4.0),
        ([(0, 3, 0.2), (3, 4.5, 0), (4.5, 10, 0.2)], 0.5),
    ],
    ids=["none", "one", "the longer", "to the end", "all", "from before"],
)
def test_longest_hole(spans: list[tuple[float, float, float]], hole: float) -> None:
    assert longest_hole_s(told(*spans), 4.0, 8.0) == pytest.approx(hole, abs=1e-6)
