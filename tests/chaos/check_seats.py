"""Seats and the timeline as a whole: one holder, one story on all pages, no end that nobody made. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from chaos.check_words import acknowledged, for_all
from chaos.history import Held, History, Reading
from chaos.violation import Promise, Violation


def seats(history: History) -> Iterator[Violation]:
    yield from _one_holder(history)
    yield from _sides_agree(history)
    for reading in history.of("store"):
        yield from _generations(reading)
    for reading in history.readings:
        yield from _ended_by_somebody(history, reading)
    for turned in history.turned_away:
        yield Violation("turned-away", turned.consultation, f"{turned.seat} at {turned.at_s:.1f} s: {turned.code}")
    for mixed in history.mixed:
        detail = f"{mixed.seat} at {mixed.at_s:.1f} s heard session {mixed.older} after {mixed.newer}"
        yield Violation("two-sessions", mixed.consultation, detail)


def _one_holder(history: History) -> Iterator[Violation]:
    """Once a newer device was welcomed, nothing that an older one says from then on is applied."""
    spans: dict[str, list[Held]] = defaultdict(list)
    for span in history.held:
        spans[span.seat].append(span)
    acks = acknowledged(history)
    for said in history.said:
        if said.id not in acks:
            continue
        mine = _span(spans[said.seat], said.device, said.at_s)
        newer = [s for s in spans[said.seat] if mine and s.device != said.device and s.begin_s > mine.begin_s]
        if mine and acks[said.id] <= mine.end_s and any(span.begin_s < said.at_s < span.end_s for span in newer):
            yield Violation("two-holders", said.consultation, f"{said.kind} {said.id} at {said.at_s:.1f} s")


def _span(spans: list[Held], device: str, at_s: float) -> Held | None:
    return next((span for span in spans if span.device == device and span.begin_s <= at_s <= span.end_s), None)


def _sides_agree(history: History) -> Iterator[Violation]:
    """Every page was told what is stored, all of it in that order; one that stopped listening, up to there."""
    stored = {reading.consultation: for_all(reading.entries) for reading in history.of("store")}
    for reading in (*history.of("fresh"), *history.of("gathered")):
        told, all_of_it = for_all(reading.entries), stored[reading.consultation]
        if told == (all_of_it if reading.of == "fresh" else all_of_it[: len(told)]):
            continue
        pairs = zip(told, all_of_it, strict=False)
        where = next((f"{mine.id} / {theirs.id}" for mine, theirs in pairs if mine != theirs), "the end")
        promise: Promise = "sides-differ" if reading.of == "fresh" else "gap"
        yield Violation(promise, reading.consultation, f"{reading.seat} was told otherwise from {where} on")


def _generations(reading: Reading) -> Iterator[Violation]:
    newest: dict[str, int] = defaultdict(int)
    for entry in reading.entries:
        if entry.type != "joined":
            continue
        if entry.generation != newest[entry.seat] + 1:
            detail = f"{entry.seat} went from {newest[entry.seat]} to {entry.generation} at {entry.id}"
            yield Violation("generation", reading.consultation, detail)
        newest[entry.seat] = entry.generation


def _ended_by_somebody(history: History, reading: Reading) -> Iterator[Violation]:
    """By a seat that said so, and once."""
    enders = {said.seat for said in history.said if said.kind == "end" and said.consultation == reading.consultation}
    ends = [entry for entry in reading.entries if entry.type == "ended"]
    for entry in ends:
        if entry.seat not in enders:
            yield Violation("ended", reading.consultation, f"by {entry.seat} at {entry.id}")
    if len(ends) > 1:
        yield Violation("ended", reading.consultation, f"{len(ends)} times")
    if reading.status == "ended" and not enders:
        yield Violation("ended", reading.consultation, "its status says so")
