"""The district's return: how disturbed sound is counted, and that the benchmark runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.description import AUDIO_PT, VIDEO_PT
from bench.district_report import Report
from bench.disturbance import Ear, Voice, disturbance, packets

ROOT = Path(__file__).parents[2]
MS = 1_000_000
SENT = [number * 20 * MS for number in range(10)]


def heard(*arrivals_ms: float | None) -> Voice:
    """A voice whose packets, one every 20 ms, came at these times; None: never."""
    pairs = [(at + 1000, int(ms * MS)) for at, ms in zip(SENT, arrivals_ms, strict=True) if ms is not None]
    return Voice(sent=SENT, heard=pairs)


def test_calm_sound() -> None:
    calm = disturbance([heard(*(20 * number + 2 for number in range(10)))], (0, 200 * MS))
    assert (calm.voices, calm.sent, calm.lost) == (1, 10, 0)
    assert calm.longest_gap_ms == 20
    assert calm.worst_ms == 2


def test_a_lost_packet_is_a_gap() -> None:
    lost = disturbance([heard(2, 22, 42, None, 82, 102, 122, 142, 162, 182)], (0, 200 * MS))
    assert (lost.lost, lost.longest_gap_ms, lost.longest_sent_gap_ms) == (1, 40, 20)


def test_the_worst_of_all_voices_counts_also_at_the_end() -> None:
    calm = heard(*(20 * number + 2 for number in range(10)))
    cut = heard(2, 22, 42, 62, 82, *[None] * 5)
    late = heard(2, 22, 42, 62, 82, 182, 183, 184, 185, 186)
    both = disturbance([calm, cut], (0, 200 * MS))
    assert (both.lost, both.longest_gap_ms) == (5, 118)
    assert disturbance([calm, late], (0, 200 * MS)).worst_ms == 82


def test_only_the_stretch_counts_and_copies_do_not() -> None:
    voice = heard(*(20 * number + 2 for number in range(10)))
    doubled = Voice(sent=voice.sent, heard=[*voice.heard, *((at, came + 50 * MS) for at, came in voice.heard)])
    assert packets(doubled, (40 * MS, 80 * MS)) == {40 * MS: 42 * MS, 60 * MS: 62 * MS}


def test_an_ear_keeps_voices_only() -> None:
    ear = Ear()
    ear.take(AUDIO_PT, 1, 2)
    ear.take(VIDEO_PT, 3, 4)
    assert ear.heard == [(1, 2)]


def test_quick_run_serves_everybody(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench.district", "--quick", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (seen,) = Report.model_validate_json(out.read_text()).runs
    assert (seen.served, seen.never) == (8, 0)
    assert seen.quiet.sent > 100
    assert "| hears the other |" in done.stdout
