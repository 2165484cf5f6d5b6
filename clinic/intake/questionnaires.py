"""The clinic's questionnaires in Redis: published by an administrator, one edition after the other."""

from __future__ import annotations

import re
from typing import Final

from redis.asyncio import Redis

from clinic.intake import keys
from clinic.intake.editions import Edition, Editions, NotPublished
from clinic.intake.questionnaire import Questionnaire, Questions
from clinic.intake.questionnaire_faults import Fault, faults
from clinic.people.request import Request
from clinic.privacy.audit import Audit

BEFORE_VISIT: Final = "triage"
"""The questionnaire that patients are asked before a visit."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Questionnaires:
    """Stateless; every method may raise `Unavailable`. `name`: a lower-case word; ValueError for anything else."""

    def __init__(self, redis: Redis, audit: Audit) -> None:
        self._redis = redis
        self._audit = audit

    async def publish(
        self, name: str, questions: Questions, base: int, request: Request
    ) -> Questionnaire | tuple[Fault, ...] | NotPublished:
        """Ask these from now on, if edition `base` (0: none) is still the newest. Who has begun goes on with theirs."""
        found = faults(questions)
        if found:
            return found
        edition = await self._editions(name).publish(questions.model_dump_json(by_alias=True), base, request)
        return edition if isinstance(edition, NotPublished) else _opened(name, edition)

    async def newest(self, name: str) -> Questionnaire | None:
        """None: the clinic asks nothing."""
        edition = await self._editions(name).newest()
        return _opened(name, edition) if edition else None

    async def load(self, name: str, version: int) -> Questionnaire:
        """Any edition, as it was. Raises UnknownEdition."""
        return _opened(name, await self._editions(name).load(version))

    def _editions(self, name: str) -> Editions:
        if not _NAME.fullmatch(name):
            raise ValueError("not the name of a questionnaire")
        return Editions(self._redis, self._audit, keys.questionnaire(name), "publish_questionnaire")


def _opened(name: str, edition: Edition) -> Questionnaire:
    questions = Questions.model_validate_json(edition.content)
    return Questionnaire(name, edition.number, edition.published_at, questions)
