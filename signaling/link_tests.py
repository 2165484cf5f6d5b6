"""Tests of a page's link before the call: a media session in a room of its own, which no consultation knows."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from clinic.unavailable import Unavailable
from media import contract
from signaling import protocol as p
from signaling.media_link import NodeDied, NoReply
from signaling.services import Services

TEST_ROOM: Final = "test-"
"""Before `<consultation>/<seat>`."""


@dataclass(frozen=True)
class LinkTests:
    """Those of one seat."""

    services: Services
    consultation: str
    seat: str

    async def take(self, test: p.Test) -> p.Answer | p.NoAnswer:
        """What the page is told; `tested` comes by the node's events. A test that cannot be is not tried again."""
        with suppress(NoReply, NodeDied, Unavailable):
            life = self.services.nodes.least_loaded(None)
            if life is not None:
                reply = await self.services.link.ask(life, lambda request, to: self._join(test, request, to))
                if isinstance(reply, contract.Answered):
                    return p.Answer(request=test.request, sdp=reply.answer, slots=())
        return p.NoAnswer(request=test.request, code="retry")

    def _join(self, test: p.Test, request: str, reply_to: str) -> contract.Join:
        return contract.Join(
            request_id=request,
            reply_to=reply_to,
            room=f"{TEST_ROOM}{self.consultation}/{self.seat}",
            participant=self.seat,
            generation=secrets.randbits(40),
            offer=test.sdp,
            test=True,
        )
