"""The load process: connects calls to one server, keeps them talking, and prints what it saw as one JSON object.

Started by `bench.sfu` on a CPU of its own, with an `Order` on standard input.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.participant import Participant, Shared
from bench.place import Client, HiloPlace, JanusPlace, Place
from bench.process import usage
from bench.sink import Window
from bench.source import AUDIO_EVERY_NS, VIDEO_FPS
from bench.srtp import PROFILES, Buffer
from bench.wheel import Action, Wheel, every

SECOND_NS = 1_000_000_000
CONSENT_NS = 2_500_000_000
FEEDBACK_NS = 100_000_000
DRAIN_S = 0.5
TIMED_PARTICIPANTS = 40
"""Asking the kernel for arrival times costs; so many receivers give a hundred thousand samples in no time."""


class Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    server: Literal["hilo", "janus"]
    endpoint: str
    """Redis URL, or the path of Janus' Unix socket."""
    server_pid: int
    host: str
    profile: Literal["gcm", "cm"]
    calls: int
    warm_up_s: float
    window_s: float


class Seen(BaseModel):
    """What one run measured. Packets are the audio and video sent within the window; latencies are one-way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str
    profile: str
    calls: int
    window_s: float
    sent: int
    forwarded: int
    not_sent: int
    undecryptable: int
    unknown: int
    keyframes: int
    numbered: bool
    connect_s: float
    latency_p50_ms: float
    latency_p99_ms: float
    late_p99_ms: float
    server_cpu_s: float
    rss_bytes: int


def run(order: Order) -> Seen:
    """Connect, warm up, measure for the window, drain."""
    window = Window()
    client = Client(order.host, PROFILES[order.profile], Shared(Buffer(), Buffer(), window))
    place = HiloPlace(client, order.endpoint) if order.server == "hilo" else JanusPlace(client, Path(order.endpoint))
    begun = time.monotonic()
    participants = _connect(place, order.calls)
    connect_s = time.monotonic() - begun
    wheel = Wheel(_actions(participants), [sink for participant in participants for sink in participant.sinks])
    gc.collect()
    gc.disable()
    wheel.run(order.warm_up_s)
    seen = _measure(order, wheel, window, participants, connect_s)
    wheel.close()
    for participant in participants:
        participant.close()
    place.close()
    return seen


def _connect(place: Place, calls: int) -> list[Participant]:
    """One call after the other; those that are there already are kept alive meanwhile."""
    participants: list[Participant] = []
    kept_alive_at = time.monotonic()
    for number in range(calls):
        participants += place.call(number, is_timed=2 * number < TIMED_PARTICIPANTS)
        if time.monotonic() - kept_alive_at > CONSENT_NS / SECOND_NS:
            kept_alive_at = time.monotonic()
            for participant in participants:
                participant.consent()
    return participants


def _actions(participants: list[Participant]) -> list[tuple[int, Action]]:
    """Everybody's duties, at phases that chance gives, the same in every run."""
    phase = random.Random(1).randrange
    actions: list[tuple[int, Action]] = []
    for each in participants:
        actions += every(AUDIO_EVERY_NS, phase(SECOND_NS), each.audio.send)
        actions += every(SECOND_NS // VIDEO_FPS, phase(SECOND_NS), each.video.send)
        actions += every(SECOND_NS, phase(SECOND_NS), each.report)
        actions += every(CONSENT_NS, phase(CONSENT_NS), each.consent)
        if each.numbered:
            actions += every(FEEDBACK_NS, phase(SECOND_NS), each.feed_back)
    return actions


def _measure(order: Order, wheel: Wheel, window: Window, participants: list[Participant], connect_s: float) -> Seen:
    sources = [source for participant in participants for source in participant.sources.values()]
    sinks = [participant.receiving for participant in participants]
    sent_before, before = _sent(participants), usage(order.server_pid)
    wheel.lateness_ns.clear()
    window.begin_ns = time.time_ns()
    wheel.run(order.window_s)
    window.end_ns = time.time_ns()
    after, sent_after = usage(order.server_pid), _sent(participants)
    late_p99_ms = _percentile_ms(wheel.lateness_ns, 0.99)
    wheel.run(DRAIN_S)
    return Seen(
        server=order.server,
        profile=order.profile,
        calls=order.calls,
        window_s=(window.end_ns - window.begin_ns) / SECOND_NS,
        sent=sent_after - sent_before,
        forwarded=sum(track.in_window for sink in sinks for track in sink.tracks.values()),
        not_sent=sum(source.failed for source in sources),
        undecryptable=sum(sink.undecryptable for participant in participants for sink in participant.sinks),
        unknown=sum(sink.unknown for participant in participants for sink in participant.sinks),
        keyframes=sum(participant.video.keyframes for participant in participants),
        numbered=participants[0].numbered,
        connect_s=connect_s,
        latency_p50_ms=_percentile_ms(window.latencies_ns, 0.5),
        latency_p99_ms=_percentile_ms(window.latencies_ns, 0.99),
        late_p99_ms=late_p99_ms,
        server_cpu_s=(after.cpu_ns - before.cpu_ns) / SECOND_NS,
        rss_bytes=after.rss_bytes,
    )


def _sent(participants: list[Participant]) -> int:
    return sum(source.sent for participant in participants for source in participant.sources.values())


def _percentile_ms(values_ns: list[int], share: float) -> float:
    ranked = sorted(values_ns)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] / 1e6 if ranked else float("nan")


if __name__ == "__main__":
    print(run(Order.model_validate_json(sys.stdin.read())).model_dump_json())
