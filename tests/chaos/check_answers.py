"""Answers: every command of a page that stayed has one, and it came in time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chaos.bounds import SLACK_S, Spell, during, names, spells
from chaos.check_words import PASSING
from chaos.history import History, Said
from chaos.violation import Violation

AT_REST_S: Final = 1.0
"""A command takes no longer where nothing is wrong."""


def answers(history: History) -> Iterator[Violation]:
    """Of those that are late by the same trouble, the worst."""
    answered_at_s = first_answers(history)
    last_device = {said.seat: said.device for said in history.said}
    troubles = {room: spells(history.happened, room) for room in {said.consultation for said in history.said}}
    worst: dict[tuple[str, str], Violation] = {}
    for said in history.said:
        if said.id in answered_at_s:
            late = _late(history, said, answered_at_s[said.id], troubles[said.consultation])
            if late is not None and late[0] > worst.get((said.consultation, late[1]), _NOT_LATE).late_s:
                detail = f"{said.kind} {said.id} of {said.at_s:.1f} s was answered {late[0]:.1f} s late ({late[1]})"
                worst[said.consultation, late[1]] = Violation("slow", said.consultation, detail, late[0])
        elif said.device == last_device[said.seat]:
            yield Violation("unanswered", said.consultation, f"{said.kind} {said.id} of {said.at_s:.1f} s")
    yield from worst.values()


def first_answers(history: History) -> dict[str, float]:
    """Command id -> when it was answered for good."""
    found: dict[str, float] = {}
    for answer in history.answered:
        if answer.outcome not in PASSING:
            found.setdefault(answer.id, answer.at_s)
    return found


_NOT_LATE: Final = Violation("slow", "", "")


def _late(history: History, said: Said, answered_at_s: float, troubles: list[Spell]) -> tuple[float, str] | None:
    """By how much, s, and by which trouble. A device that was given up may leave commands behind, but not late ones."""
    due_s = said.at_s + AT_REST_S + SLACK_S + history.stalled_s(said.at_s, answered_at_s)
    trouble = during(troubles, said.at_s, answered_at_s)
    late_s = answered_at_s - max([due_s, *(spell.words_by_s for spell in trouble)])
    return (late_s, names(trouble, troubles, said.at_s)) if late_s > 0 else None
