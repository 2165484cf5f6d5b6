"""The targets by name, and the two ways to run one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from tests.fuzz.mutation import mutations

NAMES = ("stun", "rtp", "rtcp", "sdp", "vp8")
MAX_INPUT_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    fuzz: Callable[[bytes], None]
    """Raises on a bug, and on nothing else."""
    seeds: tuple[bytes, ...]


def load(name: str) -> Target:
    """Imported late, so that atheris can look on: it instruments a module while it is imported."""
    module = import_module(f"tests.fuzz.fuzz_{name}")
    return Target(module.fuzz, module.SEEDS)


def run_random(name: str, seconds: float) -> int:
    """Random changes of the seeds; how many were tried."""
    target = load(name)
    ends_at, tried = monotonic() + seconds, 0
    for data in mutations(target.seeds, Random()):
        if monotonic() > ends_at:
            break
        try:
            target.fuzz(data)
        except Exception as bug:
            bug.add_note(f"{name} input: {data.hex()}")
            raise
        tried += 1
    return tried


def run_guided(name: str, seconds: int) -> None:
    """Coverage-guided by atheris. It ends the process; a failing input is left in the working directory."""
    import atheris

    with atheris.instrument_imports(include=["media"]):
        target = load(name)
    with TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [f"-max_total_time={seconds}", f"-max_len={MAX_INPUT_BYTES}", "-timeout=5", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, corpus], target.fuzz)
        atheris.Fuzz()
