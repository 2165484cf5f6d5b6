"""The clinic's master key: a file of 32 bytes, or of several times 32 after rotations, oldest first.

The newest wraps data keys. Older ones stay, to open what a backup from their time holds. The oldest also names the
clinic and makes blind indexes, so that a rotation changes neither. Whoever loses the file loses the data.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32


class MasterKeyError(ValueError):
    """The file is not a master key, or not the one that the data was sealed under."""


@dataclass(frozen=True)
class MasterKey:
    """The keys of the file. What is used is derived from them by HKDF-SHA256 (RFC 5869), for one purpose each."""

    roots: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def load_or_create(cls, path: Path) -> MasterKey:
        """The key in the file, which is made with mode 0600 when there is none. Raises MasterKeyError, OSError.

        Of processes that race to make it, all get the same: a file that is there is never overwritten.
        """
        if not path.exists():
            _create(path, secrets.token_bytes(KEY_BYTES))
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """The key in the file. Raises MasterKeyError, FileNotFoundError."""
        content = path.read_bytes()
        if not content or len(content) % KEY_BYTES:
            raise MasterKeyError(f"{path} holds {len(content)} bytes; a master key has {KEY_BYTES} for each generation")
        return cls(tuple(content[at : at + KEY_BYTES] for at in range(0, len(content), KEY_BYTES)))

    @classmethod
    def rotate(cls, path: Path) -> MasterKey:
        """Add a new key to the file, atomically. Restart all processes, then `Vault.rewrap`."""
        content = b"".join(cls.load(path).roots) + secrets.token_bytes(KEY_BYTES)
        written = _write_beside(path, content)
        written.replace(path)
        _sync_directory(path)
        return cls.load(path)

    @property
    def clinic(self) -> str:
        """The clinic's id: 16 hex digits, the same for the life of its data."""
        return derive(self.roots[0], "clinic id", 8).hex()

    @property
    def newest(self) -> str:
        """The id of the key that wraps: 8 hex digits."""
        return _id(self.roots[-1])

    def wrapping_key(self, key_id: str) -> bytes:
        """The key that wraps data keys (KEK), by the id of its master key. Raises MasterKeyError."""
        return derive(self._root(key_id), "wrap data keys")

    def backup_key(self, key_id: str, salt: bytes) -> bytes:
        """The key of one backup file. Raises MasterKeyError."""
        return derive(self._root(key_id), f"backup {salt.hex()}")

    def index_key(self) -> bytes:
        """The key of blind indexes."""
        return derive(self.roots[0], "blind index")

    def audit_keys(self) -> dict[str, bytes]:
        """The keys of the audit's chain, by the id of their master key: old entries stay under old ones."""
        return {_id(root): derive(root, "audit chain") for root in self.roots}

    def _root(self, key_id: str) -> bytes:
        for root in self.roots:
            if _id(root) == key_id:
                return root
        raise MasterKeyError(f"the master key {key_id} is not in the file: it is another clinic's, or an older copy")


def derive(root: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 without salt: the root is uniformly random already (RFC 5869 3.1)."""
    return HKDF(SHA256(), length, salt=None, info=f"hilo {purpose}".encode()).derive(root)


def _id(root: bytes) -> str:
    return derive(root, "key id", 4).hex()


def _create(path: Path, content: bytes) -> None:
    """A link and not a rename: it fails when somebody was faster."""
    written = _write_beside(path, content)
    try:
        os.link(written, path)
    except FileExistsError:
        return
    finally:
        written.unlink()
    _sync_directory(path)


def _write_beside(path: Path, content: bytes) -> Path:
    """A file of mode 0600 with a name of its own in the same directory, on disk when this returns."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
