"""The lab measured with real sockets: that it delivers what a profile claims. `test_pipe.py` has the finer rules."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby, pairwise
from statistics import mean, median, quantiles

import pytest

from netlab.flow import Arrival, Flow, flow, rate_bps, socket_in
from netlab.lab import PATIENT_IP, SERVER_IP, Lab, lab
from netlab.profile import OUTAGE, PERFECT, UDP_BLOCKED, Bursts, Path, Profile

SMALL, LARGE = 100, 1000
"""Bytes of an IP packet."""
DENSE_S = 0.0002


@pytest.fixture(scope="module")
def one_lab() -> Iterator[Lab]:
    with lab() as made:
        yield made


@pytest.fixture
def link(one_lab: Lab) -> Lab:
    """The same lab for every test, perfect again; sockets are new, so that what is still on its way meets nobody."""
    one_lab.set(PERFECT)
    return one_lab


@pytest.fixture
def up(link: Lab) -> Iterator[Flow]:
    with flow(link.links[0].namespace, link.server_namespace, SERVER_IP) as made:
        yield made


@pytest.fixture
def down(link: Lab) -> Iterator[Flow]:
    with flow(link.server_namespace, link.links[0].namespace, PATIENT_IP) as made:
        yield made


def numbers(arrivals: list[Arrival]) -> list[int]:
    return [each.number for each in arrivals]


def delays_ms(arrivals: list[Arrival]) -> list[float]:
    return [each.delay_ms for each in arrivals]


@pytest.mark.parametrize(("up_ms", "down_ms"), [(0, 0), (25, 75), (300, 301.5)])
def test_delay(link: Lab, up: Flow, down: Flow, up_ms: float, down_ms: float) -> None:
    link.set(Profile(up=Path(delay_ms=up_ms), down=Path(delay_ms=down_ms)))
    for direction, delay_ms in ((up, up_ms), (down, down_ms)):
        measured = delays_ms(direction.send(80, SMALL, 0.004).arrivals(0.4))
        assert len(measured) == 80
        assert min(measured) >= delay_ms - 0.05
        assert quantiles(measured, n=10)[-1] <= delay_ms + 2


@pytest.mark.parametrize(
    ("bps", "size", "seconds"), [(24_000, SMALL, 1.6), (600_000, LARGE, 1.2), (4_000_000, 1400, 1.0)]
)
def test_rate(link: Lab, up: Flow, bps: int, size: int, seconds: float) -> None:
    link.set(Profile(up=Path(rate_bps=bps)))
    assert rate_bps(up.send_at(bps * 1.5, size, seconds).arrivals()) == pytest.approx(bps, rel=0.05)


def test_a_rate_that_is_not_used_up_delays_by_serialisation_alone(link: Lab, down: Flow) -> None:
    link.set(Profile(down=Path(rate_bps=400_000, delay_ms=20)))
    measured = delays_ms(down.send_at(200_000, LARGE, 1.0).arrivals())
    assert median(measured) == pytest.approx(20 + LARGE * 8 / 400, abs=2)


@pytest.mark.parametrize("loss", [0.02, 0.15])
def test_loss(link: Lab, up: Flow, loss: float) -> None:
    link.set(Profile(up=Path(loss=loss)))
    assert 1 - len(up.send(5000, SMALL, DENSE_S).arrivals()) / 5000 == pytest.approx(loss, abs=0.01)


def test_bursts(link: Lab, down: Flow) -> None:
    link.set(Profile(down=Path(bursts=Bursts(share=0.15, mean_packets=4))))
    arrived = set(numbers(down.send(6000, SMALL, DENSE_S).arrivals()))
    lengths = [len(list(run)) for lost, run in groupby(range(6000), lambda number: number not in arrived) if lost]
    assert sum(lengths) / 6000 == pytest.approx(0.15, abs=0.03)
    assert mean(lengths) == pytest.approx(4, rel=0.2)


def test_the_queue_is_bounded_and_drops_its_tail(link: Lab, up: Flow) -> None:
    link.set(Profile(up=Path(rate_bps=500_000, queue_ms=200)))
    before = link.counters().up.dropped["queue"]
    arrived = up.send_at(1_000_000, LARGE, 1.2).arrivals()
    serialisation_ms = LARGE * 8 / 500
    full = delays_ms(arrived)[len(arrived) // 2 :]
    assert 190 < median(full) <= 200 + serialisation_ms + 2
    assert numbers(arrived)[:10] == list(range(10))
    assert rate_bps(arrived) == pytest.approx(500_000, rel=0.05)
    assert link.counters().up.dropped["queue"] - before == 150 - len(arrived)


def test_a_new_rate_is_for_what_waits_too(link: Lab, down: Flow) -> None:
    """600 kbit/s with half a second of queue, and then 60: the queue becomes five seconds long, and is served at 60."""
    link.set(Profile(down=Path(rate_bps=600_000, queue_ms=500)))
    down.send(40, LARGE, 0.0)
    time.sleep(0.1)
    changed_at = time.time() + link.set(Profile(down=Path(rate_bps=60_000, queue_ms=500))) - time.monotonic()
    assert link.counters().down.queue_ms == pytest.approx((40 * 8 - 60) / 60 * 1000, abs=600)
    time.sleep(1.2)
    link.set(Profile(down=Path(rate_bps=600_000)))
    arrived = down.arrivals()
    slow = [each for each in arrived if changed_at + 0.15 < each.at < changed_at + 1.2]
    assert rate_bps(slow) == pytest.approx(60_000, rel=0.05)
    assert rate_bps(arrived[-20:]) == pytest.approx(600_000, rel=0.05)


def test_outage(link: Lab, up: Flow, down: Flow) -> None:
    link.set(OUTAGE)
    assert [direction.send(20, SMALL, DENSE_S).arrivals() for direction in (up, down)] == [[], []]
    link.set(PERFECT)
    assert [len(direction.send(20, SMALL, DENSE_S).arrivals()) for direction in (up, down)] == [20, 20]
    assert link.counters().up.dropped["down"] >= 20


def test_copies(link: Lab, up: Flow) -> None:
    link.set(Profile(up=Path(duplicate=0.2)))
    arrived = numbers(up.send(3000, SMALL, DENSE_S).arrivals())
    assert set(arrived) == set(range(3000))
    assert len(arrived) / 3000 == pytest.approx(1.2, abs=0.025)


def test_overtaking(link: Lab, up: Flow) -> None:
    link.set(Profile(up=Path(delay_ms=60, reorder=0.2, reorder_ms=40)))
    arrived = up.send(1000, SMALL, 0.001).arrivals()
    early = [each for each in delays_ms(arrived) if each < 59.5]
    assert len(arrived) == 1000
    assert len(early) / 1000 == pytest.approx(0.2, abs=0.05)
    assert min(early) >= 20 - 0.05
    assert any(later < earlier for earlier, later in pairwise(numbers(arrived)))


def test_jitter(link: Lab, up: Flow) -> None:
    link.set(Profile(up=Path(delay_ms=50, jitter_ms=10)))
    arrived = up.send(200, SMALL, 0.008).arrivals()
    assert numbers(arrived) == list(range(200))
    assert min(delays_ms(arrived)) >= 50 - 0.05
    assert mean(delays_ms(arrived)) - 50 == pytest.approx(12, abs=4)  # 8, and what waits for the one before it


def test_udp_block_lets_tcp_through(link: Lab, up: Flow) -> None:
    link.set(UDP_BLOCKED)
    assert up.send(20, SMALL, DENSE_S).arrivals() == []
    with conversation(link) as said:
        assert said(b"ping") == b"ping"
    link.set(PERFECT)
    assert len(up.send(20, SMALL, DENSE_S).arrivals()) == 20


def test_websocket_block_lets_other_requests_through(link: Lab) -> None:
    link.set(Profile.both(Path(websocket_blocked=True)))
    with conversation(link) as said:
        assert said(b"GET /chat HTTP/1.1\r\n\r\n") != b""
        assert said(b"GET /ws HTTP/1.1\r\nUPGRADE: WebSocket\r\n\r\n") == b""
    assert link.counters().up.dropped["websocket_blocked"] >= 1


@contextmanager
def conversation(link: Lab) -> Iterator[Callable[[bytes], bytes]]:
    """A TCP connection from the patient to the server: says something; returns what was heard within 0.3 s."""
    with (
        socket_in(link.server_namespace, socket.SOCK_STREAM) as listener,
        socket_in(link.links[0].namespace, socket.SOCK_STREAM) as client,
    ):
        listener.bind((SERVER_IP, 0))
        listener.listen()
        client.settimeout(2)
        client.connect(listener.getsockname())
        accepted = listener.accept()[0]
        accepted.settimeout(0.3)
        with accepted:
            yield lambda words: _heard(client, accepted, words)


def _heard(client: socket.socket, server: socket.socket, words: bytes) -> bytes:
    client.send(words)
    try:
        return server.recv(2048)
    except TimeoutError:
        return b""


def test_every_patient_has_a_link_of_their_own() -> None:
    with lab(patients=3) as made:
        for patient, delay_ms in zip(made.links, (10, 40, 70), strict=True):
            patient.set(Profile(up=Path(delay_ms=delay_ms), down=Path(delay_ms=2 * delay_ms)))
        for patient, delay_ms in zip(made.links, (10, 40, 70), strict=True):
            with (
                flow(patient.namespace, made.server_namespace, SERVER_IP) as up,
                flow(made.server_namespace, patient.namespace, patient.ip) as down,
            ):
                assert median(delays_ms(up.send(20, SMALL, 0.002).arrivals(0.2))) == pytest.approx(delay_ms, abs=2)
                assert median(delays_ms(down.send(20, SMALL, 0.002).arrivals(0.2))) == pytest.approx(
                    2 * delay_ms, abs=2
                )


CPU_SHARE = 0.1
"""Of a core; 0.05 on a machine that does nothing else, more where caches are cold. Nearly all of it is waking up."""


def test_two_megabits_both_ways_cost_little(link: Lab, up: Flow, down: Flow) -> None:
    link.set(Profile.both(Path(rate_bps=2_000_000, delay_ms=30, jitter_ms=5, bursts=Bursts(share=0.02))))
    before = link.counters()
    for _ in range(400):  # 5 ms each
        up.send(1, 1250, 0)
        down.send(1, 1250, 0)
        time.sleep(0.005)
    after = link.counters()
    assert after.down.came_packets - before.down.came_packets >= 400
    assert (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s) < CPU_SHARE


def test_nothing_is_left_behind_after_a_failure() -> None:
    with pytest.raises(ValueError, match="the test failed"), lab(patients=2) as made:  # noqa: PT012
        names = made.server_namespace, *(link.namespace for link in made.links)
        raise ValueError("the test failed")
    listed = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=True).stdout
    assert not any(name in listed for name in names)
