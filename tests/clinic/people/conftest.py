"""A vault and an audit of a fixed master key over the session's Valkey."""

from __future__ import annotations

from typing import Final

import pytest
from redis.asyncio import Redis

from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault

MASTER: Final = MasterKey((bytes(range(32)),))


@pytest.fixture
def vault(redis: Redis) -> Vault:
    return Vault(redis, MASTER)


@pytest.fixture
def audit(redis: Redis) -> Audit:
    return Audit(redis, AuditKeys.of(MASTER))
