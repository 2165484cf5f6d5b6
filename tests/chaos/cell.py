"""A run lives in namespaces of its own for processes, mounts and network: however it ends, nothing is left behind.

The server's side of the network is a namespace in there, joined by a pair of virtual Ethernet ends. What is blocked is
dropped by the receiver's kernel in silence, by policy-routing rules that stand before its own addresses.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

INSIDE: Final = "--inside"
SERVER_IP: Final = "10.213.8.1"
PAGES: Final = "10.213.8"
FIRST_PAGE: Final = 10
LOCAL_RULE: Final = "100"
FIRST_BLOCK: Final = 10
LAST_BLOCK: Final = 99


def enter(arguments: Sequence[str]) -> None:
    """Become the same program in namespaces of its own; root only. All of its processes end with it."""
    command = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    os.execvp(command[0], (*command, sys.executable, "-m", "chaos", INSIDE, *arguments))


def page_ip(index: int) -> str:
    """Every page has an address of its own."""
    return f"{PAGES}.{FIRST_PAGE + index}"


class Network:
    """Both ends; `server` is what to put before a command that shall run on the server's side."""

    def __init__(self, holder: int) -> None:
        self.server = ("nsenter", f"--net=/proc/{holder}/ns/net", "--")

    @contextmanager
    def page_blocked(self, index: int) -> Iterator[None]:
        """Nothing gets from this page to the server, or back."""
        ip = page_ip(index)
        with self._dropped(("from", ip), ("to", ip), FIRST_BLOCK + index):
            yield

    @contextmanager
    def port_blocked(self, protocol: str, port: int) -> Iterator[None]:
        """Nothing gets to this port of the server, or from there."""
        there = ("ipproto", protocol, "dport", str(port))
        back = ("ipproto", protocol, "sport", str(port))
        with self._dropped(there, back, LAST_BLOCK):
            yield

    @contextmanager
    def _dropped(self, there: Sequence[str], back: Sequence[str], preference: int) -> Iterator[None]:
        rules = [
            (*self.server, "ip", "rule", "VERB", "pref", str(preference), *there, "blackhole"),
            ("ip", "rule", "VERB", "pref", str(preference), *back, "blackhole"),
        ]
        for rule in rules:
            _run(*(word.replace("VERB", "add") for word in rule))
        try:
            yield
        finally:
            for rule in rules:
                _run(*(word.replace("VERB", "del") for word in rule))


@contextmanager
def network(pages: int) -> Iterator[Network]:
    """The server's namespace, and so many addresses on this side."""
    with subprocess.Popen(("unshare", "--net", "cat"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as holder:
        made = Network(holder.pid)
        _wait_until_apart(holder.pid)
        _run("ip", "link", "add", "pages", "type", "veth", "peer", "name", "server", "netns", str(holder.pid))
        _bring_up((), "pages", [page_ip(index) for index in range(pages)])
        _bring_up(made.server, "server", [SERVER_IP])
        yield made
        assert holder.stdin is not None
        holder.stdin.close()


def _wait_until_apart(pid: int) -> None:
    """Until `unshare` has done its work."""
    while os.stat(f"/proc/{pid}/ns/net").st_ino == os.stat("/proc/self/ns/net").st_ino:  # noqa: PTH116
        os.sched_yield()


def _bring_up(prefix: Sequence[str], device: str, addresses: Sequence[str]) -> None:
    """With the kernel's own addresses looked up late enough that other rules come first."""
    for address in addresses:
        _run(*prefix, "ip", "address", "add", f"{address}/24", "dev", device)
    for name in ("lo", device):
        _run(*prefix, "ip", "link", "set", name, "up")
    _run(*prefix, "ip", "rule", "add", "pref", LOCAL_RULE, "lookup", "local")
    _run(*prefix, "ip", "rule", "del", "pref", "0")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
