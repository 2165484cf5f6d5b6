"""The lab: a patient's namespace and a server's, joined by one emulated link. Nothing of it outlives `with`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path as FilePath

from netlab.profile import PERFECT, Profile
from netlab.tun import DEVICE, MTU, inside, namespace, run

SERVER_IP = "10.213.7.1"
PATIENT_IP = "10.213.7.2"
STOP_TIMEOUT_S = 5.0
TESTS = FilePath(__file__).parent.parent


class Lab:
    """Two namespaces and the link between them. Both ends see a plain Ethernet-like `eth0` as the way to everywhere."""

    def __init__(self, patient: str, server: str, emulator: subprocess.Popen[str]) -> None:
        self.patient = inside(patient)
        """Prefix of a command that shall run on the patient's side."""
        self.server = inside(server)
        self._emulator = emulator

    def set(self, profile: Profile) -> None:
        """Change the link; in force on return. Packets already on their way keep their times."""
        assert self._emulator.stdin is not None
        self._emulator.stdin.write(profile.model_dump_json() + "\n")
        self._emulator.stdin.flush()
        _expect_ok(self._emulator)


@contextmanager
def lab(profile: Profile = PERFECT) -> Iterator[Lab]:
    """A new lab with names of its own, so that several run side by side."""
    run_id = f"{os.getpid()}-{secrets.token_hex(2)}"
    with ExitStack() as stack:
        patient = stack.enter_context(namespace(f"hilo-{run_id}-patient"))
        server = stack.enter_context(namespace(f"hilo-{run_id}-server"))
        emulator = stack.enter_context(_emulator(patient, server))
        _address(patient, PATIENT_IP)
        _address(server, SERVER_IP)
        made = Lab(patient, server, emulator)
        made.set(profile)
        yield made


@contextmanager
def _emulator(patient: str, server: str) -> Iterator[subprocess.Popen[str]]:
    command = (sys.executable, "-m", "netlab.emulator", patient, server)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS) as process:
        try:
            _expect_ok(process)
            yield process
        finally:
            _stop(process)


def _expect_ok(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    if process.stdout.readline() != "ok\n":
        raise RuntimeError(f"the link emulator ended with {process.poll()}")


def _stop(process: subprocess.Popen[str]) -> None:
    """The end of its input ends it; one that does not heed that is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _address(name: str, ip: str) -> None:
    for command in (
        ("ip", "address", "add", f"{ip}/24", "dev", DEVICE),
        ("ip", "link", "set", DEVICE, "mtu", str(MTU), "up"),
        ("ip", "route", "add", "default", "dev", DEVICE),
    ):
        run(*inside(name), *command)
