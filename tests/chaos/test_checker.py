"""The checker on histories written by hand: a good one, and one broken promise at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.check_words import for_all
from chaos.history import Answered, Entry, Happened, Held, History, Mixed, Reading, Said, Silence, Stalled, TurnedAway
from chaos.verdict import verdict

ROOM, ANA, LUIS = "room", "physician", "patient"


def chat(number: int, seat: str = LUIS, device: str = "phone", at_s: float | None = None) -> Said:
    return Said(at_s or float(number), ROOM, seat, device, number, f"{device}-{number}", "chat", f"word {number}")


def note(number: int) -> Said:
    return Said(float(number), ROOM, ANA, "desk", number, f"desk-{number}", "save_note", f"note {number}")


def entry(number: int, said: Said) -> Entry:
    kind = {"chat": "chat", "save_note": "note_saved"}[said.kind]
    return Entry(f"{number}-0", kind, said.seat, said.id, said.value)


def history(*said: Said, acks: bool = True, entries: tuple[Entry, ...] | None = None, note_id: str = "") -> History:
    """Everything was said, acknowledged at once and stands there, but for what a test changes."""
    there = tuple(entry(index, command) for index, command in enumerate(said)) if entries is None else entries
    made = History(said=list(said), answered=[Answered(s.at_s + 0.1, s.id, "ack") for s in said] if acks else [])
    made.readings = [
        Reading(ROOM, "", "store", there),
        Reading(ROOM, ANA, "fresh", for_all(there), "in-progress", note_id),
        Reading(ROOM, LUIS, "fresh", for_all(there), "in-progress"),
    ]
    return made


def broken(made: History) -> set[str]:
    return {violation.promise for violation in verdict(made)}


ONE, TWO, THREE = chat(1), chat(2), chat(3)


def test_a_good_run_breaks_nothing() -> None:
    made = history(ONE, note(2), TWO, note(3), note_id="desk-3")
    assert verdict(made) == []


def test_a_lost_command_is_found() -> None:
    assert broken(history(ONE, TWO, entries=(entry(1, ONE),))) == {"lost"}


def test_a_doubled_command_is_found() -> None:
    assert broken(history(ONE, entries=(entry(1, ONE), entry(2, ONE)))) == {"doubled"}


def test_commands_out_of_order_are_found() -> None:
    assert broken(history(ONE, TWO, entries=(entry(1, TWO), entry(2, ONE)))) == {"reordered"}


def test_commands_of_two_devices_have_no_order_between_them() -> None:
    other = chat(1, device="tablet")
    assert verdict(history(ONE, TWO, other, entries=(entry(1, other), entry(2, ONE), entry(3, TWO)))) == []


def test_a_command_that_was_never_answered_may_be_there_or_not_but_is_told() -> None:
    there = history(ONE, acks=False)
    gone = history(ONE, acks=False, entries=())
    assert broken(there) == broken(gone) == {"unanswered"}


def test_a_device_that_was_given_up_owes_no_answer() -> None:
    made = history(chat(1, device="old"), chat(1, device="new", at_s=5))
    made.answered = made.answered[1:]
    assert verdict(made) == []


def test_words_that_nobody_said_are_found() -> None:
    stranger = Entry("9-0", "chat", LUIS, "phone-9", "who said this?")
    assert broken(history(ONE, entries=(entry(1, ONE), stranger))) == {"made-up"}


def test_words_in_another_mouth_are_found() -> None:
    assert broken(history(ONE, entries=(replace(entry(1, ONE), seat=ANA),))) == {"made-up"}


def test_a_refused_command_that_was_applied_is_found() -> None:
    made = history(ONE)
    made.answered = [Answered(1.1, ONE.id, "ended")]
    assert broken(made) == {"refused-but-applied"}


def test_a_refusal_that_passes_is_no_answer() -> None:
    made = history(ONE)
    made.answered = [Answered(1.1, ONE.id, "too-fast"), Answered(1.9, ONE.id, "ack")]
    assert verdict(made) == []


def test_an_older_note_over_a_newer_one_is_found() -> None:
    assert broken(history(note(1), note(2), note_id="desk-1")) == {"overwritten"}


def test_a_note_that_was_not_acknowledged_yet_may_hold() -> None:
    made = history(note(1), note(2), note_id="desk-2")
    made.answered = made.answered[:1]
    assert broken(made) == {"unanswered"}


def test_a_switch_that_sprang_back_is_found() -> None:
    on, off = (Said(n, ROOM, LUIS, "phone", n, f"phone-{n}", "set_media", v) for n, v in ((1, "on"), (2, "off")))
    shown = Entry("1-0", "media_changed", LUIS, value="on")
    assert broken(history(on, off, entries=(shown,))) == {"overwritten"}


def test_two_sides_that_were_told_otherwise_are_found() -> None:
    made = history(ONE, TWO)
    made.readings[1] = replace(made.readings[1], entries=made.readings[1].entries[::-1])
    assert broken(made) == {"sides-differ"}


def test_a_gap_in_what_a_page_gathered_is_found() -> None:
    made = history(ONE, TWO, THREE)
    gathered = made.readings[1].entries
    made.add(replace(made.readings[1], of="gathered", entries=(gathered[0], gathered[2])))
    assert broken(made) == {"gap"}


def test_a_page_that_stopped_listening_earlier_has_no_gap() -> None:
    made = history(ONE, TWO)
    made.add(replace(made.readings[1], of="gathered", entries=made.readings[1].entries[:1]))
    assert verdict(made) == []


@pytest.mark.parametrize("generations", [(1, 1), (1, 3), (2,)])
def test_a_generation_that_leaps_or_stands_is_found(generations: tuple[int, ...]) -> None:
    joined = tuple(Entry(f"{n}-0", "joined", LUIS, generation=g) for n, g in enumerate(generations))
    assert broken(history(entries=joined)) == {"generation"}


def test_an_end_that_nobody_made_is_found() -> None:
    assert broken(history(entries=(Entry("1-0", "ended", "clock"),))) == {"ended"}


def test_the_physicians_own_end_is_none() -> None:
    end = Said(1, ROOM, ANA, "desk", 1, "desk-1", "end")
    made = history(entries=(Entry("1-0", "ended", ANA),))
    made.said, made.answered = [end], [Answered(1.1, end.id, "ack")]
    assert verdict(made) == []


def test_an_older_device_that_still_writes_is_found() -> None:
    made = history(chat(1, device="old", at_s=5), chat(1, device="new", at_s=6))
    made.held = [Held(0, 9, ROOM, LUIS, "old"), Held(4, 9, ROOM, LUIS, "new")]
    assert broken(made) == {"two-holders"}


def test_a_device_that_comes_back_for_its_seat_may_write() -> None:
    made = history(chat(1, device="old", at_s=7), chat(1, device="new", at_s=5))
    made.held = [Held(0, 4, ROOM, LUIS, "old"), Held(4, 6, ROOM, LUIS, "new"), Held(6, 9, ROOM, LUIS, "old")]
    assert verdict(made) == []


def test_a_page_that_was_turned_away_is_found() -> None:
    made = history()
    made.add(TurnedAway(1, ROOM, LUIS, "token-expired"))
    assert broken(made) == {"turned-away"}


def test_two_sessions_at_once_are_found() -> None:
    made = history()
    made.add(Mixed(1, ROOM, LUIS, 1, 2))
    assert broken(made) == {"two-sessions"}


KILLED = Happened(1, "kill-media", "", 10, 10)
SILENT_FOR = {"within the bound": (10.2, 15.5, False), "too long": (10.2, 17, True), "before it": (5, 12, True)}


@pytest.mark.parametrize(("begin_s", "end_s", "found"), SILENT_FOR.values(), ids=SILENT_FOR)
def test_silence_is_judged_by_the_fault(begin_s: float, end_s: float, found: bool) -> None:
    made = history()
    made.add(KILLED)
    made.add(Silence(ROOM, LUIS, begin_s, end_s))
    assert broken(made) == ({"silent"} if found else set())


def test_silence_is_not_excused_by_what_never_stops_media() -> None:
    made = history()
    made.add(replace(KILLED, kind="kill-signaling"))
    made.add(Silence(ROOM, LUIS, 10.2, 13))
    assert broken(made) == {"silent"}


def test_a_second_fault_in_the_recovery_prolongs_it() -> None:
    made = history()
    made.add(KILLED)
    made.add(Happened(2, "kill-valkey", "", 14, 14))
    made.add(Silence(ROOM, LUIS, 10.2, 22))
    assert verdict(made) == []
    made.add(Silence(ROOM, LUIS, 10.2, 24))
    assert broken(made) == {"silent"}


def test_a_fault_of_another_consultation_excuses_nothing() -> None:
    made = history()
    made.add(replace(KILLED, kind="block-page", consultation="elsewhere"))
    made.add(Silence(ROOM, LUIS, 10.2, 12))
    assert broken(made) == {"silent"}


def test_silence_while_the_harness_stood_still_is_none() -> None:
    made = history()
    made.add(Stalled(10, 13))
    made.add(Silence(ROOM, LUIS, 9.9, 13.1))
    assert verdict(made) == []


def test_a_late_answer_is_found() -> None:
    made = history(chat(1, at_s=9.5))
    made.add(replace(KILLED, kind="kill-signaling"))
    made.answered = [Answered(13.9, "phone-1", "ack")]
    assert verdict(made) == []
    made.answered = [Answered(14.2, "phone-1", "ack")]
    assert broken(made) == {"slow"}


def test_patience_forgives_lateness_and_nothing_else() -> None:
    made = history(ONE, TWO, entries=(entry(1, ONE),))
    made.add(KILLED)
    made.add(Silence(ROOM, LUIS, 10.2, 18))
    assert {violation.promise for violation in verdict(made, patience_s=5)} == {"lost"}
