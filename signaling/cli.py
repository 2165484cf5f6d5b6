"""The command `hilo`: reads arguments and settings, and runs one role. Exit code 2: something is set wrongly."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from signaling import (
    administrator_commands,
    announcement,
    aof,
    drain,
    embedded,
    logs,
    ports,
    programs,
    supervisor,
)
from signaling.administrator_commands import Command
from signaling.settings import Settings, SettingsError, load, table

SETTING_OPTIONS = ("host", "port", "public_url", "tls_cert", "tls_key", "data_dir", "media_port", "media_processes",
                   "log_level")  # fmt: skip
BAD_SETTING = 2
NOT_DONE = 1
PREDECESSOR_DIES_S = 2.0
"""After a kill -9 the ports of the children last a moment longer than their supervisor."""


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the console script; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        given = {name: getattr(arguments, name, None) for name in SETTING_OPTIONS}
        settings = load(**given)
        logs.start(settings.log_level)
        run: Callable[[Settings, argparse.Namespace], int] = arguments.run
        return run(settings, arguments)
    except (SettingsError, embedded.DataDirInUse, aof.Damaged) as error:
        print(f"hilo: {error}", file=sys.stderr)
        return BAD_SETTING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hilo", description="Telemedicine consultations for bad links.")
    commands = parser.add_subparsers(required=True, metavar="command")
    _command(commands, "serve", _serve, "run everything on this machine and restart what dies")
    told = _command(commands, "signaling", _signaling, "run one signaling process against HILO_REDIS_URL")
    told.add_argument("--when-told", action="store_true", help="get ready; serve when a line comes on standard input")
    media = _command(commands, "media", _media, "run one media process against HILO_REDIS_URL")
    media.add_argument("--index", type=int, default=0, help="which of this machine's media processes, from 0")
    shown = _command(commands, "demo", _demo, "serve a clinic with one appointment and print its two links")
    shown.add_argument("--json", action="store_true", help="print the links as one line of JSON")
    shown.add_argument("--companion", action="store_true", help="with a third seat, for a relative of the patient")
    draining = _command(commands, "drain", _drain, "end the `hilo serve` of the data directory and wait for it")
    draining.add_argument("--save", action="store_true", help="shorten its file first, so that the next start is quick")
    administrator_commands.add_commands(partial(_command, commands), partial(_group, commands))
    _command(commands, "doctor", _doctor, "check ports, clock, Redis, TLS and TURN, and say what to do")
    _command(commands, "settings", _settings, "print every setting as a table")
    return parser


def _group(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help_text: str) -> Command:
    """A command that has others below it."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    return partial(_command, parser.add_subparsers(required=True, metavar="command"))


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[Settings, argparse.Namespace], int],
    help_text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run)
    for option in SETTING_OPTIONS:
        flag = f"--{option.replace('_', '-')}"
        parser.add_argument(flag, default=None, help=f"instead of HILO_{option.upper()}")
    return parser


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    ports.wait_until(lambda: _taken(settings) is None, PREDECESSOR_DIES_S)
    if problem := _taken(settings):
        raise SettingsError(problem)
    asyncio.run(_supervise(settings, partial(announcement.set_up, settings)))
    return 0


def _demo(settings: Settings, arguments: argparse.Namespace) -> int:
    from signaling import demo  # only this role needs it

    render = demo.as_json if arguments.json else demo.as_text
    moved = demo.free_settings(settings)

    async def announce(redis_url: str) -> None:
        print(render(await demo.prepare(moved, redis_url, arguments.companion)), flush=True)

    asyncio.run(_supervise(moved, announce))
    return 0


def _signaling(settings: Settings, arguments: argparse.Namespace) -> int:
    from signaling import server  # only this role needs it

    redis_url = _redis_url(settings)
    if arguments.when_told and not sys.stdin.readline():
        return 0  # who was to tell is gone
    asyncio.run(server.run(settings, redis_url))
    return 0


def _media(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.index not in range(len(settings.media_ports)):
        raise SettingsError(f"--index={arguments.index}: expected 0 to {len(settings.media_ports) - 1}")
    programs.become_media(programs.media_config(settings, _redis_url(settings), arguments.index))
    return 0


def _drain(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        print(f"hilo: {drain.drain(settings.data_dir, arguments.save)}")
    except drain.NotDone as error:
        print(f"hilo: {error}", file=sys.stderr)
        return NOT_DONE
    return 0


def _doctor(settings: Settings, _: argparse.Namespace) -> int:
    from signaling import doctor  # only this role needs it

    findings = asyncio.run(doctor.examine(settings))
    print("\n".join(finding.line() for finding in findings))
    return 1 if any(finding.level == "fail" for finding in findings) else 0


def _settings(_: Settings, __: argparse.Namespace) -> int:
    print(table(), end="")
    return 0


async def _supervise(settings: Settings, beside: Callable[[str], Coroutine[None, None, None]] | None) -> None:
    """Run everything until a signal; `beside` runs meanwhile, and is given the address of Redis."""
    stop = asyncio.Event()
    supervisor.stop_on_signals(stop)
    with ExitStack() as held:
        store = None if settings.redis_url else held.enter_context(embedded.prepare(settings.data_dir))
        redis_url = store.url if store else str(settings.redis_url)
        async with asyncio.TaskGroup() as tasks:
            other = tasks.create_task(beside(redis_url)) if beside else None
            await supervisor.supervise(programs.of(settings, redis_url, store), stop)
            if other:
                other.cancel()


def _redis_url(settings: Settings) -> str:
    url = settings.redis_url or embedded.running_url(settings.data_dir)
    if url is None:
        raise SettingsError(
            f"HILO_REDIS_URL is not set and no `hilo serve` runs in {Path(settings.data_dir).absolute()}"
        )
    return url


def _taken(settings: Settings) -> str | None:
    """What to tell about a port that cannot be listened on; None when all can."""
    if not ports.is_free(settings.host, settings.port):
        return (
            f"HILO_PORT={settings.port}: cannot listen there on {settings.host}: end the program that has the port, or "
            "choose another with --port; below 1024, give the process CAP_NET_BIND_SERVICE"
        )
    if taken := ports.taken_media(settings.media_ports):
        return (
            f"HILO_MEDIA_PORT={settings.media_port}: UDP or TCP port {taken[0]} is taken: end the program that has it, "
            "or choose others with --media-port"
        )
    return None


if __name__ == "__main__":
    sys.exit(main())
