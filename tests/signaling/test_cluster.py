"""A Cluster of three masters over real processes: everything that the clinic, presence and media do works on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from clinic_under_test import Clinic, clinic
from eventually import eventually
from redis import Redis

from clinic import keys
from clinic.records import Applied
from free_port import free_port
from media.contract import MediaConfig
from signaling import presence, programs, redis_check
from signaling import protocol as p
from signaling.acts import to_clinic
from signaling.child import Program
from signaling.media_link import placement_key
from signaling.supervisor import supervise
from tests.media.clients import Client
from valkey_group import Cluster, cluster

PERSONAL = (keys.state, keys.timeline, keys.commands, keys.links, keys.claims, presence.clients_key, placement_key)
CLINIC = (keys.AUDIT, keys.OUTBOX, keys.OPEN, keys.token("sha"), presence.LEASES, *(key("c1") for key in PERSONAL))


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@asynccontextmanager
async def media_process(redis_url: str) -> AsyncIterator[None]:
    port, stop = free_port(), asyncio.Event()
    config = MediaConfig(
        node_id="node-1", redis_url=redis_url, port=port, bind=("127.0.0.1",), public_ips=("127.0.0.1",)
    )
    program = Program("media", programs.MEDIA_COMMAND, stdin=config.model_dump_json().encode())
    task = asyncio.create_task(supervise([[program]], stop))
    try:
        yield
    finally:
        stop.set()
        await task


def test_all_that_one_step_may_touch_is_on_one_slot(group: Cluster) -> None:
    with Redis(port=group.servers[0].port) as node:
        slots = {node.execute_command("CLUSTER KEYSLOT", key) for key in CLINIC}  # type: ignore[no-untyped-call]
    assert len(slots) == 1


async def test_a_consultation_with_media(group: Cluster) -> None:
    ana = Client(440)
    async with clinic(group.url) as office, media_process(group.url):
        physician = await office.page("physician")
        patient = await office.admitted_patient(physician)
        await physician.do(lambda id: p.SendChat(id=id, text="hola"))
        assert (await patient.event("chat")).text == "hola"
        await eventually(lambda: bool(office.services[0].nodes.alive), "the media node is seen")
        await patient.send(p.Offer(request=1, sdp=await ana.offer()))
        assert (await patient.get(p.Answer)).request == 1
        await the_rest_of_the_store(office)
    await ana.close()


async def the_rest_of_the_store(office: Clinic) -> None:
    services, seat = office.services[0], office.seats["patient"]
    now = services.now()
    assert await services.presence.holders(office.consultation) == dict.fromkeys(office.seats.values(), 1)
    assert await services.presence.claim_of(office.consultation, seat, "client-0002") == (1, True)
    assert (office.consultation, seat) in await services.presence.overdue(now.timestamp() + 3600)
    assert await services.presence.is_reachable()
    assert await office.store.seat_of_token(office.tokens["patient"])
    assert await office.store.revoke(office.consultation, seat) == 1
    assert await office.store.due(now + timedelta(days=1)) == (office.consultation,)
    end = p.End(id="command-end", reason="completed")
    done = await office.store.execute(office.consultation, to_clinic(end, office.seats["physician"]), now, claim=1)
    assert isinstance(done, Applied)
    assert done.event_ids[-1] == (await office.store.events_after(office.consultation, None, 100)).events[-1].id


async def test_the_doctor_looks_at_every_master(group: Cluster) -> None:
    with Redis(port=group.servers[-1].port) as last:
        last.config_set("appendfsync", "everysec")
    findings = await redis_check.check(group.url, time.time())
    assert [finding.level for finding in findings] == ["ok", "ok", "ok", "warn", "ok"]
    assert await redis_check.media_node_lives(group.url, "nobody") is False
