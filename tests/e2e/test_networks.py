"""Calls over networks that are in the way: UDP blocked, everything through a relay, a satellite link."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from e2e.chromium import Chromiums
from e2e.conftest import needs
from e2e.coturn import TURNSERVER, coturn
from e2e.distance import demo_beyond, two_browsers_apart
from e2e.meeting import meet, until_both_hear_and_see
from e2e.participant import Participant
from netlab.lab import SERVER_IP, Lab
from netlab.profile import SATELLITE, UDP_BLOCKED

pytestmark = pytest.mark.e2e

CONSENT_CHECK_S = 31.0
"""After so long aioice's consent check would have closed a call at 600 ms round trip."""
SATELLITE_VIDEO_S = 90.0
"""Until both have a picture: a call over such a way begins with voice, and climbs by trials of round trips."""
SATELLITE_TIMEOUT_S = 60.0


async def test_udp_blocked_takes_tcp(browsers: Chromiums, link: Lab, tmp_path: Path) -> None:
    link.set(UDP_BLOCKED)
    with demo_beyond(link, tmp_path) as server:
        patient, physician = await two_browsers_apart(browsers, link, server)
        await meet(patient, physician)
        await until_both_hear_and_see(patient, physician)
        assert (await patient.selected_pair())["local"]["protocol"] == "tcp"
        assert (await physician.selected_pair())["local"]["protocol"] == "udp"


async def test_everything_through_coturn(browsers: Chromiums, link: Lab, tmp_path: Path) -> None:
    needs(TURNSERVER)
    with (
        coturn(tmp_path, SERVER_IP, link.server) as relay,
        demo_beyond(link, tmp_path, HILO_TURN_URLS=relay.url, HILO_TURN_SECRET=relay.secret) as server,
    ):
        patient, physician = await two_browsers_apart(browsers, link, server, '{ iceTransportPolicy: "relay" }')
        await meet(patient, physician)
        await until_both_hear_and_see(patient, physician)
        assert (await patient.selected_pair())["local"]["candidateType"] == "relay"


async def test_satellite_link_holds_a_call(browsers: Chromiums, link: Lab, tmp_path: Path) -> None:
    await _hold_call_over_satellite(browsers, link, tmp_path, CONSENT_CHECK_S + 14)


@pytest.mark.soak
async def test_satellite_link_holds_a_call_for_five_minutes(browsers: Chromiums, link: Lab, tmp_path: Path) -> None:
    await _hold_call_over_satellite(browsers, link, tmp_path, 300.0)


async def _hold_call_over_satellite(browsers: Chromiums, link: Lab, tmp_path: Path, seconds: float) -> None:
    link.set(SATELLITE)
    with demo_beyond(link, tmp_path) as server:
        patient, physician = await two_browsers_apart(browsers, link, server)
        await meet(patient, physician, SATELLITE_TIMEOUT_S)
        made = [await each.connections_made() for each in (patient, physician)]
        await until_both_hear_and_see(patient, physician, SATELLITE_VIDEO_S)
        connected_at = time.monotonic()
        while time.monotonic() - connected_at < seconds:
            await until_both_hear_and_see(patient, physician)
        await _assert_never_left(patient, physician)
        assert [await each.connections_made() for each in (patient, physician)] == made
        assert (await patient.selected_pair())["rtt"] >= 0.6


async def _assert_never_left(*participants: Participant) -> None:
    for participant in participants:
        states = await participant.states()
        assert states.index("in-call") == len(states) - 1, states
