"""Password hashes: argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Final, TypeVar

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from clinic.people.passwords import MAX_LENGTH, normalised

AT_ONCE: Final = 2
"""Each takes 64 MiB and a good part of all cores, on a machine that forwards calls too."""

MAX_WAITING: Final = 32

_Result = TypeVar("_Result")


class Busy(Exception):
    """Too many hashes wait already; ask again in a second."""


class Hasher:
    """argon2id by `parameters`: RFC 9106 section 4, the second recommended option (t=3, m=64 MiB, p=4) by default."""

    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0

    @cached_property
    def _decoy(self) -> str:
        """What a password is held against where there is no hash; made in a thread by the first check of anybody."""
        return self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """The PHC string. Raises Busy."""
        return await self._run(lambda: self._hasher.hash(normalised(password)))

    async def verify(self, phc: str | None, password: str) -> bool:
        """Whether it is the password. None, where there is none, costs the same and is never right. Raises Busy.

        Raises argon2's InvalidHashError for what is no hash: that is our bug, or damage.
        """
        typed = normalised(password[: MAX_LENGTH + 1])
        right = await self._run(lambda: self._verified(phc, typed))
        return right and phc is not None and len(password) <= MAX_LENGTH

    def outdated(self, phc: str) -> bool:
        """Whether it was made with other parameters than ours now."""
        return self._hasher.check_needs_rehash(phc)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verified(self, phc: str | None, typed: str) -> bool:
        decoy = self._decoy  # looked at for everybody: the first one pays for it, whoever that is
        return self._matches(phc or decoy, typed)

    def _matches(self, phc: str, typed: str) -> bool:
        try:
            return self._hasher.verify(phc, typed)
        except VerifyMismatchError:
            return False

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= MAX_WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
