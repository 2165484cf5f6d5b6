"""Commands: acknowledged ones stand on the timeline once and in order, nobody else's do. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from chaos.history import Entry, History, Reading, Said
from chaos.violation import Violation

LEAVES_A_TRACE: Final = ("chat", "save_note")
"""Commands whose every application is an event with the command's id."""
PASSING: Final = ("too-fast",)
"""Refusals after which the same id is tried again."""


def words(history: History) -> Iterator[Violation]:
    for reading in history.of("store"):
        yield from _exactly_once(history, reading)
        yield from _nothing_made_up(history, reading)
        yield from _in_order(history, reading)
        yield from _newest_switch(history, reading)
    for reading in history.of("fresh"):
        yield from _newest_note(history, reading)


def acknowledged(history: History) -> dict[str, float]:
    """Command id -> when it was acknowledged first."""
    found: dict[str, float] = {}
    for answer in history.answered:
        if answer.outcome == "ack":
            found.setdefault(answer.id, answer.at_s)
    return found


def _exactly_once(history: History, reading: Reading) -> Iterator[Violation]:
    times = Counter(entry.command for entry in reading.entries if entry.command)
    acks = acknowledged(history)
    for said in _traced(history, reading):
        if said.id in acks and not times[said.id]:
            yield Violation("lost", reading.consultation, f"{said.kind} {said.id} was acknowledged")
        if times[said.id] > 1:
            yield Violation("doubled", reading.consultation, f"{said.kind} {said.id}, {times[said.id]} times")


def _nothing_made_up(history: History, reading: Reading) -> Iterator[Violation]:
    """What stands there was said by that seat in these words, and was not refused."""
    said = {command.id: command for command in history.said if command.consultation == reading.consultation}
    refused = {answer.id for answer in history.answered if answer.outcome not in ("ack", *PASSING)}
    for entry in reading.entries:
        if not entry.command:
            continue
        command = said.get(entry.command)
        if command is None or (command.seat, command.value) != (entry.seat, entry.value):
            yield Violation("made-up", reading.consultation, f"{entry.type} {entry.command} at {entry.id}")
        elif command.id in refused:
            yield Violation("refused-but-applied", reading.consultation, f"{entry.type} {entry.command}")


def _in_order(history: History, reading: Reading) -> Iterator[Violation]:
    """Each device's commands stand in the order in which it sent them."""
    said = {command.id: command for command in history.said}
    by_device: dict[str, list[Said]] = defaultdict(list)
    for entry in reading.entries:
        if entry.command in said:
            by_device[said[entry.command].device].append(said[entry.command])
    for commands in by_device.values():
        for before, after in pairwise(commands):
            if after.number < before.number:
                yield Violation("reordered", reading.consultation, f"{after.id} stands behind {before.id}")


def _newest_note(history: History, reading: Reading) -> Iterator[Violation]:
    """The last acknowledged one holds, or one that was said after it."""
    acks = acknowledged(history)
    notes = [said.id for said in _traced(history, reading) if said.kind == "save_note" and said.seat == reading.seat]
    last = max((index for index, id in enumerate(notes) if id in acks), default=None)
    if last is not None and reading.note_id not in notes[last:]:
        yield Violation("overwritten", reading.consultation, f"note {notes[last]} gave way to {reading.note_id or '-'}")


def _newest_switch(history: History, reading: Reading) -> Iterator[Violation]:
    """Of a microphone's switch only the last position counts."""
    acks = acknowledged(history)
    switches: dict[str, list[Said]] = defaultdict(list)
    for said in history.said:
        if said.kind == "set_media" and said.consultation == reading.consultation:
            switches[said.seat].append(said)
    for seat, positions in switches.items():
        last = max((index for index, said in enumerate(positions) if said.id in acks), default=None)
        shown = [entry.value for entry in reading.entries if entry.type == "media_changed" and entry.seat == seat]
        if last is not None and (shown or ["on"])[-1] not in {said.value for said in positions[last:]}:
            yield Violation(
                "overwritten", reading.consultation, f"switch {positions[last].id} gave way to {shown[-1:]}"
            )


def _traced(history: History, reading: Reading) -> list[Said]:
    return [said for said in history.said if said.consultation == reading.consultation and said.kind in LEAVES_A_TRACE]


def for_all(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Notes are for physicians only, and not for all of their pages."""
    return tuple(entry for entry in entries if entry.type != "note_saved")
