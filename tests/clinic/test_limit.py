"""Whose wish limits whom: a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clinic.consultation import Consultation, Seat
from clinic.events import Hold
from clinic.limit import Limit, limit_of

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def consultation(ana: Hold, luz: Hold, paz: Hold, saves: str = "") -> Consultation:
    seats = (
        Seat(id="ana", role="patient", name="Ana", hold=ana, save_data=saves == "ana"),
        Seat(id="luz", role="companion", name="Luz", hold=luz, save_data=saves == "luz"),
        Seat(id="paz", role="physician", name="Dr. Paz", hold=paz, save_data=saves == "paz"),
    )
    return Consultation(id="c", starts_at=AT, ends_at=AT, reason="", seats=seats)


@pytest.mark.parametrize(
    ("wishes", "allowed"),
    [
        (("video", "video", "video"), ("video", "video", "video")),
        (("voice", "video", "video"), ("voice", "video", "video")),
        (("voice", "text", "video"), ("voice", "text", "video")),
        (("video", "video", "voice"), ("voice", "voice", "voice")),
        (("text", "video", "voice"), ("text", "voice", "voice")),
        (("voice", "video", "text"), ("text", "text", "text")),
    ],
)
def test_hold(wishes: tuple[Hold, Hold, Hold], allowed: tuple[Hold, Hold, Hold]) -> None:
    state = consultation(*wishes)
    assert tuple(limit_of(state, seat).hold for seat in state.seats) == allowed


@pytest.mark.parametrize("who", ["ana", "luz", "paz"])
def test_who_saves_data_saves_only_the_own(who: str) -> None:
    state = consultation("video", "video", "video", saves=who)
    assert [limit_of(state, seat) for seat in state.seats] == [Limit("video", seat.id == who) for seat in state.seats]
