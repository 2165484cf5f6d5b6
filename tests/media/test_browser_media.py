"""Chromium against what the ladder is built on: stamps, answers to padding, REMB, pauses, copies."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from free_port import free_port
from media import contract, feedback, padding
from media.peer import Peer
from media.sfu import Sfu
from tests.media.test_browser_answers import chromium, running

PAGE = Path(__file__).parent / "browser_call.html"
TIMEOUT_S = 60.0
TICK_S = 0.02

pytestmark = pytest.mark.e2e


class Stage:
    """An SFU whose ladders do not run, the page of two participants, and what its statistics say."""

    def __init__(self) -> None:
        config = contract.MediaConfig(
            node_id="n", redis_url="unused", port=free_port(), bind=("127.0.0.1",), public_ips=("127.0.0.1",)
        )
        self.sfu = Sfu(config, lambda event: None)
        self.stats: dict[str, list[dict[str, Any]]] = {}
        self.told = asyncio.Event()
        """Both are connected, and the page has told of them."""
        self.runner = web.AppRunner(self._app())

    def _app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.get("/", self._page), web.post("/answer/{who}", self._answer)])
        app.add_routes([web.post("/stats", self._stats)])
        return app

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def _answer(self, request: web.Request) -> web.Response:
        who = request.match_info["who"]
        reply = self.sfu.handle(
            contract.Join(
                request_id="r", reply_to="s", room="room", participant=who, generation=1, offer=await request.text()
            )
        )
        assert isinstance(reply, contract.Answered)
        return web.Response(text=reply.answer)

    async def _stats(self, request: web.Request) -> web.Response:
        self.stats = json.loads(await request.text())
        if all(self.peer(who).connected for who in ("quiet", "loud")):
            self.told.set()
        return web.Response()

    def peer(self, who: str) -> Peer:
        return self.sfu.rooms["room"].peers[who]

    def stat(self, who: str, kind: str, name: str) -> Any:
        """A number of the only stream of a kind ("inbound-rtp video")."""
        form, _, medium = kind.partition(" ")
        rows = [row for row in self.stats[who] if row["type"] == form and row.get("kind", "") == medium]
        return max((row.get(name, 0) for row in rows), default=0)

    def let_all_flow(self) -> None:
        """Whatever rung the calls started on."""
        for peer in self.sfu.rooms["room"].peers.values():
            peer.lean = False
            peer.remb_bps = 350_000
            for slot in peer.all_slots():
                slot.duplicate = False
                slot.resume()

    async def go_on(self, seconds: float, *, copies: bool = False) -> None:
        """The SFU's clock, without its ladders."""
        started = time.monotonic()
        tick = 0
        while (now := time.monotonic()) < started + seconds:
            tick += 1
            for peer in self.sfu.rooms["room"].peers.values():
                if tick % 25 == 0 and peer.connected:
                    feedback.reports(peer, now)
                for slot in peer.all_slots() if copies else ():
                    slot.duplicates_due(now)
                feedback.repair(peer, now)
            self.sfu.registry.flush()
            await asyncio.sleep(TICK_S)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    command = chromium(tmp_path)
    assert shutil.which(command[0]), "no chromium on this machine: `make test` installs it"
    made = Stage()
    await made.sfu.open()
    await made.runner.setup()
    await web.TCPSite(made.runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{made.runner.addresses[0][1]}/"
    async with running([*command, url], tmp_path), asyncio.timeout(TIMEOUT_S):
        await made.told.wait()
        made.let_all_flow()
        yield made
    await made.sfu.close()
    await made.runner.cleanup()


async def test_padding_is_answered_where_no_video_flows(stage: Stage) -> None:
    loud = stage.peer("loud")  # it is shown the quiet one, who sends no video
    await stage.go_on(1.0)
    loud.departures.take()
    for _ in range(60):
        assert padding.send(loud, 319, time.monotonic()) == 319
        await stage.go_on(TICK_S)
    await stage.go_on(1.0)
    outcomes = loud.departures.take()
    assert [size for _, _, size in outcomes] == [319] * 60
    delays = [arrived_s - sent_s for sent_s, arrived_s, _ in outcomes if arrived_s is not None]
    assert len(delays) == 60
    assert max(delays) - min(delays) < 0.1


async def test_sound_alone_is_timed_by_its_stamps(stage: Stage) -> None:
    quiet = stage.peer("quiet")
    await stage.go_on(1.0)
    quiet.arrivals.take()
    await stage.go_on(3.0)
    passages = quiet.arrivals.take()
    assert 40 <= len(passages) <= 60  # 60 ms packets
    delays = [arrived_s - sent_s for sent_s, arrived_s, _ in passages]
    assert max(delays) - min(delays) < 0.1
    assert passages[-1][1] - passages[0][1] == pytest.approx(passages[-1][0] - passages[0][0], abs=0.1)


async def test_a_lower_rate_is_obeyed(stage: Stage) -> None:
    loud = stage.peer("loud")
    loud.remb_bps = 300_000
    await stage.go_on(6.0)
    loud.remb_bps = 60_000
    feedback.remb(loud, time.monotonic())
    await stage.go_on(1.5)
    video = next(source for source in loud.tracks if source.kind == "video")
    before = video.octets
    await stage.go_on(4.0)
    assert (video.octets - before) * 8 / 4 < 75_000


async def test_a_pause_ends_with_new_pictures(stage: Stage) -> None:
    slot = stage.peer("quiet").slots[0][1]
    assert slot is not None
    await stage.go_on(3.0)
    decoded = stage.stat("quiet", "inbound-rtp video", "framesDecoded")
    assert decoded > 0
    slot.pause()
    await stage.go_on(2.0)
    paused_at = stage.stat("quiet", "inbound-rtp video", "framesDecoded")
    slot.resume()
    await stage.go_on(3.0)
    assert stage.stat("quiet", "inbound-rtp video", "framesDecoded") > paused_at + 5


async def test_copies_are_passed_over_in_silence(stage: Stage) -> None:
    quiet = stage.peer("quiet")
    slot = quiet.slots[0][0]
    assert slot is not None
    await stage.go_on(1.0)
    slot.duplicate = True
    before, sent = stage.stat("quiet", "inbound-rtp audio", "packetsReceived"), slot.counts()[0]
    octets = quiet.sent_wire_octets()
    await stage.go_on(4.0, copies=True)
    received = stage.stat("quiet", "inbound-rtp audio", "packetsReceived") - before
    forwarded = slot.counts()[0] - sent
    assert received == pytest.approx(forwarded, abs=12)
    assert stage.stat("quiet", "inbound-rtp audio", "packetsDiscarded") == 0
    assert slot.extra_octets > 0.8 * forwarded * slot.wire_overhead()
    assert quiet.sent_wire_octets() > octets
