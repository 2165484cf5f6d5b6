"""Runs the unit tests of the pages' pure modules (tests/web/js) with Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.web.node import NODE

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_module(path: Path) -> None:
    run = subprocess.run([NODE, "--test", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
