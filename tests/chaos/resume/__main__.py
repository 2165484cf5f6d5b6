"""`python -m chaos.resume [EVENT...]`, run in tests/: events one after the other, a table, a directory for each run.

Exit code: 0 nothing missed, 1 a target missed or something lost, 2 bad usage.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import sys
import traceback
from collections.abc import Coroutine
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from chaos.resume.account import write_down
from chaos.resume.event import Event
from chaos.resume.events import EVENTS, FORGOTTEN_S, dark
from chaos.resume.pressure import until_quiet
from chaos.resume.scene import scene
from chaos.resume.table import markdown, missed
from chaos.resume.take import Take, perform
from e2e.demo import LOG

Done = list[tuple[Event, float, list[Take]]]


def main() -> int:
    given = _parser().parse_args()
    events = [_with_dark(EVENTS[name], given.dark_s, given.pairs) for name in given.events or EVENTS]
    given.out.mkdir(parents=True, exist_ok=True)
    done: Done = []
    for event in events:
        for rtt_ms in given.rtt_ms:
            takes = asyncio.run(_until_told(_series(event, rtt_ms, given)))
            if takes:
                done.append((event, rtt_ms, takes))
            _keep(done, given.out)
    _say(markdown(done))
    crashed = len(done) < len(events) * len(given.rtt_ms)
    return int(crashed or any(missed(*each) for each in done))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chaos.resume", description=__doc__)
    parser.add_argument("events", nargs="*", choices=EVENTS, metavar="EVENT", help=f"of {', '.join(EVENTS)}")
    parser.add_argument("--rtt-ms", nargs="+", type=float, default=[0.0, 400.0], help="of both people to the server")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--pairs", type=int, help="in one dark")
    parser.add_argument("--dark-s", type=float, default=FORGOTTEN_S, help="how long the dark lasts")
    parser.add_argument("--patience-s", type=float, default=0.0, help="wait so long for a quiet machine before a run")
    parser.add_argument("--out", type=Path, default=Path("../build/resume"))
    return parser


def _with_dark(event: Event, dark_s: float, pairs: int | None) -> Event:
    if event.name != "dark":
        return event
    changed = dark(dark_s)
    return replace(changed, pairs=pairs or changed.pairs)


async def _until_told(series: Coroutine[None, None, list[Take]]) -> list[Take]:
    """SIGTERM ends it as Ctrl-C does: browsers, server and namespaces are cleared away first."""
    task = asyncio.ensure_future(series)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _series(event: Event, rtt_ms: float, given: argparse.Namespace) -> list[Take]:
    """So many takes of one scene; a scene that breaks leaves those before it."""
    takes: list[Take] = []
    runs, out = given.runs, given.out
    name = f"{event.name}-{rtt_ms:.0f}"
    with TemporaryDirectory(prefix="resume-") as scratch:
        try:
            await until_quiet(given.patience_s)
            async with scene(Path(scratch), rtt_ms, event.pairs) as stage:
                while len(takes) < runs:
                    run = len(takes) // event.pairs + 1
                    await until_quiet(given.patience_s)
                    met = await perform(event, stage, rtt_ms, run, reload=len(takes) + event.pairs >= runs)
                    for take in met:
                        write_down(take, stage.pairs[take.pair], out / f"{name}-{run}-{take.pair}")
                        _say(_told(take))
                    takes += met
        except Exception:  # whatever a browser or the server did: the next series goes on
            (out / f"{name}-crash.txt").write_text(traceback.format_exc())
            _say(f"{name} broke: {traceback.format_exc()}")
        shutil.copy(Path(scratch) / LOG, out / f"{name}-{LOG}")
    return takes


def _told(take: Take) -> str:
    back = ", ".join(f"{who} hears after {_seconds(value)}" for who, value in take.back_s.items())
    rest = f"longest hole {take.hole_s:.2f} s, chat after {_seconds(take.words_s)}, stalled {take.stalled:.0%}"
    return f"{take.event} {take.rtt_ms:.0f} ms {take.run}: {back}, {rest}; lost: {'; '.join(take.lost) or 'nothing'}"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.2f} s"


def _keep(done: Done, out: Path) -> None:
    (out / "table.md").write_text(markdown(done))
    takes = [asdict(take) for _, _, takes in done for take in takes]
    (out / "results.json").write_text(json.dumps(takes, indent=1))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
