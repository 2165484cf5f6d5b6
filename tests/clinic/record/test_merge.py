"""The merge rule: whatever two pages do and however long they are away, no text goes out of sight unseen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.record.commands import Choose, Save
from clinic.record.events import Saved
from clinic.record.field import Head, grew
from clinic.record.record import Record, Refusal, Tenure, apply, decide

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def empty() -> Record:
    return Record("c1", "ana", NOW, (Tenure("paz", NOW),))


def after(state: Record, *commands: Save | Choose) -> Record:
    for command in commands:
        decision = decide(state, command, NOW)
        assert not isinstance(decision, Refusal), decision
        state = reduce(apply, decision, state)
    return state


def save(text: str, base: int, client: str = "a", edit: int = 1, name: str = "reason") -> Save:
    return Save(f"{client}{edit}", "paz", name, text, base, client, edit)  # type: ignore[arg-type]


def shown(state: Record) -> list[object]:
    return [head.value for head in state.heads("reason")]


def test_changes_of_different_fields_merge() -> None:
    state = after(empty(), save("cefalea", 0, "a"), save("reposo", 0, "b", name="instructions"))
    assert (state.content.reason, state.content.instructions, state.conflicts) == ("cefalea", "reposo", ())


def test_same_field_changed_on_both_sides_keeps_both() -> None:
    state = after(empty(), save("cefalea", 0, "a"), save("migraña", 0, "b"))
    assert shown(state) == ["cefalea", "migraña"]
    assert state.conflicts == ("reason",)


def test_each_side_types_on_in_its_own_text_while_both_are_shown() -> None:
    state = after(empty(), save("cefalea", 0, "a"), save("mi", 0, "b"), save("migraña", 2, "b", 2))
    assert shown(state) == ["cefalea", "migraña"]
    state = after(state, save("cefalea intensa", 1, "a", 2))
    assert shown(state) == ["migraña", "cefalea intensa"]


def test_same_text_on_both_sides_is_no_conflict() -> None:
    assert shown(after(empty(), save("cefalea", 0, "a"), save("cefalea", 0, "b"))) == ["cefalea"]


def test_a_page_that_comes_to_the_other_text_ends_the_conflict() -> None:
    state = after(empty(), save("cefalea", 0, "a"), save("x", 0, "b"), save("cefalea", 2, "b", 2))
    assert shown(state) == ["cefalea"]


def test_a_text_on_the_newest_follows_it() -> None:
    assert shown(after(empty(), save("cefalea", 0, "a"), save("cefalea leve", 1, "b"))) == ["cefalea leve"]


def test_a_lost_answer_is_no_conflict_with_oneself() -> None:
    assert shown(after(empty(), save("ce", 0, "a", 1), save("cefalea", 0, "a", 2))) == ["cefalea"]


def test_an_older_text_of_the_same_page_comes_late() -> None:
    assert shown(after(empty(), save("cefalea", 0, "a", 2), save("ce", 0, "a", 1))) == ["cefalea"]


def test_deleting_beside_a_change_shows_both() -> None:
    state = after(empty(), save("cefalea", 0, "a"), save("", 1, "b"), save("cefalea leve", 1, "a", 2))
    assert shown(state) == ["", "cefalea leve"]


def test_a_choice_settles_what_was_seen_and_nothing_else() -> None:
    state = after(empty(), save("a", 0, "a"), save("b", 0, "b"), save("c", 0, "c"))
    state = after(state, Choose("x", "paz", "reason", "a y b", frozenset({1, 2}), "a", 2))
    assert shown(state) == ["c", "a y b"]


def test_a_choice_of_texts_that_are_gone_is_void() -> None:
    state = after(empty(), save("a", 0, "a"), save("b", 1, "a", 2))
    assert after(state, Choose("x", "paz", "reason", "z", frozenset({1}), "b", 1)) == state


def test_who_takes_a_text_over_has_not_written_it() -> None:
    state = replace(empty(), physicians=(Tenure("paz", NOW), Tenure("luz", NOW)))
    state = after(state, save("a", 0, "a"), replace(save("b", 0, "b"), by="luz"))
    taken = after(state, Choose("x", "luz", "reason", "a", frozenset({1, 2}), "b", 2))
    mixed = after(state, Choose("x", "luz", "reason", "ab", frozenset({1, 2}), "b", 2))
    assert [state.heads("reason")[0].authors for state in (taken, mixed)] == [("paz",), ("luz", "paz")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("", "a", True), ("ace", "abce", True), ("ace", "ace", True), ("ace", "ac", False), ("aa", "aaa", True),
     ("abc", "axc", False), ("abab", "ab", False), ("aba", "a", False)],
)  # fmt: skip
def test_grew(old: str, new: str, expected: bool) -> None:
    assert grew(old, new) is expected


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_what_grew_holds_the_old_text(old: str, new: str) -> None:
    puts = {new[:at] + new[at + n :] for n in range(len(new) + 1) for at in range(len(new) - n + 1)}
    assert grew(old, new) is (old in puts)


@dataclass
class Page:
    """A page that may be away: what it typed waits; what it hears of the field, it shows when it is back."""

    client: str
    text: str = ""
    base: int = 0
    edit: int = 0
    unsent: bool = False
    seen: tuple[Head, ...] = ()
    sent: list[Save] = field(default_factory=list)

    def type(self, text: str) -> None:
        self.text, self.edit, self.unsent = text, self.edit + 1, True

    def save(self) -> Save:
        self.sent.append(save(self.text, self.base, self.client, self.edit))
        return self.sent[-1]

    def hear(self, state: Record) -> None:
        """The answer, or what others did: adopt the one text there is unless there is typing of its own."""
        self.seen = state.heads("reason")
        own = [head for head in self.seen if head.client == self.client and head.value == self.text]
        if own:
            self.base, self.unsent = own[-1].revision, False
        elif not self.unsent and len(self.seen) == 1:
            self.text, self.base = str(self.seen[0].value), self.seen[0].revision


MOVES = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(["type", "clear", "send", "lose-answer", "again", "hear", "choose"])
    ),
    max_size=30,
)


@given(MOVES)
def test_no_text_is_lost_whatever_two_pages_do(moves: list[tuple[str, str]]) -> None:
    """Every text that a page typed last and every acknowledged one is shown, was followed by a page that had it before
    its eyes, or is in the history."""
    state, pages, typed = empty(), {name: Page(name) for name in "ab"}, 0
    history: dict[int, Saved] = {}
    accounted: set[object] = set()
    """Texts that somebody wrote on from, or chose away, having seen them."""
    for name, move in moves:
        page, typed = pages[name], typed + 1
        if move == "type":
            page.type(f"{page.text}[{typed}]")
        elif move == "clear":
            page.type("")
        elif move == "hear":
            page.hear(state)
        elif move == "choose" and len(page.seen) > 1 and not page.unsent:
            revisions = frozenset(head.revision for head in page.seen)
            page.edit += 1
            command = Choose(f"x{typed}", "paz", "reason", page.seen[0].value, revisions, name, page.edit)
            accounted |= {head.value for head in page.seen}
            state = run(state, command, history)
            page.text = str(page.seen[0].value)
            page.hear(state)
        elif move in ("send", "lose-answer") and page.unsent:
            accounted |= {head.value for head in state.heads("reason") if head.revision == page.base}
            accounted |= {old.value for old in page.sent}
            state = run(state, page.save(), history)
            if move == "send":
                page.hear(state)
        elif move == "again" and page.sent:
            state = run(state, page.sent[-1], history)
        for other in pages.values():
            if other.sent and other.sent[-1].value not in accounted:
                assert other.sent[-1].value in shown(state)
    kept = [str(event.head.value) for event in history.values() if event.head]
    for text in {old.value for page in pages.values() for old in page.sent}:
        assert text in shown(state) or any(grew(str(text), later) for later in kept), (text, kept)


def run(state: Record, command: Save | Choose, history: dict[int, Saved]) -> Record:
    decision = decide(state, command, NOW + timedelta(minutes=state.revision))
    assert not isinstance(decision, Refusal)
    for event in decision:
        assert isinstance(event, Saved)
        for revision in event.forgotten:
            history.pop(revision, None)
        state = apply(state, event)
        history[state.revision] = event
    return state
