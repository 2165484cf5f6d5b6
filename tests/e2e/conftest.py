"""What the whole-call tests share: a server, browsers, and the lab when the network matters."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest

from e2e.chromium import CHROMIUM, Chromiums, chromiums
from e2e.coturn import TURNSERVER
from e2e.demo import Demo, demo
from e2e.firefox import FIREFOX_ESR
from netlab.lab import Lab, lab

LOG_TAIL_CHARS = 8000
PACKAGES = {CHROMIUM: "chromium", TURNSERVER: "coturn", FIREFOX_ESR: "firefox-esr", "espeak-ng": "espeak-ng"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what its server said."""
    report = yield
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    if report.failed and directory is not None:
        for log in sorted(directory.glob("*.log")):
            report.sections.append((log.name, log.read_text()[-LOG_TAIL_CHARS:]))
    return report


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Demo]:
    """A server on this machine's loopback with one consultation of a patient and a physician."""
    with demo(tmp_path) as running:
        yield running


@pytest.fixture
async def browsers(tmp_path: Path) -> AsyncIterator[Chromiums]:
    needs(CHROMIUM)
    async with chromiums(tmp_path) as opened:
        yield opened


@pytest.fixture
def link() -> Iterator[Lab]:
    """Two namespaces with a perfect link between them."""
    needs_root()
    with lab() as made:
        yield made


def needs(program: str) -> None:
    """Skip where a developer lacks a program; in CI that is a failure."""
    if shutil.which(program) is None:
        _cannot(f"{program} is missing: apt install {PACKAGES[program]}")


def needs_root() -> None:
    if os.geteuid() != 0:
        _cannot("network namespaces need root")


def _cannot(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
