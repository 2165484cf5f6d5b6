"""Writes the traces of the simulated stories anew: `python -m tests.adaptation.record [name...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.adaptation.stories import RECORDED

TRACES = Path(__file__).parent / "traces"


def main(names: list[str]) -> None:
    TRACES.mkdir(exist_ok=True)
    for name in names or RECORDED:
        (TRACES / f"{name}.jsonl").write_text("\n".join(RECORDED[name]().lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
