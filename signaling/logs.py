"""How log lines look: time, level, logger, event, then the fields as key=value. Ids only, no personal data."""

from __future__ import annotations

import json
import logging
import sys
import time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class FieldsFormatter(logging.Formatter):
    """Adds what was given as `extra=` to the line, sorted as given."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = (f"{key}={_word(value)}" for key, value in vars(record).items() if key not in _STANDARD)
        return " ".join((super().formatMessage(record), *fields))


def start(level: str) -> None:
    """Send everything from `level` up to stderr, in place of what was configured before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FieldsFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _word(value: object) -> str:
    """The value as it is, or in JSON quotes where it would break the line into other fields."""
    text = str(value)
    return text if text and text.isprintable() and not set(text) & set(' ="') else json.dumps(text, ensure_ascii=False)
