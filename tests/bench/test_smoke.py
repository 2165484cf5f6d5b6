"""The SFU benchmark runs: two calls for three seconds on our own media process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.report import Report

ROOT = Path(__file__).parents[2]


def test_quick_run_forwards_what_was_sent(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench.sfu", "--quick", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    (seen,) = Report.model_validate_json(out.read_text()).runs
    assert seen.sent > 1000
    assert seen.forwarded >= 0.99 * seen.sent
    assert seen.undecryptable == 0
    assert seen.server_cpu_s > 0
    assert "| 2 | hilo |" in done.stdout
