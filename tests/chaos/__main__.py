"""`python -m chaos --seed 7 --kills 50`, from the project's folder with `.:tests` as PYTHONPATH, as root on Linux."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

from chaos import plan as plans
from chaos.cell import INSIDE, enter, network
from chaos.leaping import FAKETIME
from chaos.log import Log
from chaos.plant import KINDS
from chaos.pressure import Pressure
from chaos.report import report
from chaos.run import FAULTS, Order, perform
from chaos.server import SERVER_LOG
from chaos.verdict import verdict

OUT: Final = Path(__file__).parent.parent.parent / "build" / "chaos"
HISTORY, REPORT = "history.jsonl", "report.md"
KEPT, BROKEN, FAILED = 0, 1, 2

T = TypeVar("T")


def main() -> int:
    arguments = _parser().parse_args()
    if not arguments.inside:
        enter(sys.argv[1:])
    order = Order(arguments.seed, arguments.calls, _faults(arguments), arguments.plant, apart=not arguments.patience)
    out: Path = arguments.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    for old in (FAULTS, SERVER_LOG, HISTORY, REPORT):
        (out / old).unlink(missing_ok=True)
    log, pressure = Log(), Pressure()
    try:
        with network(2 * order.calls) as net:
            exit_code, planted = asyncio.run(_until_told(perform(order, out, net, log)))
    finally:
        log.history.write(out / HISTORY)
    violations = verdict(log.history, arguments.patience)
    text = report(order.seed, log.history, violations)
    text += f"Something waited for a CPU {pressure.share():.0%} of the time.\n"
    text += f"planted: {planted}\n" if planted else ""
    text += f"hilo serve ended with {exit_code} when asked to stop\n" if exit_code else ""
    (out / REPORT).write_text(text)
    sys.stdout.write(text)
    return BROKEN if violations else FAILED if exit_code else KEPT


def _faults(arguments: argparse.Namespace) -> list[plans.Fault]:
    kinds = arguments.kinds or [kind for kind in plans.WEIGHTS if FAKETIME.exists() or kind != "clock-step"]
    drawn = plans.plan(arguments.seed, arguments.kills, tuple(kinds))
    return plans.short(drawn, arguments.longest)


async def _until_told(run: Coroutine[Any, Any, T]) -> T:
    """SIGTERM ends it as Ctrl-C does."""
    task = asyncio.ensure_future(run)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chaos", description="Kills and cuts under load; then what was promised is checked."
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed and sizes: the same faults")
    parser.add_argument("--kills", type=int, default=50, help="how many faults, of all kinds")
    parser.add_argument("--kinds", nargs="+", choices=list(plans.WEIGHTS), help="only these")
    parser.add_argument("--calls", type=int, default=4, help="consultations at once")
    parser.add_argument("--longest", type=float, default=60.0, help="no fault lasts longer, s")
    parser.add_argument(
        "--patience", type=float, default=0, help="how late is not too late, s; with any, a run is quicker"
    )
    parser.add_argument(
        "--plant", nargs="+", choices=KINDS, default=[], help="promises to break at the end, which must be found"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where report, history, faults and the server's log go")
    parser.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
