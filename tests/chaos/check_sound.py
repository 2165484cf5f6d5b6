"""Sound: nobody was without the other's longer than the faults around it allow. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from chaos.bounds import SLACK_S, Spell, spells
from chaos.check_words import during
from chaos.history import History, Silence
from chaos.violation import Violation


def sound(history: History) -> Iterator[Violation]:
    for silence in history.silences:
        begin_s, end_s = silence.begin_s, silence.end_s - _not_listening_s(history, silence)
        if end_s - begin_s <= SLACK_S:
            continue
        trouble = during(spells(history.happened, silence.consultation), begin_s, end_s)
        if not any(_explains(spell, begin_s, end_s) for spell in trouble):
            kinds = " ".join(fault.kind for spell in trouble for fault in spell.faults) or "at rest"
            due = max((spell.sound_by_s for spell in trouble), default=begin_s)
            detail = (
                f"{silence.seat} heard nothing from {begin_s:.1f} to {silence.end_s:.1f} s, due {due:.1f} ({kinds})"
            )
            yield Violation("silent", silence.consultation, detail)


def _explains(spell: Spell, begin_s: float, end_s: float) -> bool:
    """A trouble that stops no media explains no silence."""
    return bool(spell.sound_s) and begin_s >= spell.begin_s - SLACK_S and end_s <= spell.sound_by_s


def _not_listening_s(history: History, silence: Silence) -> float:
    return sum(
        max(0.0, min(stall.end_s, silence.end_s) - max(stall.begin_s, silence.begin_s)) for stall in history.stalled
    )
