"""docs/resume-rules.md, "A seat and its media session": every cell on the clinic's pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from clinic import commands as c
from clinic import events as e
from clinic.consultation import Consultation, Refusal, Seat, apply, decide
from resume_rules import NOTHING, Cell, cells

START = datetime(2037, 11, 24, 14, 0, tzinfo=UTC)
SEATS = (
    Seat(id="ana", role="patient", name="Ana", consent_sha256="a" * 64, admitted=True),
    Seat(id="paz", role="physician", name="Dr. Paz"),
)
FRESH = Consultation(id="c", starts_at=START, ends_at=START + timedelta(minutes=20), reason="control", seats=SEATS)

IN_CALL: list[e.Event] = [e.Joined(seat="ana", generation=1), e.Joined(seat="ana", generation=2)]
PASTS: dict[str, list[e.Event]] = {
    "waiting": [e.Arrived(seat="ana")],
    "in call": IN_CALL,
    "path lost": [*IN_CALL, e.PathLost(seat="ana")],
    "away": [*IN_CALL, e.Left(seat="ana", reason="closed")],
    "ended": [*IN_CALL, e.Ended(by="paz", reason="completed")],
}
AT_CLOSING = {"the clock looks, at closing", "the page sends chat, at closing"}
COMMANDS: dict[str, c.Command] = {
    "a page offers media": c.Join("1", "ana"),
    "the node hears nothing more of generation 2": c.ReportPathLost("1", "ana", 2),
    "the node hears nothing more of generation 1": c.ReportPathLost("1", "ana", 1),
    "the node hears generation 2 again": c.ReportPathBack("1", "ana", 2),
    "the node hears generation 1 again": c.ReportPathBack("1", "ana", 1),
    "the ladder of generation 2 moves": c.ReportLevel("1", "ana", 2, "up", "A1", "congested"),
    "the ladder of generation 1 moves": c.ReportLevel("1", "ana", 1, "up", "A1", "congested"),
    "neither page nor media of generation 2": c.ReportGone("1", "ana", 2),
    "neither page nor media of generation 1": c.ReportGone("1", "ana", 1),
    "the page hangs up": c.Leave("1", "ana"),
    "the page sends chat": c.SendChat("1", "ana", "hola"),
    "the physician saves the note": c.SaveNote("1", "paz", "tensión alta", ""),
    "the physician ends": c.End("1", "paz", "completed"),
    "the clock looks, a second before closing": c.Expire("1"),
    "the clock looks, at closing": c.Expire("1"),
    "the page sends chat, at closing": c.SendChat("1", "ana", "hola"),
}
TABLE = cells("A seat and its media session")


def standing(state: Consultation) -> str:
    """The patient's seat in the table's words."""
    seat = state.seats[0]
    if state.status == "ended":
        return "ended"
    if seat.present:
        return "path lost" if seat.path_lost else "in call"
    return "waiting" if seat.arrived else "away"


@pytest.mark.parametrize("cell", TABLE, ids=str)
def test_cell(cell: Cell) -> None:
    before = reduce(apply, PASTS[cell.state], FRESH)
    closing = before.closes_at
    now = closing if cell.event in AT_CLOSING else closing - timedelta(seconds=1)
    decision = decide(before, COMMANDS[cell.event], now)
    assert standing(before) == cell.state
    assert told(before, decision) == cell.outcome


def told(before: Consultation, decision: tuple[e.Event, ...] | Refusal) -> str:
    if isinstance(decision, Refusal):
        return f"refused: {decision.code}"
    if not decision:
        return NOTHING
    assert all(event.generation == before.seats[0].generation + 1 for event in decision if isinstance(event, e.Joined))
    return f"{' '.join(event.type for event in decision)} → {standing(reduce(apply, decision, before))}"


def test_table_is_whole() -> None:
    assert {cell.event for cell in TABLE} == set(COMMANDS)
    assert {cell.state for cell in TABLE} == set(PASTS)


def test_each_state_but_the_end_leads_back_into_the_call() -> None:
    offers = {cell.state: cell.outcome for cell in TABLE if cell.event == "a page offers media"}
    assert {state for state, outcome in offers.items() if outcome != "joined → in call"} == {"ended"}


def test_only_the_physician_and_the_clock_end() -> None:
    enders = {cell.event for cell in TABLE if cell.outcome == "ended → ended"}
    assert enders == {"the physician ends", "the clock looks, at closing"}
