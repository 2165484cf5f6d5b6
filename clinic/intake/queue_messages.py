"""Messages to the queue in Redis, until their time is over. Their words are sealed under the clinic's data key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from clinic.intake import keys, queue_message, scripts
from clinic.intake.queue_message import LONGEST, QueueMessage, Refusal, shown
from clinic.keys import AUDIT
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

SUBJECT: Final = "clinic"
KEPT: Final = LONGEST + timedelta(days=1)

_message: Final = TypeAdapter(QueueMessage)


class QueueMessages:
    """Stateless; every method may raise `Unavailable`."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._write = redis.register_script(scripts.QUEUE_MESSAGE)

    async def post(self, physician: str, text: str, until: datetime, request: Request) -> QueueMessage | Refusal:
        """Say it, once per request."""
        message = queue_message.post(physician, text, until, request)
        if isinstance(message, Refusal):
            return message
        sealer = await self._vault.sealer(SUBJECT, create=True)
        sealed = sealer.seal(_field(message.id), _message.dump_json(message).decode())
        await self._step("post_queue_message", message.id, sealed, request)
        return message

    async def take_back(self, message_id: str, request: Request) -> Refusal | None:
        """It is not shown any more."""
        refusal = queue_message.take_back(message_id, request)
        if refusal:
            return refusal
        await self._step("take_back_queue_message", message_id, "", request)
        return None

    async def shown(self, physician: str, now: datetime) -> tuple[QueueMessage, ...]:
        """To those who wait for this physician, newest first."""
        return shown(await self._all(), physician, now)

    async def _all(self) -> Sequence[QueueMessage]:
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(keys.QUEUE_MESSAGES))
        texts = {field.decode(): text.decode() for field, text in stored.items() if text}
        if not texts:
            return ()
        sealer = await self._vault.sealer(SUBJECT)
        return [_message.validate_json(sealer.open(_field(field), text)) for field, text in texts.items()]

    async def _step(self, action: str, message_id: str, sealed: str, request: Request) -> None:
        entry = Entry(
            CLINIC_SCOPE, action, request.actor, request.role, "PATADMIN", request.at,
            request=request.id, facts=message_id,
        )  # fmt: skip
        until = round((request.at + KEPT).timestamp() * 1000)

        async def step(argument: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._write(
                    keys=[keys.QUEUE_MESSAGES, AUDIT, AUDIT_HEADS], args=[argument, message_id, sealed, until]
                )
            return cast("int | None", answer)

        await self._audit.chained(entry, step)


def _field(message_id: str) -> str:
    return f"queue-message {message_id}"
