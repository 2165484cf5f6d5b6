"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes. Pure but for new secrets."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS: Final = 6
STEP_S: Final = 30
DRIFT: Final = 1
"""Steps that a phone's clock may be off, either way."""

SECRET_BYTES: Final = 20
"""RFC 4226 section 4 recommends 160 bits."""

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def uri(secret: bytes, account: str, issuer: str) -> str:
    """What an authenticator app reads as a QR code. SHA-1 and 6 digits: the only ones that all apps know."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def spelled(secret: bytes) -> str:
    """As people type it into an app: base32 in groups."""
    return _grouped(b32encode(secret).decode()).replace("-", " ")


def code_at(secret: bytes, step: int) -> str:
    return _totp(secret).generate(step * STEP_S).decode()


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def matching_step(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """The step of the code, if later than `last`, that of the code before: each is taken once (RFC 6238 5.2)."""
    typed = re.sub(r"[\s-]", "", code[:20])
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    present = step_of(now)
    steps = [
        step
        for step in range(max(0, present - DRIFT), present + DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step), typed)
    ]
    return next((step for step in steps if step > last), None)


def new_recovery_codes() -> tuple[str, ...]:
    """80 bits each, in groups that can be read out. To be shown once."""
    return tuple(_grouped(b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()) for _ in range(RECOVERY_CODES))


def recovery_sha256(code: str) -> str:
    """What is stored of a code, whatever way its groups were typed. At 80 random bits a fast hash is enough."""
    typed = re.sub(r"[\s-]", "", code[:60]).upper()
    return hashlib.sha256(typed.encode()).hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)
