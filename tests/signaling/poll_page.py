"""A page without a WebSocket, as the server sees it: one HTTP request a turn, to any signaling process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_under_test import Clinic

from signaling import protocol as p


class PollPage:
    """Remembers the last event that it saw, and every message that it got."""

    def __init__(self, office: Clinic, role: str, client_id: str | None = None) -> None:
        self.office = office
        self.token = office.tokens[role]
        self.client_id = client_id or f"client-{next(office.clients):04}"
        self.after: str | None = None
        self.status = 0
        self.headers: Any = {}
        self.events: list[Any] = []

    def hello(self) -> p.Hello:
        return p.Hello(v=p.VERSION, token=self.token, client_id=self.client_id, after=self.after)

    async def poll(
        self, *messages: p.Message, process: int = 0, wait_s: float = 0, welcome: bool | None = None
    ) -> Sequence[p.ToPage]:
        """One turn; what was said. Events are also kept in `events`."""
        asked = p.Poll(hello=self.hello(), messages=messages, wait_s=wait_s, welcome=welcome)  # type: ignore[arg-type]
        said = await self.post(asked.model_dump_json(), process)
        for message in said:
            if isinstance(message, p.Welcome | p.Events):
                self.events += [stored.event for stored in message.events]
                self.after = message.events[-1].id if message.events else self.after
        return said

    async def post(self, body: str | bytes, process: int = 0, **headers: str) -> Sequence[p.ToPage]:
        async with self.office.http.post(f"{self.office.urls[process]}/poll", data=body, headers=headers) as response:
            self.status, self.headers = response.status, response.headers
            answer = await response.read()
        return p.Polled.model_validate_json(answer).messages if answer else ()

    def chats(self) -> list[str]:
        return [event.text for event in self.events if event.type == "chat"]
