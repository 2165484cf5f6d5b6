"""The lab's command, with PYTHONPATH=.:tests: `python -m netlab list`, `run STORY...` or `all`; --runs N, --out DIR."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import traceback
from collections.abc import Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from netlab.judgement import Judgement
from netlab.listen import RATE_HZ
from netlab.outcome import Outcome, outcome
from netlab.plots import plot
from netlab.report import markdown, shown, write_report
from netlab.speech import write_wav
from netlab.stories import STORIES
from netlab.story import Story
from netlab.take import Take, perform

OUT: Final = Path(__file__).parent.parent.parent / "build" / "netlab"
NO_TARGET_MISSED, MISSED = 0, 1


def main() -> int:
    arguments = _parser().parse_args()
    if arguments.command == "list":
        _say("\n".join(f"{story.name:12} {story.says}" for story in STORIES.values()))
        return NO_TARGET_MISSED
    names = arguments.stories if arguments.command == "run" else list(STORIES)
    return _perform_all([STORIES[name] for name in names], arguments.runs, arguments.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="netlab", description="Real calls over bad links, scored.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the stories")
    run = commands.add_parser("run", help="some stories")
    run.add_argument("stories", nargs="+", choices=list(STORIES), metavar="STORY")
    every = commands.add_parser("all", help="all stories, and one table")
    for command, runs in ((run, 1), (every, 3)):
        command.add_argument("--runs", type=int, default=runs, help="of each story; the table holds the median")
        command.add_argument("--out", type=Path, default=OUT, help="where the table and a folder a run are put")
    return parser


def _perform_all(stories: list[Story], runs: int, out: Path) -> int:
    """One after the other: two calls at once would spoil each other's numbers. The table grows with every story."""
    out.mkdir(parents=True, exist_ok=True)
    done: dict[str, list[Outcome]] = {}
    for story in stories:
        done[story.name] = [_run(story, number, out / f"{story.name}-{number}") for number in range(1, runs + 1)]
        (out / "table.md").write_text(markdown(done))
    _say(markdown(done))
    reached = all(check.reached for outcomes in done.values() for run in outcomes for check in run.checks)
    crashed = any(run.crash for outcomes in done.values() for run in outcomes)
    return NO_TARGET_MISSED if reached and not crashed else MISSED


def _run(story: Story, number: int, out: Path) -> Outcome:
    """A story that crashes is told as such, and the next one goes on."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix="netlab-") as scratch:  # short: unix sockets lie in it
            judged = Judgement(asyncio.run(_until_told(perform(story, Path(scratch), seed=number))))
            _keep(Path(scratch), judged, out)
        run = outcome(judged)
        write_report(story, run, plot(judged, out / "plot.png"), out / "report.html")
    except Exception:  # whatever a browser, a server or a score did
        run = Outcome(story.name, crash=traceback.format_exc())
        (out / "crash.txt").write_text(run.crash or "")
    run.write(out / "result.json")
    _say(f"{story.name} {number}: {_summary(run)}")
    return run


async def _until_told(performance: Coroutine[None, None, Take]) -> Take:
    """SIGTERM ends it as Ctrl-C does: browsers, server and namespaces are cleared away first."""
    task = asyncio.ensure_future(performance)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _keep(scratch: Path, judged: Judgement, out: Path) -> None:
    """The server's log and traces, and what was said and heard, to listen to. The rest can be made again."""
    for speaker, listener in judged.ways:
        heard = judged.hearing(speaker, listener)
        write_wav(out / f"{speaker}-said.wav", heard.said, RATE_HZ)
        write_wav(out / f"{speaker}-heard-by-{listener}.wav", heard.heard, RATE_HZ)
    for path in (*scratch.glob("*.log"), *scratch.glob("traces/*.jsonl")):
        (out / path.name).write_bytes(path.read_bytes())


def _summary(run: Outcome) -> str:
    if run.crash:
        return f"crashed: {run.crash.strip().splitlines()[-1]}"
    return "; ".join(f"{'' if check.reached else '!! '}{check.name} {shown(check.value)}" for check in run.checks)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
