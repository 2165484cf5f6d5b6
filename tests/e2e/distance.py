"""A call across the lab: server and physician on one side of the link, the patient on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.chromium import Chromiums
from e2e.demo import Demo, demo
from e2e.participant import Participant
from e2e.picture import BLUE, RED
from e2e.voice import PATIENT, PHYSICIAN
from netlab.lab import SERVER_IP, Lab

PORT = 8080
ORIGIN = f"http://{SERVER_IP}:{PORT}"
SECURE = f"--unsafely-treat-insecure-origin-as-secure={ORIGIN}"
"""A page from elsewhere than localhost gets camera and microphone over TLS only; this stands in for it."""


@contextmanager
def demo_beyond(link: Lab, directory: Path, **settings: str) -> Iterator[Demo]:
    """The server on its side of the link."""
    places = {"HILO_HOST": SERVER_IP, "HILO_PORT": str(PORT), "HILO_PUBLIC_URL": ORIGIN, "HILO_MEDIA_PORT": "40000"}
    with demo(directory, link.server, HILO_MEDIA_PUBLIC_IP=SERVER_IP, **places, **settings) as running:
        yield running


async def two_browsers_apart(
    browsers: Chromiums, link: Lab, server: Demo, configuration: str = "{}"
) -> tuple[Participant, Participant]:
    """Patient and physician; `configuration` is laid over the patient's RTCConfiguration."""
    patient, physician = await asyncio.gather(
        browsers.open(PATIENT, RED, link.patient, (SECURE,), configuration),
        browsers.open(PHYSICIAN, BLUE, link.server, (SECURE,), phone=False),
    )
    return (
        Participant(patient, server.patient_url, PATIENT, RED),
        Participant(physician, server.physician_url, PHYSICIAN, BLUE),
    )
