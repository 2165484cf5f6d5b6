"""The rules of a consultation as a table, and as what must hold after any sequence of commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clinic import commands as c
from clinic import events as e
from clinic.consultation import Consultation, Refusal, Seat, apply, decide

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SHA = "a" * 64
SEATS = (
    Seat(id="ana", role="patient", name="Ana"),
    Seat(id="luz", role="companion", name="Luz"),
    Seat(id="paz", role="physician", name="Dr. Paz"),
)
FRESH = Consultation(id="c", starts_at=NOW, ends_at=NOW + timedelta(minutes=20), reason="control", seats=SEATS)
CONSENTED = e.Consented(seat="ana", text_version="1", text_sha256=SHA, lang="es")
ADMITTED = e.Admitted(seat="ana", by="paz")
JOINED = e.Joined(seat="ana", generation=1)
ENDED = e.Ended(by="paz", reason="completed")
TOMORROW = (NOW + timedelta(days=1), NOW + timedelta(days=1, minutes=20))

IN_CALL = [CONSENTED, ADMITTED, JOINED]
ON_VOICE = e.LevelChanged(seat="ana", direction="down", level="A2", reason="congested")
NO_VIDEO = e.PreferenceChanged(seat="ana", hold="voice", save_data=False)

REPORTS = [c.ReportPathLost, c.ReportPathBack, c.ReportGone]

INVITED = e.Invited(seat="eva", language="wba")
FULL = [e.Invited(seat=f"g{n}") for n in range(3)]
HERE = e.Joined(seat="paz", generation=1)
HANDED = e.HandedOver(seat="gil", giver="paz", stays=False)
STAYS = e.HandedOver(seat="gil", giver="paz", stays=True)
GIVER_LEFT = e.Left(seat="paz", reason="hung-up")

TABLE = [
    ("arrive before consent", [], c.Arrive("1", "ana"), "consent-required"),
    ("companion arrives before consent", [], c.Arrive("1", "luz"), "consent-required"),
    ("consent", [], c.Consent("1", "ana", "1", SHA, "es"), ["consented"]),
    ("consent to the same text again", [CONSENTED], c.Consent("1", "ana", "1", SHA, "es"), []),
    ("consent to a newer text", [CONSENTED], c.Consent("1", "ana", "2", "b" * 64, "es"), ["consented"]),
    ("arrive", [CONSENTED], c.Arrive("1", "ana"), ["arrived"]),
    ("arrive twice", [CONSENTED, e.Arrived(seat="ana")], c.Arrive("1", "ana"), []),
    ("patient admits itself", [CONSENTED], c.Admit("1", "ana", "ana"), "not-allowed"),
    ("admit without consent", [], c.Admit("1", "paz", "ana"), "consent-required"),
    ("admit nobody", [], c.Admit("1", "paz", "eva"), "unknown-seat"),
    ("admit", [CONSENTED], c.Admit("1", "paz", "ana"), ["admitted"]),
    ("admit twice", [CONSENTED, ADMITTED], c.Admit("1", "paz", "ana"), []),
    ("join before consent", [], c.Join("1", "ana"), "consent-required"),
    ("join before admission", [CONSENTED], c.Join("1", "ana"), "not-admitted"),
    ("join", [CONSENTED, ADMITTED], c.Join("1", "ana"), ["joined"]),
    ("physician joins always", [], c.Join("1", "paz"), ["joined"]),
    ("chat before consent", [], c.SendChat("1", "ana", "hola"), "consent-required"),
    ("chat while waiting", [CONSENTED], c.SendChat("1", "ana", "hola"), ["chat"]),
    ("same switches", [], c.SetMedia("1", "ana", True, True), []),
    ("camera off", [], c.SetMedia("1", "ana", True, False, "denied"), ["media_changed"]),
    ("leave without being there", [], c.Leave("1", "ana"), []),
    ("leave", [CONSENTED, ADMITTED, JOINED], c.Leave("1", "ana"), ["left"]),
    ("path lost", [CONSENTED, ADMITTED, JOINED], c.ReportPathLost("1", "ana", 1), ["path_lost"]),
    ("path of an older session lost", [CONSENTED, ADMITTED, JOINED], c.ReportPathLost("1", "ana", 0), []),
    ("path back without loss", [CONSENTED, ADMITTED, JOINED], c.ReportPathBack("1", "ana", 1), []),
    ("gone", [CONSENTED, ADMITTED, JOINED], c.ReportGone("1", "ana", 1), ["left"]),
    ("gone while waiting keeps the place", [CONSENTED, e.Arrived(seat="ana")], c.ReportGone("1", "ana", 0), []),
    ("level moved", IN_CALL, c.ReportLevel("1", "ana", 1, "down", "A2", "congested"), ["level_changed"]),
    ("level as it is", [*IN_CALL, ON_VOICE], c.ReportLevel("1", "ana", 1, "down", "A2", "lossy"), []),
    ("same level the other way", [*IN_CALL, ON_VOICE], c.ReportLevel("1", "ana", 1, "up", "A2", "lossy"),
     ["level_changed"]),
    ("level of an older session", IN_CALL, c.ReportLevel("1", "ana", 0, "down", "A2", "lossy"), []),
    ("level of who is not there", [CONSENTED, ADMITTED], c.ReportLevel("1", "ana", 0, "up", "A2", "lossy"), []),
    ("wish", [], c.SetPreference("1", "ana", "voice", False), ["preference_changed"]),
    ("wish as it is", [NO_VIDEO], c.SetPreference("1", "ana", "voice", False), []),
    ("wish to save data", [NO_VIDEO], c.SetPreference("1", "ana", "voice", True), ["preference_changed"]),
    ("wish after the end", [ENDED], c.SetPreference("1", "ana", "voice", True), "ended"),
    ("patient ends", [CONSENTED, ADMITTED], c.End("1", "ana", "completed"), "not-allowed"),
    ("physician ends", [], c.End("1", "paz", "completed"), ["ended"]),
    ("chat after the end", [ENDED], c.SendChat("1", "paz", "hola"), "ended"),
    ("end after the end", [ENDED], c.End("1", "paz", "completed"), "ended"),
    ("stranger", [], c.SendChat("1", "eva", "hola"), "unknown-seat"),
    ("invite", [], c.Invite("1", "eva", "wba"), ["invited"]),
    ("invite into the same seat", [INVITED], c.Invite("1", "eva"), []),
    ("invite a seventh", FULL, c.Invite("1", "eva"), "full"),
    ("invite where one was sent away", [*FULL, e.Revoked(seat="luz")], c.Invite("1", "eva"), ["invited"]),
    ("invite after the end", [ENDED], c.Invite("1", "eva"), "ended"),
    ("guest before consent", [INVITED], c.Arrive("1", "eva"), "consent-required"),
    ("take a guest's seat back", [INVITED], c.Revoke("1", "eva"), ["revoked"]),
    ("take it back twice", [INVITED, e.Revoked(seat="eva")], c.Revoke("1", "eva"), []),
    ("take the patient's seat back", [], c.Revoke("1", "ana"), "unknown-seat"),
    ("guest who was sent away", [INVITED, e.Revoked(seat="eva")], c.SendChat("1", "eva", "hola"), "unknown-seat"),
    ("admit a guest who was sent away", [e.Revoked(seat="luz")], c.Admit("1", "paz", "luz"), "unknown-seat"),
    ("hand over", [], c.HandOver("1", "paz", "gil"), ["handed_over"]),
    ("hand over to the same seat", [HANDED], c.HandOver("1", "paz", "gil"), []),
    ("hand over what is another's", [HANDED], c.HandOver("1", "paz", "eva"), "unknown-seat"),
    ("hand over as a patient", [], c.HandOver("1", "ana", "gil"), "unknown-seat"),
    ("hand over twice from the call", [HERE, STAYS], c.HandOver("1", "paz", "eva"), "not-allowed"),
    ("hand over in a full call", [*FULL, HERE], c.HandOver("1", "paz", "gil"), "full"),
    ("hand over a full visit from outside", FULL, c.HandOver("1", "paz", "gil"), ["handed_over"]),
    ("giver after handing over", [HANDED], c.SendChat("1", "paz", "hola"), "unknown-seat"),
    ("giver who stays speaks", [HERE, STAYS], c.SendChat("1", "paz", "hola"), ["chat"]),
    ("giver who stays ends", [HERE, STAYS], c.End("1", "paz", "completed"), "not-allowed"),
    ("taker admits", [CONSENTED, HANDED], c.Admit("1", "gil", "ana"), ["admitted"]),
    ("taker ends", [HERE, STAYS], c.End("1", "gil", "completed"), ["ended"]),
    ("giver who left comes back", [HERE, STAYS, GIVER_LEFT], c.Join("1", "paz"), "unknown-seat"),
    ("clock too early", [], c.Expire("1"), []),
    ("reschedule", [], c.Reschedule("1", *TOMORROW), ["rescheduled"]),
    ("reschedule to the same times", [], c.Reschedule("1", FRESH.starts_at, FRESH.ends_at), []),
    ("reschedule after the end", [ENDED], c.Reschedule("1", *TOMORROW), "ended"),
    ("cancel", [], c.Cancel("1"), ["ended"]),
    ("cancel after the end", [ENDED], c.Cancel("1"), "ended"),
]  # fmt: skip


@pytest.mark.parametrize(("past", "command", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_rule(past: list[e.Event], command: c.Command, expected: str | list[str]) -> None:
    decision = decide(reduce(apply, past, FRESH), command, NOW)
    if isinstance(decision, Refusal):
        assert decision.code == expected
    else:
        assert [event.type for event in decision] == expected


def test_patient_before_the_doors_open() -> None:
    early = NOW - timedelta(hours=2)
    state = reduce(apply, [CONSENTED, ADMITTED], FRESH)
    assert decide(state, c.Arrive("1", "ana"), early) == Refusal("not-open")
    assert decide(state, c.Join("1", "ana"), early) == Refusal("not-open")
    assert decide(state, c.Join("1", "paz"), early) == (e.Joined(seat="paz", generation=1),)


def test_clock_ends_an_hour_after_the_planned_end() -> None:
    late = NOW + timedelta(minutes=80)
    assert decide(FRESH, c.SendChat("1", "paz", "hola"), late) == Refusal("ended")
    assert decide(FRESH, c.Expire("1"), late) == (e.Ended(by="clock", reason="expired"),)


def test_rescheduled_consultation_opens_and_closes_at_its_new_times() -> None:
    facts = decide(FRESH, c.Reschedule("1", *TOMORROW), NOW)
    assert isinstance(facts, tuple)
    moved = reduce(apply, [CONSENTED, *facts], FRESH)
    assert (moved.starts_at, moved.ends_at) == TOMORROW
    assert decide(moved, c.Arrive("1", "ana"), NOW) == Refusal("not-open")
    assert decide(moved, c.Expire("1"), NOW + timedelta(minutes=80)) == ()


def test_return_after_hang_up_needs_no_second_admission() -> None:
    state = reduce(apply, [CONSENTED, ADMITTED, JOINED, e.Left(seat="ana", reason="hung-up")], FRESH)
    assert decide(state, c.Join("1", "ana"), NOW) == (e.Joined(seat="ana", generation=2),)


def test_levels_begin_anew_with_each_media_session() -> None:
    state = reduce(apply, [*IN_CALL, ON_VOICE], FRESH)
    assert [seat.down_level for seat in state.seats] == ["A2", "V3", "V3"]
    again = reduce(apply, [e.Joined(seat="ana", generation=2)], state).seats[0]
    assert (again.up_level, again.down_level, again.level_reason) == ("V3", "V3", "start")


class ConsultationMachine(RuleBasedStateMachine):
    """Any commands from anybody, in any order."""

    seats = st.sampled_from(["ana", "luz", "paz", "eva"])

    def __init__(self) -> None:
        super().__init__()
        self.state = FRESH
        self.history: list[e.Event] = []

    def do(self, command: c.Command) -> None:
        decision = decide(self.state, command, NOW)
        if isinstance(decision, Refusal):
            return
        before = self.state
        self.history += decision
        self.state = reduce(apply, decision, before)
        assert not (before.status == "ended" and decision), "something happened after the end"

    @rule(seat=seats, sha=st.sampled_from([SHA, "b" * 64]))
    def consent(self, seat: str, sha: str) -> None:
        self.do(c.Consent("1", seat, "1", sha, "es"))

    @rule(seat=seats, make=st.sampled_from([c.Arrive, c.Join, c.Leave]))
    def move(self, seat: str, make: type[c.Arrive | c.Join | c.Leave]) -> None:
        self.do(make("1", seat))

    @rule(seat=seats, whom=seats)
    def admit(self, seat: str, whom: str) -> None:
        self.do(c.Admit("1", seat, whom))

    @rule(seat=seats, generation=st.integers(0, 3), make=st.sampled_from(REPORTS))
    def path(self, seat: str, generation: int, make: type[c.ReportPathLost | c.ReportPathBack | c.ReportGone]) -> None:
        self.do(make("1", seat, generation))

    @rule(seat=seats, generation=st.integers(0, 3), up=st.booleans(), level=st.sampled_from(["V3", "A1", "T"]))
    def level(self, seat: str, generation: int, up: bool, level: e.Level) -> None:
        self.do(c.ReportLevel("1", seat, generation, "up" if up else "down", level, "congested"))

    @rule(seat=seats, hold=st.sampled_from(["video", "voice", "text"]), save_data=st.booleans())
    def wish(self, seat: str, hold: e.Hold, save_data: bool) -> None:
        self.do(c.SetPreference("1", seat, hold, save_data))

    @rule(seat=seats)
    def chat(self, seat: str) -> None:
        self.do(c.SendChat("1", seat, "hola"))

    @rule(seat=seats)
    def end(self, seat: str) -> None:
        self.do(c.End("1", seat, "completed"))

    @invariant()
    def nobody_enters_without_consent_and_admission(self) -> None:
        for seat in self.state.seats:
            inside = seat.present or seat.arrived or seat.admitted
            assert not inside or seat.may_enter
            assert not seat.present or seat.admitted or seat.is_physician

    @invariant()
    def only_the_present_lose_a_path(self) -> None:
        assert all(seat.present or not seat.path_lost for seat in self.state.seats)

    @invariant()
    def nothing_is_told_twice(self) -> None:
        told = [event for event in self.history if isinstance(event, e.LevelChanged | e.PreferenceChanged | e.Joined)]
        for seat in self.state.seats:
            mine = [event for event in told if event.seat == seat.id]
            for kind in ("up", "down", None):
                same = [
                    event for event in mine if isinstance(event, e.Joined) or getattr(event, "direction", None) == kind
                ]
                assert all(first != then for first, then in pairwise(same))

    @invariant()
    def the_timeline_tells_the_state(self) -> None:
        assert reduce(apply, self.history, FRESH) == self.state

    @invariant()
    def generations_grow(self) -> None:
        for seat in self.state.seats:
            joins = [
                event.generation for event in self.history if isinstance(event, e.Joined) and event.seat == seat.id
            ]
            assert joins == list(range(1, len(joins) + 1))


TestConsultationMachine = ConsultationMachine.TestCase
TestConsultationMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
