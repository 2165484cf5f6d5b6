"""The clinic's consent text in Redis: published by an administrator, one edition after the other."""

from __future__ import annotations

from datetime import datetime

from redis.asyncio import Redis

from clinic.intake import consent_text as t
from clinic.intake import keys
from clinic.intake.consent_default import DEFAULT
from clinic.intake.editions import Editions, NotPublished
from clinic.people.request import Request
from clinic.privacy.audit import Audit


class ConsentTexts:
    """All editions. Stateless; every method may raise `Unavailable`."""

    def __init__(self, redis: Redis, audit: Audit) -> None:
        self._editions = Editions(redis, audit, keys.CONSENT_TEXTS, "publish_consent_text")

    async def found(self, now: datetime) -> t.ConsentText:
        """The newest text; in a new clinic ours becomes its first. At the start of a process."""
        return t.of_edition(await self._editions.found(DEFAULT.model_dump_json(), now))

    async def publish(
        self, wording: t.Wording, base: int, request: Request
    ) -> t.ConsentText | tuple[t.Fault, ...] | NotPublished:
        """Make this the text that everybody is asked from now on, if `base` is still the newest version."""
        found = t.faults(wording)
        if found:
            return found
        edition = await self._editions.publish(wording.model_dump_json(), base, request)
        return edition if isinstance(edition, NotPublished) else t.of_edition(edition)

    async def newest(self) -> t.ConsentText:
        """What has to be accepted now. Raises LookupError before `found`."""
        edition = await self._editions.newest()
        if edition is None:
            raise LookupError("no consent text was published")
        return t.of_edition(edition)

    async def load(self, version: int) -> t.ConsentText:
        """Any that was ever published, as it was. Raises UnknownEdition."""
        return t.of_edition(await self._editions.load(version))

    async def all(self) -> tuple[t.ConsentText, ...]:
        """Oldest first."""
        return tuple(map(t.of_edition, await self._editions.all()))
