"""What a check of `hilo doctor` found, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One line of the report. `advice` says what to do, for all but `ok`."""

    level: Literal["ok", "warn", "fail"]
    what: str
    advice: str = ""

    def line(self) -> str:
        return f"{self.level:4}  {self.what}" + (f"\n      -> {self.advice}" if self.advice else "")


def ok(what: str) -> Finding:
    return Finding("ok", what)


def warn(what: str, advice: str) -> Finding:
    return Finding("warn", what, advice)


def fail(what: str, advice: str) -> Finding:
    return Finding("fail", what, advice)
