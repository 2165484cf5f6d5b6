"""The administrator's commands, as arguments. What they do is in administration.py, which is loaded when
one runs: `hilo serve` starts without it, and after a power cut each second counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from signaling.settings import Settings

Run = Callable[[Settings, argparse.Namespace], int]
Command = Callable[[str, Run, str], argparse.ArgumentParser]

ROLES: Final = ("physician", "coordinator", "administrator")
"""Those of clinic/people/staff.py."""


def add_commands(command: Command, group: Callable[[str, str], Command]) -> None:
    """`command` makes a subcommand; `group` one that has others below it."""
    audit = group("audit", "check the audit")
    verifying = audit("verify", _later("audited"), "read the whole audit, and name each entry that was changed or lost")
    verifying.add_argument(
        "--kept", action="append", default=[], metavar="HEAD", help='an anchor that you kept, as "12 3fa4…"'
    )
    backing = command("backup", _later("backed_up"), "write all data of the clinic to one encrypted file")
    backing.add_argument("file", type=Path)
    restoring = command("restore", _later("restored"), "put a backup back, while nothing else uses the data")
    restoring.add_argument("file", type=Path)
    restoring.add_argument("--force", action="store_true", help="also where there is data, which is replaced")
    restoring.add_argument(
        "--erased-in", action="append", default=[], type=Path, metavar="FILE",
        help="a newer backup: who was erased before it was made stays erased",
    )  # fmt: skip
    staff = group("staff", "accounts, for when nobody can sign in to make them")
    adding = staff("add", _later("added"), "add an account and print a link that sets its password")
    adding.add_argument("sign_in", help="what they sign in with: a short name or an e-mail address")
    adding.add_argument("--name", required=True, help="as patients read it, with title")
    adding.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given again")
    adding.add_argument("--licence", default="", help="of a physician, as it is printed on prescriptions: MPPS 12.345")
    resetting = staff("reset", _later("reset"), "end all sessions of an account and print a link for a new password")
    resetting.add_argument("sign_in")
    resetting.add_argument("--second-factor", action="store_true", help="forget the second factor too")


def _later(function: str) -> Run:
    """The function of administration.py, loaded when it is called."""

    def run(settings: Settings, arguments: argparse.Namespace) -> int:
        from signaling import administration

        found: Run = getattr(administration, function)
        return found(settings, arguments)

    return run
