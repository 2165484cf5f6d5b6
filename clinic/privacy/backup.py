"""The file of a backup: any bytes (a snapshot of Redis), encrypted under the master key, whole or not at all.

A line of text (`hilo backup 1 <clinic> <master key's id> <salt> <RFC 3339>`), then pieces, each a length (4 bytes, big
endian) and AES-256-GCM over at most `PIECE` bytes. A piece's nonce is its number and whether it is the last, so that no
piece can be changed, left out or moved, and a file that ends too early says so (STREAM: Hoang, Reyhanitabar, Rogaway,
Vizár, 2015). The line is authenticated with every piece. The master key itself is not in a backup.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic.privacy.master_key import MasterKey, MasterKeyError

PIECE: Final = 1 << 20
"""Bytes; what a reader holds in memory at once."""

TAG_BYTES: Final = 16
SALT_BYTES: Final = 16
MAX_LINE: Final = 200
_FIRST_WORDS: Final = "hilo backup 1"


class DamagedBackup(Exception):
    """The file is not a backup, was changed, or is not all there. Nothing of it may be used."""


@dataclass(frozen=True)
class Header:
    """Who may open the file, and when it was made."""

    clinic: str
    key_id: str
    salt: bytes
    made_at: datetime

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Raises DamagedBackup."""
        try:
            *words, clinic, key_id, salt, made_at = line.decode("ascii").rstrip("\n").split(" ")
            found = cls(clinic, key_id, bytes.fromhex(salt), datetime.fromisoformat(made_at))
        except ValueError as error:
            raise DamagedBackup("not a backup") from error
        if " ".join(words) != _FIRST_WORDS or found.line() != line:
            raise DamagedBackup("not a backup of this version")
        return found

    def line(self) -> bytes:
        words = (_FIRST_WORDS, self.clinic, self.key_id, self.salt.hex(), self.made_at.isoformat())
        return f"{' '.join(words)}\n".encode()


def write(file: BinaryIO, content: Iterable[bytes], master: MasterKey, now: datetime) -> None:
    """Encrypt all of it. The caller renames the file into its place only after this returned."""
    header = Header(master.clinic, master.newest, secrets.token_bytes(SALT_BYTES), now)
    cipher = AESGCM(master.backup_key(header.key_id, header.salt))
    file.write(header.line())
    waiting = b""
    number = 0
    for number, piece in enumerate(_pieces(content)):
        if number:
            _write_piece(file, cipher.encrypt(_nonce(number - 1, last=False), waiting, header.line()))
        waiting = piece
    _write_piece(file, cipher.encrypt(_nonce(number, last=True), waiting, header.line()))


def read(file: BinaryIO, master: MasterKey) -> Iterator[bytes]:
    """Decrypt, piece by piece; use nothing before the last one came. Raises DamagedBackup, MasterKeyError."""
    header = Header.read(file.readline(MAX_LINE))
    if header.clinic != master.clinic:
        raise MasterKeyError(f"a backup of the clinic {header.clinic}; this is {master.clinic}")
    cipher = AESGCM(master.backup_key(header.key_id, header.salt))
    number, piece = 0, _read_piece(file)
    while piece is not None:
        following = _read_piece(file)
        try:
            yield cipher.decrypt(_nonce(number, last=following is None), piece, header.line())
        except InvalidTag as error:
            raise DamagedBackup(f"piece {number} is not what was written, or the file ends too early") from error
        number, piece = number + 1, following
    if not number:
        raise DamagedBackup("the file ends too early")


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut anew into pieces that are full, but for the last."""
    buffer = bytearray()
    for part in content:
        buffer += part
        while len(buffer) >= PIECE:
            yield bytes(buffer[:PIECE])
            del buffer[:PIECE]
    if buffer:
        yield bytes(buffer)


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)


def _write_piece(file: BinaryIO, ciphertext: bytes) -> None:
    file.write(struct.pack(">I", len(ciphertext)) + ciphertext)


def _read_piece(file: BinaryIO) -> bytes | None:
    """None at the end of the file. Raises DamagedBackup."""
    length = file.read(4)
    if not length:
        return None
    size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
    if not TAG_BYTES <= size <= PIECE + TAG_BYTES:
        raise DamagedBackup("a piece of a length that no piece has")
    ciphertext = file.read(size)
    if len(ciphertext) < size:
        raise DamagedBackup("the file ends too early")
    return ciphertext
