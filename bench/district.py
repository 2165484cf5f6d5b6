"""`make bench-district`: a district's power returns. Idle seats, running calls, and 200 pages that come at once."""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.caller import Caller, District
from bench.district_report import Report, Seen, line, percentiles, table, verdicts
from bench.district_server import Server, seed, serving
from bench.disturbance import disturbance
from bench.page import Page, SeatOrder
from bench.process import Usage
from bench.report import machine
from bench.running import Calls, Record

IDLE_PER_ADDRESS = 50
ENTER_AT_ONCE = 40
CALL_AT_ONCE = 8
OUTAGE_PACKET_NS = 60_000_000
"""Who comes back from an outage begins with voice in packets of 60 ms."""
SERVED_WITHIN_S = 60.0
"""Who is not served by then counts as never."""
SETTLE_S = 2.0
AFTER_S = 2.0


class Plan(BaseModel):
    """Counts of seats, clients and calls; `addresses`: how many the returning clients share."""

    model_config = ConfigDict(frozen=True)

    idle: int
    clients: int
    running: int
    addresses: int
    dark_s: float
    quiet_s: float
    spread_s: float
    """They come within so long."""


QUICK = Plan(idle=20, clients=8, running=1, addresses=2, dark_s=3, quiet_s=2, spread_s=1)


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server ends too
    plan = QUICK if arguments.quick else _plan(arguments)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    runs = []
    for number in range(1 if arguments.quick else arguments.repetitions):
        log = arguments.out.with_suffix(f".{number}.log")
        with tempfile.TemporaryDirectory() as folder, serving(Path(folder), log) as server:
            runs.append(asyncio.run(measure(plan, server, random.Random(number))))
        print(line(runs[-1]), file=sys.stderr, flush=True)
    arguments.out.write_text(Report(machine=machine(), plan=plan.model_dump(), runs=runs).model_dump_json(indent=1))
    print(f"{machine()}; {plan.model_dump_json()}\n\n{table(runs)}\n\n{verdicts(runs)}")


async def measure(plan: Plan, server: Server, chance: random.Random) -> Seen:
    """One run on a fresh server."""
    waiting = await seed(server, plan.idle // 2, waiting=True)
    calling = await seed(server, plan.clients // 2 + plan.running, waiting=False)
    homes, busy = calling[: plan.clients // 2], calling[plan.clients // 2 :]
    district = District(server.url, handshakes=plan.clients)
    empty = server.usage()
    _say("seeded")
    idle = await _sit_down(district, waiting)
    settled = server.usage()
    _say(f"{len(idle)} seats wait")
    async with _running(server, busy) as running:
        before = [Caller(district, seat, number, side, None) for number, side, seat in _seats(homes, plan.addresses)]
        await _call(before)
        _say(f"{len(before)} clients are in their calls")
        await asyncio.sleep(SETTLE_S)
        for caller in before:
            caller.go_dark()
        await asyncio.sleep(plan.dark_s)
        quiet_from, quiet_used = time.time_ns(), server.usage()
        await asyncio.sleep(plan.quiet_s)
        quiet = quiet_from, time.time_ns()
        _say("the power returns")
        used, load_cpu = server.usage(), time.process_time()
        returned = [Caller(district, seat, number, side, None) for number, side, seat in _seats(homes, plan.addresses)]
        begun = time.monotonic()
        await asyncio.gather(*(_return(caller, chance.uniform(0, plan.spread_s)) for caller in returned))
        served_s = time.monotonic() - begun
        storm_used, load_cpu = server.usage(), time.process_time() - load_cpu
        await asyncio.sleep(AFTER_S)
        storm = quiet[1], time.time_ns()
        voices = (await running()).voices
    await asyncio.gather(*(caller.close() for caller in (*before, *returned)), *(page.close() for page in idle))
    await district.close()
    served = [caller for caller in returned if caller.times.heard.done() and not caller.times.heard.cancelled()]
    return Seen(
        served=len(served),
        never=len(returned) - len(served),
        last_s=served_s,
        tries=sum(caller.tries for caller in returned) / len(returned),
        welcome=percentiles(caller.times.welcomed - caller.times.came for caller in served),
        answer=percentiles(caller.times.answered - caller.times.came for caller in served),
        media=percentiles(caller.times.connected - caller.times.came for caller in served),
        heard=percentiles(caller.times.heard.result() - caller.times.came for caller in served),
        quiet=disturbance(voices, quiet),
        storm=disturbance(voices, storm),
        quiet_cpu=_shares(quiet_used, used, plan.quiet_s),
        storm_cpu=_shares(used, storm_used, served_s),
        load_cpu=100 * load_cpu / served_s,
        kb_per_idle_seat=(settled["signaling"].rss_bytes - empty["signaling"].rss_bytes) / 1000 / max(1, len(idle)),
        signaling_mb=storm_used["signaling"].rss_bytes / 1e6,
    )


async def _sit_down(district: District, consultations: Sequence[tuple[str, str]]) -> list[Page]:
    """Both seats of each say hello and wait."""
    tokens = [token for pair in consultations for token in pair]
    seats = [SeatOrder(token=token, address=_address(1, at // IDLE_PER_ADDRESS)) for at, token in enumerate(tokens)]
    pages = [Page(district.network, district.url, seat) for seat in seats]
    turns = asyncio.Semaphore(ENTER_AT_ONCE)

    async def enter(page: Page) -> None:
        async with turns:
            await page.enter()

    await asyncio.gather(*map(enter, pages))
    return pages


async def _call(callers: Sequence[Caller]) -> None:
    turns = asyncio.Semaphore(CALL_AT_ONCE)

    async def enter(caller: Caller) -> None:
        async with turns:
            await caller.enter()
            caller.talk(OUTAGE_PACKET_NS, 0)

    await asyncio.gather(*map(enter, callers))


async def _return(caller: Caller, after_s: float) -> None:
    """With power again: served when it hears the other one."""
    await asyncio.sleep(after_s)
    try:
        async with asyncio.timeout(SERVED_WITHIN_S):
            await caller.enter()
            caller.talk(OUTAGE_PACKET_NS, 0)
            await caller.times.heard
    except TimeoutError:
        return


@asynccontextmanager
async def _running(server: Server, pairs: Sequence[tuple[str, str]]) -> AsyncIterator[Callable[[], Awaitable[Record]]]:
    """The calls that go on meanwhile; call what this yields to end them and have their record."""
    calls = Calls(url=server.url, pairs=[_pair(tokens, 3, at) for at, tokens in enumerate(pairs)])
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.running", stdin=pipe, stdout=pipe, limit=1 << 30
    )
    assert child.stdin is not None
    assert child.stdout is not None
    out, given = child.stdout, child.stdin
    given.write(calls.model_dump_json().encode() + b"\n")

    async def stop() -> Record:
        given.close()
        return Record.model_validate_json(await out.readline())

    try:
        async with asyncio.timeout(60):
            assert await out.readline() == b"up\n", "the running calls did not come up"
        yield stop
    finally:
        if child.returncode is None:
            given.close()
            await child.wait()


def _seats(pairs: Sequence[tuple[str, str]], addresses: int) -> list[tuple[int, int, SeatOrder]]:
    """Call, side and seat of each client; the addresses are shared out in turns. Calls of the load begin at 1000."""
    shared = islice(cycle(range(addresses)), 2 * len(pairs))
    tokens = [(1000 + number, side, pair[side]) for number, pair in enumerate(pairs) for side in (0, 1)]
    return [
        (number, side, SeatOrder(token=token, address=_address(2, at)))
        for (number, side, token), at in zip(tokens, shared, strict=True)
    ]


def _pair(tokens: tuple[str, str], network: int, at: int) -> tuple[SeatOrder, SeatOrder]:
    first, second = (SeatOrder(token=token, address=_address(network, at)) for token in tokens)
    return first, second


def _address(network: int, at: int) -> str:
    """All of 127.0.0.0/8 is this machine's."""
    return f"127.0.{network}.{at + 1}"


def _shares(before: dict[str, Usage], after: dict[str, Usage], seconds: float) -> dict[str, float]:
    """Percent of a core, by role."""
    return {role: (after[role].cpu_ns - before[role].cpu_ns) / 1e7 / seconds for role in after}


def _say(what: str) -> None:
    print(f"{time.strftime('%X')} {what}", file=sys.stderr, flush=True)


def _plan(arguments: argparse.Namespace) -> Plan:
    return Plan(
        idle=arguments.idle,
        clients=arguments.clients,
        running=arguments.running,
        addresses=arguments.addresses,
        dark_s=15,
        quiet_s=10,
        spread_s=1,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.district", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 seats, 8 clients and a call, once")
    parser.add_argument("--idle", type=int, default=2000, help="seats that said hello and wait")
    parser.add_argument("--clients", type=int, default=200, help="pages that come back within a second")
    parser.add_argument("--running", type=int, default=5, help="calls of two that go on meanwhile")
    parser.add_argument("--addresses", type=int, default=8, help="public addresses that the clients share")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("build/bench-district.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
