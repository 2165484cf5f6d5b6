"""Sound: nobody was without the other's longer than the faults around it allow. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from chaos.bounds import SLACK_S, Spell, during, names, spells
from chaos.history import History
from chaos.violation import Violation


def sound(history: History) -> Iterator[Violation]:
    troubles = {room: spells(history.happened, room) for room in {silence.consultation for silence in history.silences}}
    for silence in history.silences:
        begin_s = silence.begin_s
        end_s = silence.end_s - history.stalled_s(begin_s, silence.end_s)
        trouble = during(troubles[silence.consultation], begin_s, end_s)
        due_s = max([begin_s + SLACK_S, *(spell.sound_by_s for spell in trouble if _explains(spell, begin_s))])
        if end_s > due_s:
            kinds = names(trouble, troubles[silence.consultation], begin_s)
            detail = (
                f"{silence.seat} heard nothing from {begin_s:.1f} to {silence.end_s:.1f} s, due {due_s:.1f} ({kinds})"
            )
            yield Violation("silent", silence.consultation, detail, end_s - due_s)


def _explains(spell: Spell, begin_s: float) -> bool:
    """A trouble that stops no media explains no silence, nor does one that came later."""
    return bool(spell.sound_s) and begin_s >= spell.begin_s - SLACK_S
