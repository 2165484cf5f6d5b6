"""Sealed text: AES-256-GCM over one field of one subject, as `1.<base64url of nonce and ciphertext>`.

What is authenticated beside it (`clinic|subject|field|version`) makes a sealed field worthless in any other place. The
length of the text is not hidden.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = "1"
NONCE_BYTES: Final = 12
"""Random: NIST SP 800-38D 8.3 allows 2**32 of them under one key."""


class Shredded(Exception):
    """The subject's data key was destroyed at `at`: nothing of theirs can be read or written any more."""

    def __init__(self, subject: str, at: datetime) -> None:
        super().__init__(f"the data key of {subject} was destroyed at {at.isoformat()}")
        self.subject = subject
        self.at = at


class Tampered(Exception):
    """The sealed text is not what was sealed for this field of this subject."""


@dataclass(frozen=True)
class Sealer:
    """The data key of one subject: a patient's id, or "clinic" for what is nobody's in particular.

    Ask the vault for one whenever something is to be read; one that is kept outlives the destruction of its key.
    """

    clinic: str
    subject: str
    key: bytes | Shredded = field(repr=False)

    def seal(self, field: str, plain: str) -> str:
        """Raises Shredded. The same text sealed twice gives two different ones."""
        return encrypt(self._key(), self._place(field), plain.encode())

    def open(self, field: str, sealed: str) -> str:
        """What was sealed for this field. Raises Shredded or Tampered."""
        return decrypt(self._key(), self._place(field), sealed).decode()

    def _place(self, field: str) -> bytes:
        return place(self.clinic, self.subject, field, VERSION)

    def _key(self) -> bytes:
        if isinstance(self.key, Shredded):
            raise Shredded(self.key.subject, self.key.at)
        return self.key


def place(*parts: str) -> bytes:
    """What is authenticated beside a ciphertext. Raises ValueError for a part that could be read as two."""
    if any("|" in part for part in parts):
        raise ValueError(f"a | in {parts}")
    return "|".join(parts).encode()


def encrypt(key: bytes, where: bytes, plain: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(key).encrypt(nonce, plain, where)
    return f"{VERSION}.{urlsafe_b64encode(nonce + ciphertext).rstrip(b'=').decode()}"


def decrypt(key: bytes, where: bytes, sealed: str) -> bytes:
    """Raises Tampered."""
    version, _, encoded = sealed.partition(".")
    if version != VERSION:
        raise Tampered("sealed by an unknown version")
    try:
        raw = _decode(encoded)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], where)
    except (InvalidTag, ValueError) as error:
        raise Tampered("not what was sealed here") from error


def _decode(encoded: str) -> bytes:
    """Strict: of two spellings of one value only the one that we write is taken. Raises ValueError."""
    raw = urlsafe_b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4))
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != encoded:
        raise binascii.Error("not the canonical spelling")
    return raw
