"""`make bench-sfu`: the same load on our media process and on Janus' videoroom, in turns, on one machine in one run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ifaddr

from bench import hilo, janus, process, report
from bench.load import Order, Seen

LIBSRTP = Path("build/libsrtp/lib")
"""A libsrtp 2.5.0 that was configured with OpenSSL, for Janus; Debian's own, built with NSS, where there is none."""
DEFAULT_CALLS = 20

Server = Literal["hilo", "janus", "janus-default"]


@dataclass(frozen=True)
class Plan:
    calls: tuple[int, ...]
    servers: tuple[Server, ...]
    repetitions: int
    warm_up_s: float
    window_s: float


QUICK = Plan(calls=(2,), servers=("hilo",), repetitions=1, warm_up_s=1, window_s=3)


def main() -> None:
    arguments = _arguments()
    plan = QUICK if arguments.quick else _plan(arguments)
    libsrtp: Path | None = arguments.libsrtp if arguments.libsrtp.exists() else None
    runs = []
    for server, calls in _turns(plan):
        seen = run(server, calls, plan, arguments.profile, libsrtp)
        runs.append(seen)
        print(report.line(seen), file=sys.stderr, flush=True)
    told = report.Report(machine=report.machine(), libraries=_libraries(libsrtp), runs=runs)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(told.model_dump_json(indent=1))
    print(f"{told.machine}; {json.dumps(told.libraries)}; SRTP {arguments.profile}")
    print(f"\n{report.table(runs)}\n\n{report.verdicts(runs)}")


def run(server: Server, calls: int, plan: Plan, profile: Literal["gcm", "cm"], libsrtp: Path | None) -> Seen:
    """One fresh server under one load, both ended afterwards."""
    host = _host()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        started, endpoint = stack.enter_context(_serving(server, folder, host, libsrtp))
        order = Order(
            server="hilo" if server == "hilo" else "janus",
            endpoint=endpoint,
            server_pid=started.pid,
            host=host,
            profile=profile,
            calls=calls,
            warm_up_s=plan.warm_up_s,
            window_s=plan.window_s,
        )
        seen = _load(order, folder)
    return seen.model_copy(update={"server": server})


def _load(order: Order, folder: Path) -> Seen:
    command = [sys.executable, "-m", "bench.load"]
    log = folder / "load.log"
    load = process.start(command, process.LOAD_CPU, log, given=order.model_dump_json().encode())
    try:
        load.wait()
    finally:
        process.stop(load)
    told = log.read_text()
    if load.returncode:
        raise RuntimeError(f"the load failed:\n{told}")
    return Seen.model_validate_json(told)


@contextmanager
def _serving(
    server: Server, folder: Path, host: str, libsrtp: Path | None
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with ExitStack() as stack:
        if server == "hilo":
            valkey, endpoint = hilo.start_valkey(folder)
            stack.callback(process.stop, valkey)
            started = hilo.start_media(folder, endpoint, host)
        elif server == "janus":
            started, endpoint = janus.start(folder, "best", libsrtp), str(folder / "janus.sock")
        else:
            started, endpoint = janus.start(folder, "default", None), str(folder / "janus.sock")
        stack.callback(process.stop, started)
        yield started, endpoint


def _turns(plan: Plan) -> Iterator[tuple[Server, int]]:
    """A, B, A, B at each size; at the end, if Janus takes part, one turn of it as Debian ships it."""
    for calls in plan.calls:
        for _ in range(plan.repetitions):
            for server in plan.servers:
                yield server, calls
    if "janus" in plan.servers:
        yield "janus-default", DEFAULT_CALLS


def _host() -> str:
    """An address of this machine that is not 127.0.0.1, which Janus would not offer; packets to it stay on loopback."""
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str) and not address.ip.startswith("127."):
                return address.ip
    return "127.0.0.1"


def _libraries(libsrtp: Path | None) -> dict[str, str]:
    """Which libsrtp Janus ran with, and what that one takes its ciphers from."""
    library = (libsrtp or Path("/usr/lib/x86_64-linux-gnu")) / "libsrtp2.so.1"
    if not library.exists():
        return {}
    linked = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=True).stdout
    return {"janus libsrtp": "OpenSSL" if "libcrypto" in linked else "NSS" if "libnss3" in linked else "built-in"}


def _plan(arguments: argparse.Namespace) -> Plan:
    return Plan(
        calls=tuple(arguments.calls),
        servers=tuple(arguments.servers),
        repetitions=arguments.repetitions,
        warm_up_s=2,
        window_s=arguments.window,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.sfu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 calls for 3 s on our server only")
    parser.add_argument("--calls", type=int, nargs="+", default=[5, 20, 50, 100])
    parser.add_argument("--servers", nargs="+", choices=["hilo", "janus"], default=["hilo", "janus"])
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--window", type=float, default=10, help="seconds measured")
    parser.add_argument("--profile", choices=["gcm", "cm"], default="gcm", help="the one SRTP profile offered")
    parser.add_argument("--libsrtp", type=Path, default=LIBSRTP, help="folder of the libsrtp2.so.1 for Janus")
    parser.add_argument("--out", type=Path, default=Path("build/bench-sfu.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
