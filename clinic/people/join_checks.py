"""The second check of join links, in Redis: which question a link asks, wrong answers so far, devices that passed.

A device that passed gets a proof of its own; `token.proof` then opens what the token alone does not. Stateless; methods
may raise `Unavailable`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic import keys
from clinic.people.patient import Patient
from clinic.people.request import Request
from clinic.people.second_check import Question, Tries, Verdict, answer
from clinic.privacy.audit import Audit
from clinic.privacy.audit_scripts import AUDIT
from clinic.privacy.keys import AUDIT_HEADS
from clinic.unavailable import Unavailable, unavailable_when_down

KEPT: Final = timedelta(days=30)
"""After the link's end, as the link itself."""

MAX_RACES: Final = 20
_PROOF_BYTES: Final = 16
_ANSWERED: Final = f"""{AUDIT}
-- KEYS: 1 check of the link, 2 audit, 3 audit heads
-- ARGV: 1 audit entry, 2 wrong answers that were read, 3 wrong answers now, 4 SHA-256 of the new proof, or ''
-- Result: 'done' | 'changed': another answer came between | nil: audit conflict
local entry = cjson.decode(ARGV[1])
if (redis.call('HGET', KEYS[1], 'wrong') or '0') ~= ARGV[2] then return 'changed' end
if not audit_fits(KEYS[3], entry) then return false end
redis.call('HSET', KEYS[1], 'wrong', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'proof ' .. ARGV[4], '1') end
audit_write(KEYS[2], KEYS[3], entry)
return 'done'
"""


@dataclass(frozen=True)
class Answered:
    """`proof` only where it passed."""

    verdict: Verdict
    left: int
    """Wrong answers that are still forgiven."""
    proof: str = ""


class JoinChecks:
    """The checks of one clinic."""

    def __init__(self, redis: Redis, audit: Audit) -> None:
        self._redis = redis
        self._audit = audit
        self._answered = redis.register_script(_ANSWERED)

    async def demand(self, token: str, question: Question, expires_at: datetime) -> None:
        """From now on the link opens only where the question was answered. Before the link is given to anybody."""
        key = keys.token_check(keys.sha256(token))
        async with unavailable_when_down(), self._redis.pipeline() as pipeline:
            pipeline.hset(key, "question", question)
            pipeline.pexpireat(key, round((expires_at + KEPT).timestamp() * 1000))
            await pipeline.execute()

    async def tries(self, token: str) -> Tries:
        """Wrong answers to the link so far. `token`: without a proof."""
        async with unavailable_when_down():
            wrong = await cast("Any", self._redis.hget(keys.token_check(keys.sha256(token)), "wrong"))
        return Tries(int(wrong or 0))

    async def answer(self, token: str, question: Question, given: str, patient: Patient, request: Request) -> Answered:
        """Judge an answer and count it, before anybody is told what it is worth."""
        for _ in range(MAX_RACES):
            answered = await self._try(token, question, given, patient, request)
            if answered is not None:
                return answered
        raise Unavailable(f"{MAX_RACES} answers at once")

    async def _try(
        self, token: str, question: Question, given: str, patient: Patient, request: Request
    ) -> Answered | None:
        """None: another answer came between."""
        before = await self.tries(token)
        verdict, after = answer(question, patient.demographics, given, before)
        proof = secrets.token_urlsafe(_PROOF_BYTES) if verdict == "passed" else ""
        if after == before and not proof:
            return Answered(verdict, after.left)
        entry = replace(request.about_patient(patient.id, "second_check", question), outcome=verdict)
        key, stored = keys.token_check(keys.sha256(token)), keys.sha256(proof) if proof else ""

        async def step(argument: str) -> bytes | None:
            async with unavailable_when_down():
                done = await self._answered(
                    keys=[key, keys.AUDIT, AUDIT_HEADS], args=[argument, before.wrong, after.wrong, stored]
                )
            return cast("bytes | None", done)

        done = await self._audit.chained(entry, step)
        return Answered(verdict, after.left, proof) if done == b"done" else None
