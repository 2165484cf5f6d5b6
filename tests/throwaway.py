"""A data directory for the processes of one test run: they share a master key, as they do in a clinic."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def data_dir() -> Path:
    """Made once, removed when the run ends."""
    made = Path(tempfile.mkdtemp(prefix="hilo-test-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
