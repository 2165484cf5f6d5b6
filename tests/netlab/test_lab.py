"""The lab measured by itself: the delay it claims, the block it claims, and nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import pytest

from netlab.lab import TESTS, Lab, lab
from netlab.profile import PERFECT, UDP_BLOCKED, Path, Profile

ECHO = (sys.executable, "-m", "netlab.echo")


@contextmanager
def echo_server(link: Lab) -> Iterator[None]:
    command = (*link.server, *ECHO, "serve")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(5)


def round_trips_ms(link: Lab, kind: str, count: int) -> list[float | None]:
    command = (*link.patient, *ECHO, kind, str(count))
    done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS, check=True, timeout=60)
    times: list[float | None] = json.loads(done.stdout)
    return times


def answered(times: list[float | None]) -> list[float]:
    return [time for time in times if time is not None]


@pytest.mark.parametrize(("up_ms", "down_ms"), [(0, 0), (25, 75), (300, 300)])
def test_round_trip_is_the_sum_of_the_delays(link: Lab, up_ms: float, down_ms: float) -> None:
    link.set(Profile(up=Path(delay_ms=up_ms), down=Path(delay_ms=down_ms)))
    with echo_server(link):
        times = answered(round_trips_ms(link, "udp", 9))
    assert len(times) == 9
    assert min(times) >= up_ms + down_ms - 0.1
    assert median(times) == pytest.approx(up_ms + down_ms, abs=5)


def test_udp_block_is_lifted_while_running(link: Lab) -> None:
    with echo_server(link):
        link.set(UDP_BLOCKED)
        assert answered(round_trips_ms(link, "udp", 2)) == []
        assert len(answered(round_trips_ms(link, "tcp", 3))) == 3
        link.set(PERFECT)
        assert len(answered(round_trips_ms(link, "udp", 3))) == 3


def test_loss_one_way(link: Lab) -> None:
    link.set(Profile(up=Path(loss=1.0)))
    with echo_server(link):
        assert answered(round_trips_ms(link, "udp", 2)) == []


def test_nothing_is_left_behind_after_a_failure() -> None:
    with pytest.raises(ValueError, match="the test failed"), lab() as made:  # noqa: PT012
        names = made.patient[1].removeprefix("--net=/run/netns/"), made.server[1].removeprefix("--net=/run/netns/")
        raise ValueError("the test failed")
    listed = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=True).stdout
    assert not any(name in listed for name in names)
