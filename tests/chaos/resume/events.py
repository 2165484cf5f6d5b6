"""All events of the table, and what is promised for each."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from chaos.resume.event import Act, Event, Target
from chaos.resume.scene import Scene

DEAD_S: Final = 20.0
FORGOTTEN_S: Final = 150.0
"""Longer than a media node remembers a silent session (120 s, media/peer.py) and than Chromium hopes for its path."""
APART_S: Final = 12.0
"""Pairs come back one after the other, so that one does not take the other's share of the processor."""
PAIRS: Final = 3


async def _address_changes(scene: Scene, number: int, run: int) -> float:
    at_s = await asyncio.to_thread(scene.networks[number].switch)
    await scene.pairs[number].say(f"address {run}: moved")
    return at_s


async def _nat_changes(scene: Scene, number: int, run: int) -> float:
    at_s = await asyncio.to_thread(scene.networks[number].renumber)
    await scene.pairs[number].say(f"nat {run}: moved")
    return at_s


def link_dead(seconds: float) -> Act:
    async def act(scene: Scene, number: int, run: int) -> float:
        started_s = scene.cut(number)
        await asyncio.sleep(1.0)
        await scene.pairs[number].say(f"dark {run}: in the dark")
        await _sleep_until(started_s + seconds + number * APART_S)
        return scene.mend(number)

    return act


def forgotten(seconds: float) -> Act:
    """A dark in which the media node dies: the server has forgotten the session sooner than by waiting."""

    async def act(scene: Scene, number: int, run: int) -> float:
        node = await scene.node()
        started_s = scene.cut(number)
        scene.clinic.kill(node)
        await scene.pairs[number].say(f"forgotten {run}: in the dark")
        await _sleep_until(started_s + seconds)
        return scene.mend(number)

    return act


async def _reload(scene: Scene, number: int, run: int) -> float:
    """The patient's page and the physician's in turn; what is written just before must survive."""
    pair = scene.pairs[number]
    who, other = pair.people if run % 2 else pair.people[::-1]
    await pair.say(f"reload {run}: just before", who)
    at_s = await who.reload()
    await pair.say(f"reload {run}: while you load", other)
    return at_s


def _process_killed(program: str) -> Act:
    async def act(scene: Scene, number: int, run: int) -> float:
        at_s = scene.clinic.kill(program)
        await scene.pairs[number].say(f"{program} {run}: it died")
        return at_s

    return act


async def _node_killed(scene: Scene, number: int, run: int) -> float:
    node = await scene.node()
    return await _process_killed(node)(scene, number, run)


async def _all_killed(scene: Scene, number: int, run: int) -> float:
    """The watch starts with the new supervisor, as a machine's own start is not ours."""
    scene.clinic.kill_everything()
    await scene.pairs[number].say(f"all {run}: no power")
    return scene.clinic.start()


async def _sleep_until(at_s: float) -> None:
    await asyncio.sleep(max(0.0, at_s - time.time()))


def dark(seconds: float) -> Event:
    """So long that the server has forgotten the session, and the browser given it up."""
    words = f"link dead {seconds / 60:g} min, returns"
    return Event("dark", words, link_dead(seconds), (Target("back", 3, 6),), PAIRS)


EVENTS: Final = {
    event.name: event
    for event in (
        Event("address", "patient's address changes (Wi-Fi -> mobile)", _address_changes, (Target("back", 1.5, 4),)),
        Event("nat", "only the address of the patient's NAT changes", _nat_changes, (Target("back", 1.5, 4),)),
        Event("dead", f"link dead {DEAD_S:g} s, returns", link_dead(DEAD_S), (Target("back", 1.5, 4),)),
        dark(FORGOTTEN_S),
        Event("reload", "page reload, either side", _reload, (Target("back", 2, 5),)),
        Event(
            "signaling",
            "signaling SIGKILL",
            _process_killed("signaling"),
            (Target("hole", 0.2, 0.2), Target("words", 3, 3)),
        ),
        Event("media", "media node SIGKILL", _node_killed, (Target("back", 5, 5),)),
        Event("valkey", "Valkey SIGKILL", _process_killed("valkey"), (Target("hole", 0.2, 0.2), Target("words", 3, 3))),
        Event("all", "all processes SIGKILL at once, restart", _all_killed, (Target("back", 10, 10),)),
    )
}
