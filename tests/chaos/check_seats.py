"""Seats and the timeline as a whole: one holder, one story on all pages, no end that nobody made. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from chaos.check_words import acknowledged, entries_for_all
from chaos.history import Held, History, Reading
from chaos.violation import Violation


def seats(history: History) -> Iterator[Violation]:
    yield from _one_holder(history)
    yield from _sides_agree(history)
    for reading in history.readings:
        yield from _as_fresh(history, reading)
    for reading in history.fresh():
        yield from _generations(reading)
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
    """All fresh readers of a consultation were told the same, in the same order."""
    by_consultation: dict[str, list[Reading]] = defaultdict(list)
    for reading in history.fresh():
        by_consultation[reading.consultation].append(reading)
    for consultation, (first, *others) in by_consultation.items():
        for other in others:
            if entries_for_all(first) != entries_for_all(other):
                yield Violation("sides-differ", consultation, f"{first.seat} and {other.seat}")


def _as_fresh(history: History, reading: Reading) -> Iterator[Violation]:
    """What a page gathered over its reconnects is what a fresh one reads, from the first event on, without a gap."""
    if reading.fresh:
        return
    for fresh in history.fresh():
        if fresh.seat != reading.seat:
            continue
        if reading.entries != fresh.entries[: len(reading.entries)]:
            pairs = zip(reading.entries, fresh.entries, strict=False)
            where = next((f"{mine.id} / {theirs.id}" for mine, theirs in pairs if mine != theirs), "the end")
            yield Violation("gap", reading.consultation, f"{reading.seat} gathered otherwise from {where} on")


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
