"""TUN devices and network namespaces, by the kernel's own calls."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000

DEVICE = "eth0"
"""Not `tun0`: browsers take that name for a VPN and judge it differently."""
MTU = 1400

_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def namespace(name: str) -> Iterator[str]:
    """A network namespace with its loopback up, gone at the end."""
    run("ip", "netns", "add", name)
    try:
        run(*inside(name), "ip", "link", "set", "lo", "up")
        yield name
    finally:
        run("ip", "netns", "delete", name)


def inside(name: str) -> tuple[str, ...]:
    """What to put before a command so that it runs in the namespace, its open files kept."""
    return ("nsenter", f"--net=/run/netns/{name}", "--")


def run(*command: str) -> None:
    """Run to the end; RuntimeError with what it said when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


def open_tun(name: str) -> int:
    """Make `DEVICE` in the namespace and return its file, non-blocking, one IP packet a read or write."""
    enter(name)
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def enter(name: str) -> None:
    """Move this thread into the namespace (`os.setns` comes with Python 3.12)."""
    with open(f"/run/netns/{name}", "rb") as file:  # noqa: PTH123
        if _libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {name}")
