"""What a run leaves in its directory: every page's marks in the order of time, to find out why it was slow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from chaos.resume import hearing
from chaos.resume.pair import Pair
from chaos.resume.person import Person
from chaos.resume.take import Take

BEFORE_S: Final = 30.0
"""Of the time before the watch started, so much is told."""
SHOWN_HOLE_S: Final = 0.15


def write_down(take: Take, pair: Pair, directory: Path) -> None:
    """`result.json` and `timeline.txt`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "result.json").write_text(json.dumps(asdict(take), indent=1))
    lines = sorted(line for person in pair.people for line in _lines(person, take))
    (directory / "timeline.txt").write_text("".join(f"{at_s:9.3f} {who:10} {what}\n" for at_s, who, what in lines))


def _lines(person: Person, take: Take) -> Iterator[tuple[float, str, str]]:
    """Seconds since the watch started, who, what."""
    first_s = take.since_s - BEFORE_S
    for mark in person.diary.marks:
        if mark.at / 1000 > first_s:
            yield mark.at / 1000 - take.since_s, person.role, f"{mark.what} {mark.detail}"
    for shown in person.diary.shown:
        if shown.at / 1000 > first_s:
            yield shown.at / 1000 - take.since_s, person.role, f"reads {shown.text!r}"
    before_s = None
    for stretch in hearing.heard(person.diary.since(first_s)):
        if before_s is not None and stretch.from_s - before_s > SHOWN_HOLE_S:
            yield before_s - take.since_s, person.role, "hears nothing"
            hole_s = stretch.from_s - before_s
            yield stretch.from_s - take.since_s, person.role, f"hears again after {hole_s:.2f} s"
        before_s = stretch.to_s
