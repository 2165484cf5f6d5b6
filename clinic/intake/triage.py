"""Triage answers in Redis: sealed under the patient's data key, saved while typing, each request applied once.

The audit has an entry when somebody begins to answer, another goes on, and when the status changes; not for each key
that is pressed. Reads for people are in it before anything is given out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from clinic.intake import keys, scripts
from clinic.intake import response as r
from clinic.intake.answers import Answers, urgent
from clinic.intake.questionnaire import Questionnaire, Questions
from clinic.intake.questionnaires import Questionnaires
from clinic.intake.response import Refusal, Response
from clinic.keys import AUDIT
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.sealing import Sealer, Shredded
from clinic.privacy.vault import Vault
from clinic.unavailable import Unavailable, unavailable_when_down

MAX_ATTEMPTS: Final = 50
"""Lost races for one change before we give up; each lost race means that another one was made."""

REQUESTS_KEPT: Final = timedelta(days=30)

_response: Final = TypeAdapter(Response)


class UnknownTriage(LookupError):
    """Nobody has begun to answer for this appointment."""


@dataclass(frozen=True)
class Saved:
    """It is durable. `repeated`: this request did it before, and `response` is what is there now."""

    response: Response
    repeated: bool = False


class Triage:
    """The answers of one clinic. Stateless. Methods may raise `Unavailable`, and `Shredded` for an erased patient."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit, questionnaires: Questionnaires) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._questionnaires = questionnaires
        self._write = redis.register_script(scripts.TRIAGE)

    async def begin(self, appointment: str, patient: str, name: str, request: Request) -> Response | None:
        """The response of this visit: the one that was begun, or an empty one to the newest edition of the
        questionnaire. None: the clinic asks nothing."""
        known = await self._find(appointment)
        if known is not None:
            return known
        newest = await self._questionnaires.newest(name)
        if newest is None:
            return None
        fresh = Response(appointment, patient, name, newest.version, 1, last_by=request.actor)
        await self._step(None, fresh, request)
        return await self.load(appointment)

    async def save(self, appointment: str, changes: Answers, request: Request) -> Saved | Refusal:
        """Add, replace or take back some answers; all others stay. Raises UnknownTriage."""

        def changed(before: Response, questions: Questions) -> Response | Refusal:
            return r.save(before, questions, changes, request)

        return await self._change(appointment, changed, request)

    async def complete(self, appointment: str, request: Request) -> Saved | Refusal:
        """Everything that is required is answered. Raises UnknownTriage."""

        def changed(before: Response, questions: Questions) -> Response | Refusal:
            return r.complete(before, questions, request)

        return await self._change(appointment, changed, request)

    async def load(self, appointment: str) -> Response:
        """For the page of whom it is about, to go on. Raises UnknownTriage."""
        found = await self._find(appointment)
        if found is None:
            raise UnknownTriage(appointment)
        return found

    async def read(self, appointment: str, reader: Request) -> Response:
        """For somebody else to see; the audit tells. Raises UnknownTriage."""
        found = await self.load(appointment)
        await self._audit.record_read(
            reader.actor, reader.role, found.patient, ["triage"], reader.at,
            consultation=appointment, request=reader.id,
        )  # fmt: skip
        return found

    async def questionnaire(self, response: Response) -> Questionnaire:
        """The edition that was asked."""
        return await self._questionnaires.load(response.questionnaire, response.version)

    async def urgent(self, appointments: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Of those with an answer that puts the patient first: the linkIds of these questions. For the order of a
        queue; who may not read triage answers is not shown which they are."""
        found = {appointment: await self._urgent(appointment) for appointment in appointments}
        return {appointment: links for appointment, links in found.items() if links}

    async def _urgent(self, appointment: str) -> tuple[str, ...]:
        try:
            response = await self._find(appointment)
        except Shredded:
            return ()
        return urgent((await self.questionnaire(response)).questions, response.answers) if response else ()

    async def _find(self, appointment: str) -> Response | None:
        async with unavailable_when_down():
            asked = self._redis.hmget(keys.triage(appointment), ["patient", "version", "sealed"])
            patient, version, sealed = await cast("Any", asked)
        if sealed is None:
            return None
        sealer = await self._vault.sealer(patient.decode())
        return _response.validate_json(sealer.open(_field(appointment, int(version)), sealed.decode()))

    async def _change(
        self, appointment: str, changed: Callable[[Response, Questions], Response | Refusal], request: Request
    ) -> Saved | Refusal:
        for _ in range(MAX_ATTEMPTS):
            before = await self.load(appointment)
            if await self._applied(appointment, request):
                return Saved(before, repeated=True)
            after = changed(before, (await self.questionnaire(before)).questions)
            if isinstance(after, Refusal):
                return after
            if after is before:
                return Saved(before)
            match await self._step(before, after, request):
                case [b"done"]:
                    return Saved(after)
        raise Unavailable(f"{MAX_ATTEMPTS} conflicts in a row")

    async def _applied(self, appointment: str, request: Request) -> bool:
        async with unavailable_when_down():
            return bool(await cast("Any", self._redis.hexists(keys.triage_requests(appointment), _asked(request))))

    async def _step(self, before: Response | None, after: Response, request: Request) -> list[bytes]:
        sealer = await self._vault.sealer(after.patient, create=True)
        entry = _entry(before, after, request)
        args = _arguments(sealer, after, request)

        async def step(argument: str) -> list[bytes] | None:
            async with unavailable_when_down():
                answer = await self._write(keys=_keys_of(after.appointment), args=[argument, *args])
            return cast("list[bytes] | None", answer)

        return await _unchained(step) if entry is None else await self._audit.chained(entry, step)


async def _unchained(step: Callable[[str], Awaitable[list[bytes] | None]]) -> list[bytes]:
    answer = await step("")
    assert answer is not None
    return answer


def _entry(before: Response | None, after: Response, request: Request) -> Entry | None:
    """None: the same person goes on typing."""
    if before and (before.last_by, before.status) == (request.actor, after.status):
        return None
    action = "save_triage" if before else "begin_triage"
    entry = request.about_patient(after.patient, action, f"{after.questionnaire} {after.version} {after.status}")
    return replace(entry, consultation=after.appointment)


def _arguments(sealer: Sealer, after: Response, request: Request) -> list[str | int]:
    sealed = sealer.seal(_field(after.appointment, after.revision), _response.dump_json(after).decode())
    until = round((request.at + REQUESTS_KEPT).timestamp() * 1000)
    return [after.revision - 1, _asked(request), after.patient, sealed, until]


def _keys_of(appointment: str) -> list[str]:
    return [keys.triage(appointment), keys.triage_requests(appointment), AUDIT, AUDIT_HEADS]


def _asked(request: Request) -> str:
    return f"{request.actor}/{request.id}"


def _field(appointment: str, revision: int) -> str:
    return f"triage {appointment} {revision}"
