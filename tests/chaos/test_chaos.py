"""The real thing, shortly: faults under load break no promise, and a promise broken on purpose is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from e2e.conftest import needs_root

ROOT = Path(__file__).parent.parent.parent
TIMEOUT_S = 600
PATIENCE_S = "60"
"""Other tests share the machine: here only what does not come back at all is late. The long run has no patience."""


def chaos(out: Path, *arguments: str) -> tuple[int, str]:
    """A run's exit code and report."""
    needs_root()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    command = (sys.executable, "-m", "chaos", "--calls", "2", "--patience", PATIENCE_S, "--out", str(out), *arguments)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    return done.returncode, f"{done.stdout}\n{done.stderr[-4000:]}"


def test_nothing_is_lost_in_a_dozen_faults(tmp_path: Path) -> None:
    code, report = chaos(tmp_path, "--seed", "7", "--kills", "12", "--longest", "2")
    assert code == 0, report


def test_what_was_planted_is_found(tmp_path: Path) -> None:
    planted = ("lost", "doubled", "reordered", "ended")
    code, report = chaos(tmp_path, "--seed", "7", "--kills", "2", "--kinds", "kill-signaling", "--plant", *planted)
    assert code == 1, report
    assert [promise for promise in planted if f"- {promise} in" not in report] == [], report
