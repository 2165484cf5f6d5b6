"""A run in words: how soon all was back after each kind of fault that came alone, and what was broken. Pure."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

from chaos.bounds import BOUNDS, Spell, spells
from chaos.check_words import acknowledged
from chaos.history import History
from chaos.violation import Violation


def report(seed: int, history: History, violations: Sequence[Violation]) -> str:
    lines = [f"seed {seed}: {summary(history)}", "", *table(history), ""]
    if stalled := sum(stall.end_s - stall.begin_s for stall in history.stalled):
        lines.append(f"The harness itself stood still for {stalled:.1f} s in all.")
    lines += [f"{len(violations)} broken promises", *(f"- {violation.line()}" for violation in violations)]
    return "\n".join(lines) + "\n"


def summary(history: History) -> str:
    rooms = {reading.consultation for reading in history.readings}
    last_s = max((fault.end_s for fault in history.happened), default=0)
    return (
        f"{len(history.happened)} faults in {last_s:.0f} s on {len(rooms)} consultations; "
        f"{len(history.said)} commands, {len(acknowledged(history))} acknowledged"
    )


def table(history: History) -> list[str]:
    """Markdown. Times are from the fault's end, of those that nothing else came into; `-`: nothing was noticed."""
    times = Counter(fault.kind for fault in history.happened)
    sound, words = _sound_back(history), _words_back(history)
    lines = ["| fault | times | sound back, s (median / worst) | bound | words back, s (median / worst) | bound |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for kind in sorted(times):
        bound = BOUNDS[kind]
        lines.append(
            f"| {kind} | {times[kind]} | {_told(sound[kind])} | {bound.sound_s or 'never stops'} | "
            f"{_told(words[kind])} | {bound.words_s} |"
        )
    return lines


def _sound_back(history: History) -> dict[str, list[float]]:
    """Per fault that came alone, the longest that anybody was without sound after it."""
    worst: dict[tuple[str, int], float] = {}
    for silence in history.silences:
        spell = _alone(history, silence.consultation, silence.begin_s, silence.end_s)
        if spell is not None:
            fault = spell.faults[0]
            key = (fault.kind, fault.number)
            worst[key] = max(worst.get(key, 0.0), silence.end_s - fault.end_s)
    return _by_kind(worst)


def _words_back(history: History) -> dict[str, list[float]]:
    worst: dict[tuple[str, int], float] = {}
    acks = acknowledged(history)
    for said in history.said:
        spell = _alone(history, said.consultation, said.at_s, acks.get(said.id, said.at_s))
        if spell is not None and said.id in acks:
            fault = spell.faults[0]
            key = (fault.kind, fault.number)
            worst[key] = max(worst.get(key, 0.0), acks[said.id] - max(fault.end_s, said.at_s))
    return _by_kind(worst)


def _alone(history: History, consultation: str, begin_s: float, end_s: float) -> Spell | None:
    """The trouble that this lies in, if it is of one fault."""
    for spell in spells(history.happened, consultation):
        due_s = max(spell.sound_by_s, spell.words_by_s)
        if len(spell.faults) == 1 and spell.begin_s - 1 <= begin_s <= due_s and end_s >= spell.begin_s:
            return spell
    return None


def _by_kind(worst: dict[tuple[str, int], float]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for (kind, _), seconds in worst.items():
        found[kind].append(max(0.0, seconds))
    return found


def _told(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} / {max(seconds):.1f}" if seconds else "-"
