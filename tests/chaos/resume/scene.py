"""The stage of one or more runs: the lab, the server, the pairs, and what an event can do to them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.resume.clinic import FIRST_MEDIA_PORT, Clinic, served
from chaos.resume.network import Networks
from chaos.resume.pair import Pair, pair
from e2e.chromium import chromiums
from netlab.lab import Lab, lab
from netlab.profile import OUTAGE, Profile
from netlab.profile import Path as Way


@dataclass(frozen=True)
class Scene:
    """Everybody is in their call. Both people of a pair are `rtt_ms` away from the server."""

    lab: Lab
    clinic: Clinic
    pairs: tuple[Pair, ...]
    networks: tuple[Networks, ...]
    """Of each pair's patient."""
    whole: Profile
    """Of every link that is not cut."""

    def cut(self, number: int) -> float:
        """The patient's link of this pair is dead from the returned time on (seconds since 1970)."""
        return self._set(number, OUTAGE)

    def mend(self, number: int) -> float:
        return self._set(number, self.whole)

    async def node(self) -> str:
        """The media process that has the first pair's call."""
        return f"media-{await self.pairs[0].patient.media_port() - FIRST_MEDIA_PORT}"

    def _set(self, number: int, profile: Profile) -> float:
        return self.pairs[number].patient.link.set(profile) + time.time() - time.monotonic()


@asynccontextmanager
async def scene(directory: Path, rtt_ms: float, pairs: int = 1) -> AsyncIterator[Scene]:
    """`directory` is empty and its path short."""
    whole = Profile.both(Way(delay_ms=rtt_ms / 2))
    with lab(whole, patients=2 * pairs) as made, served(made, directory) as clinic:
        links = list(zip(made.links[::2], made.links[1::2], strict=True))
        networks = tuple(Networks(patient) for patient, _ in links)
        async with chromiums(directory) as browsers:
            met = [await pair(browsers, directory, clinic, number, both) for number, both in enumerate(links, 1)]
            yield Scene(made, clinic, tuple(met), networks, whole)
