"""The run's clock and its history, as everybody who takes part is given them."""

from __future__ import annotations

import time

from chaos.history import History, Record


class Log:
    def __init__(self) -> None:
        self.history = History()
        self._began_s = time.monotonic()

    def now(self) -> float:
        """Seconds since the run began, to the millisecond."""
        return round(time.monotonic() - self._began_s, 3)

    def add(self, record: Record) -> None:
        self.history.add(record)
