"""The table: for each event and distance the median of its runs beside what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from chaos.resume.event import Event, Measure
from chaos.resume.take import Take

MEANT: Final[dict[Measure, str]] = {"back": "back", "hole": "longest hole", "words": "chat"}
COLUMNS: Final = ("event", "RTT", "runs", "measured", "median", "range", "target", "lost", "stalled")


def markdown(done: Sequence[tuple[Event, float, Sequence[Take]]]) -> str:
    """A row for each target; a median over its target is bold."""
    rows = [_row(event, rtt_ms, takes, i) for event, rtt_ms, takes in done for i in range(len(event.targets))]
    return "".join((_line(COLUMNS), _line(["---"] * len(COLUMNS)), *rows))


def missed(event: Event, rtt_ms: float, takes: Sequence[Take]) -> bool:
    """A median over its target, or anything lost in any run."""
    over = any(_median(takes, each.measure) > each.at_most_s(rtt_ms) for each in event.targets)
    return over or any(take.lost for take in takes)


def _row(event: Event, rtt_ms: float, takes: Sequence[Take], index: int) -> str:
    target = event.targets[index]
    values = [take.value_s(target.measure) for take in takes]
    middle, bound_s = _median(takes, target.measure), target.at_most_s(rtt_ms)
    shown = f"{middle:.2f} s" if middle <= bound_s else f"**{middle:.2f} s**"
    lost = sum(bool(take.lost) for take in takes)
    cells = (
        event.words,
        f"{rtt_ms:.0f} ms",
        str(len(takes)),
        MEANT[target.measure],
        shown,
        f"{min(values):.2f}-{max(values):.2f}",
        f"{bound_s:g} s",
        f"**in {lost} runs**" if lost else "nothing",
        f"{median(take.stalled for take in takes):.0%}",
    )
    return _line(cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _median(takes: Sequence[Take], measure: Measure) -> float:
    return median(take.value_s(measure) for take in takes)
