"""Command line: `python -m tests.fuzz <name|all> [--seconds N]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec

from tests.fuzz.target import NAMES, run_guided, run_random


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs")
    arguments = parser.parse_args()
    if arguments.name == "all":
        return max(run_alone(name, arguments.seconds) for name in NAMES)
    if find_spec("atheris") is not None:
        run_guided(arguments.name, arguments.seconds)
    tried = run_random(arguments.name, arguments.seconds)
    sys.stdout.write(f"{arguments.name}: {tried} inputs, no failure (unguided; for atheris: pip install -e .[fuzz])\n")
    return 0


def run_alone(name: str, seconds: int) -> int:
    """In a process of its own, because atheris ends the one it runs in."""
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds)]
    return subprocess.run(command, check=False).returncode


sys.exit(main())
