"""The stories of the lab by name, each with the numbers that a release has to reach.

Buffers are as deep as such links have them: 300 ms on good ones, 500 ms on 3G and EDGE, a second on 2G.
"""

from __future__ import annotations

from typing import Final

from netlab.measures import beside, rungs, sound, video, words
from netlab.measures.over import ALL, Over
from netlab.profile import Bursts, Path, Profile
from netlab.story import Story, Target, link
from netlab.timeline import Step, Timeline, change, outage, random_walk, steady

JOINED_S: Final = 10.0
"""Calls begin with voice; from here on video has to be there."""
FAR: Final = Over(to=("patient",))


def _intelligible(least: float, over: Over = ALL) -> Target:
    return Target("STOI", sound.speech(over), at_least=least)


def _clean() -> Target:
    return Target("faults beside the call", beside.faults, at_most=0)


EXCELLENT: Final = Story(
    "excellent", "4 Mbit/s, 60 ms, 0.5 % loss", 45.0, steady(link(4000, 4000, 60, 0.005)),
    (
        _intelligible(0.97),
        Target("first sound, s", sound.first_sound_s(), at_most=1.5),
        Target("first video, s", video.first_picture_s(), at_most=1.5),
        Target("frozen share after 2 s", video.freeze_share(Over(2)), at_most=0),
        Target("delay p95, s", sound.delay_s(95), at_most=0.4),
        Target("V3 reached, s", rungs.reaches_s("V3", 0.0), at_most=40),
        _clean(),
    ),
)  # fmt: skip

THREE_G: Final = Story(
    "3g", "780/330 kbit/s, 200 ms, 1 % loss", 45.0, steady(link(780, 330, 200, 0.01, queue_ms=500)),
    (
        _intelligible(0.97),
        Target("live video share from 10 s on", video.live_share(Over(JOINED_S)), at_least=0.95),
        Target("frozen share", video.freeze_share(), at_most=0.01),
        _clean(),
    ),
)  # fmt: skip

EDGE: Final = Story(
    "edge", "240/120 kbit/s, 400 ms, 2 % loss", 45.0, steady(link(240, 120, 400, 0.02, queue_ms=500)),
    (
        _intelligible(0.96),
        Target("delay p95, s", sound.delay_s(95), at_most=0.6),
        Target("frozen share", video.freeze_share(), at_most=0.02),
        _clean(),
    ),
)  # fmt: skip

_BURSTY: Final = Path(rate_bps=500_000, delay_ms=75, queue_ms=300, bursts=Bursts(share=0.15, mean_packets=4))
LOSSY: Final = Story(
    "lossy", "500 kbit/s, 150 ms, 15 % loss in bursts", 45.0, steady(Profile.both(_BURSTY)),
    (
        _intelligible(0.95),
        Target("concealed share", sound.concealed_share(Over(2)), at_most=0.04),
        Target("share at V1 or above from 15 s on", rungs.share_at_least("V1", Over(15)), at_least=0.95),
        Target("live video share from 15 s on", video.live_share(Over(15)), at_least=0.9),
        _clean(),
    ),
)  # fmt: skip

TWO_G: Final = Story(
    "2g", "50/35 kbit/s, 600 ms, 3 % loss", 45.0, steady(link(50, 35, 600, 0.03, queue_ms=1000)),
    (
        Target("first sound, s", sound.first_sound_s(), at_most=6),
        _intelligible(0.93),
        Target("delay p95, s", sound.delay_s(95), at_most=0.9),
        _clean(),
    ),
)  # fmt: skip

THIN: Final = Story(
    "24k", "24/24 kbit/s, 500 ms, 2 % loss", 45.0, steady(link(24, 24, 500, 0.02, queue_ms=1000)),
    (
        _intelligible(0.90),
        Target("first sound, s", sound.first_sound_s(), at_most=10),
        _clean(),
    ),
)  # fmt: skip

FALL_S: Final = 25.0
STEP_600_60: Final = Story(
    "step_600_60", "600 kbit/s, from 25 s on 60 kbit/s, 100 ms", 45.0,
    change(link(600, 600, 100, queue_ms=500), FALL_S, link(60, 60, 100, queue_ms=500)),
    (
        Target("longest gap, s", sound.longest_gap_s(Over(FALL_S)), at_most=1),
        Target("rung fits after, s", rungs.fits_s(60_000, FALL_S), at_most=2),
        _intelligible(0.95, Over(FALL_S + 3)),
        Target("delay under 0.5 s after, s", sound.delay_back_s(0.5, FALL_S), at_most=3),
        _clean(),
    ),
)  # fmt: skip

STARVED_S: Final = 15.0
STEP_60_12: Final = Story(
    "step_60_12", "60 kbit/s, from 15 s on 12 kbit/s, 300 ms", 45.0,
    change(link(60, 60, 300, queue_ms=1000), STARVED_S, link(12, 12, 300, queue_ms=1000)),
    (
        Target("text after, s", rungs.falls_to_s("T", STARVED_S), at_most=6),
        Target("messages lost", words.messages_lost, at_most=0),
        Target("messages doubled", words.messages_doubled, at_most=0),
        Target("slowest message on text, s", words.slowest_message_on_text_s(STARVED_S), at_most=3),
        _clean(),
    ),
    chats=True,
)  # fmt: skip

_NO_UDP: Final = Path(rate_bps=4_000_000, delay_ms=30, loss=0.005, queue_ms=300, udp_blocked=True)
UDP_BLOCKED: Final = Story(
    "udp_blocked", "4 Mbit/s, 60 ms, TCP only", 40.0, steady(Profile.both(_NO_UDP)),
    (
        Target("first sound, s", sound.first_sound_s(), at_most=4),
        _intelligible(0.97),
        _clean(),
    ),
)  # fmt: skip

DARK_S: Final = 15.0
LIGHT_S: Final = DARK_S + 20
OUTAGE_20: Final = Story(
    "outage_20", "600 kbit/s, nothing from 15 to 35 s, 600 kbit/s", LIGHT_S + 25,
    outage(link(600, 600, 100), DARK_S, LIGHT_S - DARK_S),
    (
        Target("sound after the return, s", sound.first_sound_s(Over(LIGHT_S)), at_most=2),
        Target("video after the return, s", video.first_picture_s(Over(LIGHT_S)), at_most=15),
        _intelligible(0.95, Over(LIGHT_S + 3)),
        _clean(),
    ),
)  # fmt: skip

MUTE_S: Final = 15.0
HEARD_AGAIN_S: Final = MUTE_S + 20
_GOOD: Final = link(2000, 2000, 100)
_DEAF: Final = Profile(up=_GOOD.up.model_copy(update={"down": True}), down=_GOOD.down)
UPLINK_DIES: Final = Story(
    "uplink_dies", "2 Mbit/s, nothing from the patient from 15 to 35 s", HEARD_AGAIN_S + 15,
    Timeline((Step(0, _GOOD), Step(MUTE_S, _DEAF), Step(HEARD_AGAIN_S, _GOOD))),
    (
        Target("patient hears: STOI", sound.speech(FAR), at_least=0.95),
        Target("patient hears: longest gap, s", sound.longest_gap_s(FAR), at_most=0.5),
        Target("patient sees: share", video.live_share(Over(JOINED_S, to=("patient",))), at_least=0.95),
        Target("physician told after, s", words.told_s("physician", MUTE_S), at_most=5),
        Target("patient heard again after, s", sound.first_sound_s(Over(HEARD_AGAIN_S, to=("physician",))), at_most=2),
        _clean(),
    ),
)  # fmt: skip

SHARED_BPS: Final = 400_000
SHARED_TCP: Final = Story(
    "shared_tcp", "400 kbit/s, 100 ms, shared with a TCP download from 10 s on", 50.0, steady(link(400, 400, 100)),
    (
        Target("the download's share", beside.download_share(SHARED_BPS), at_least=0.25),
        _intelligible(0.93),
        _clean(),
    ),
    download=True,
)  # fmt: skip

SHARED_CALL: Final = Story(
    "shared_call", "400 kbit/s, 100 ms, two calls behind it", 45.0, steady(link(400, 400, 100)),
    (
        _intelligible(0.93),
        Target("share at A2 or above from 15 s on", rungs.share_at_least("A2", Over(15)), at_least=0.95),
        _clean(),
    ),
    cast="two calls",
)  # fmt: skip

WALK_S: Final = 600.0
WALK: Final = Story(
    "walk", "a random walk between 30 and 600 kbit/s, 10 min", WALK_S,
    random_walk(link(300, 300, 150, 0.01, queue_ms=500), 7, WALK_S),
    (
        Target("rung changes a minute", rungs.changes_per_minute(), at_most=4),
        _intelligible(0.93),
        Target("frozen share", video.freeze_share(), at_most=0.02),
        _clean(),
    ),
)  # fmt: skip

_NEAR: Final = ("patient", "physician")
_NEAR_PAIR: Final = Over(to=_NEAR, of=_NEAR)
THREE: Final = Story(
    "three", "three people, one of them on 2G", 45.0, TWO_G.link,
    (
        Target("the other two see each other: share", video.live_share(_NEAR_PAIR), at_least=0.95),
        Target("the other two hear each other: STOI", sound.speech(_NEAR_PAIR), at_least=0.97),
        Target("the third hears both: STOI", sound.speech(Over(to=("companion",))), at_least=0.9),
        _clean(),
    ),
    cast="three",
)  # fmt: skip

RISE_S: Final = 30.0
RECOVERY: Final = Story(
    "recovery", "60 kbit/s, from 30 s on 2 Mbit/s, 100 ms", RISE_S + 50,
    change(link(60, 60, 100, queue_ms=500), RISE_S, link(2000, 2000, 100)),
    (
        Target("V3 after, s", rungs.reaches_s("V3", RISE_S), at_most=45),
        _intelligible(0.95),
        _clean(),
    ),
)  # fmt: skip

STORIES: Final = {
    story.name: story
    for story in (
        EXCELLENT, THREE_G, EDGE, LOSSY, TWO_G, THIN, STEP_600_60, STEP_60_12, UDP_BLOCKED, OUTAGE_20, UPLINK_DIES,
        SHARED_TCP, SHARED_CALL, WALK, THREE, RECOVERY,
    )
}  # fmt: skip
