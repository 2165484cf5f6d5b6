"""Whether a visit was seen, heard or only read, as its timeline tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic import events as e
from clinic.consultation import Consultation, Seat
from clinic.record.held import ENOUGH_MS, visit
from clinic.records import Stored

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SEATS = (Seat("p", "patient", "Ana"), Seat("d", "physician", "Luz"), Seat("c", "companion", "Eva"))
PLANNED = Consultation("c1", NOW, NOW + timedelta(minutes=20), "", SEATS, status="ended")
BOTH = [(0, e.Joined(seat="p", generation=1)), (0, e.Joined(seat="d", generation=1))]
END = (60_000, e.Ended(by="d", reason="completed"))


def level(seat: str, direction: str, rung: str) -> e.LevelChanged:
    return e.LevelChanged(seat=seat, direction=direction, level=rung, reason="congested")  # type: ignore[arg-type]


def told(*facts: tuple[int, e.Event]) -> list[Stored]:
    return [Stored(f"{at}-{n}", at, fact) for n, (at, fact) in enumerate(facts)]


def chat(seat: str) -> e.Chat:
    return e.Chat(seat=seat, text="Buenas", command_id="1")


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ([*BOTH, END], "video"),
        ([*BOTH, (1000, level("p", "up", "A1")), END], "voice"),
        ([*BOTH, (1000, level("d", "down", "A1")), END], "voice"),
        ([*BOTH, (1000, level("d", "up", "A1")), END], "video"),
        ([*BOTH, (1000, level("p", "up", "T")), END], "text"),
        ([*BOTH, (1000, e.MediaChanged(seat="p", audio=True, video=False)), END], "voice"),
        ([*BOTH, (1000, e.MediaChanged(seat="p", audio=False, video=False)), END], "text"),
        ([*BOTH, (1000, e.PathLost(seat="p")), END], None),
        ([*BOTH, (ENOUGH_MS, level("p", "up", "A1")), END], "video"),
        ([(0, e.Joined(seat="c", generation=1)), (0, e.Joined(seat="d", generation=1)), END], None),
        ([BOTH[0], END], None),
        ([(0, chat("p")), END], "text"),
        ([(0, chat("d")), END], None),
        ([], None),
    ],
)
def test_a_visit_was_held_by_the_best_that_lasted(facts: list[tuple[int, e.Event]], held: str | None) -> None:
    assert visit(PLANNED, told(*facts)).held == held


def test_times_are_added_up() -> None:
    found = visit(PLANNED, told(*BOTH, (20_000, level("p", "up", "A1")), (50_000, level("p", "up", "T")), END))
    assert (found.video_ms, found.voice_ms, found.text_ms) == (20_000, 30_000, 10_000)
