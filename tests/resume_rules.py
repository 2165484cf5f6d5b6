"""Reads the tables of docs/resume-rules.md, which are the tests' own: under a heading, a cell per event and state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOC = Path(__file__).parent.parent / "docs" / "resume-rules.md"
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """What the page says that `event` does in `state`."""

    event: str
    state: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.event}: {self.state}"


def cells(heading: str) -> list[Cell]:
    """All cells of the first table under a heading, row by row."""
    section = DOC.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    head, _, *rows = [_split(line) for line in section.splitlines() if line.startswith("|")]
    return [Cell(row[0], state, outcome) for row in rows for state, outcome in zip(head[1:], row[1:], strict=True)]


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]
