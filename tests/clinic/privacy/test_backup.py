"""A backup file opens as it was written, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.privacy import backup
from clinic.privacy.backup import PIECE, DamagedBackup
from clinic.privacy.master_key import MasterKey, MasterKeyError

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MASTER = MasterKey((b"m" * 32,))


def written(*content: bytes, master: MasterKey = MASTER) -> bytes:
    file = BytesIO()
    backup.write(file, content, master, NOW)
    return file.getvalue()


def opened(raw: bytes, master: MasterKey = MASTER) -> bytes:
    return b"".join(backup.read(BytesIO(raw), master))


def pieces(raw: bytes) -> tuple[bytes, list[bytes]]:
    """The header's line, and the pieces with their lengths."""
    line, _, rest = raw.partition(b"\n")
    found = []
    while rest:
        size = 4 + int.from_bytes(rest[:4])
        found.append(rest[:size])
        rest = rest[size:]
    return line + b"\n", found


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_opens_as_it_was_written(content: list[bytes]) -> None:
    assert opened(written(*content)) == b"".join(content)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_sizes_about_a_piece(size: int) -> None:
    assert len(opened(written(b"x" * size))) == size


@given(st.data())
def test_a_flipped_bit_or_a_lost_end_is_found(data: st.DataObject) -> None:
    raw = bytearray(written(b"patient:ana" * 5))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((DamagedBackup, MasterKeyError)):
        opened(bytes(raw))
    with pytest.raises(DamagedBackup):
        opened(written(b"ana" * 30)[: data.draw(st.integers(0, 200))])


@pytest.mark.parametrize(
    "order", [(0, 1), (0, 2), (1, 2), (2,), (), (1, 0, 2), (0, 1, 2, 2), (0, 0, 1, 2), (0, 1, 2, 1)]
)
def test_pieces_left_out_moved_or_repeated(order: Iterable[int]) -> None:
    line, found = pieces(written(b"x" * (2 * PIECE + 5)))
    assert len(found) == 3
    with pytest.raises(DamagedBackup):
        opened(line + b"".join(found[at] for at in order))


def test_a_piece_of_another_backup() -> None:
    line, found = pieces(written(b"a"))
    with pytest.raises(DamagedBackup):
        opened(line + pieces(written(b"b"))[1][0])
    assert opened(line + found[0]) == b"a"


def test_holds_nothing_in_clear_and_says_whose_it_is() -> None:
    raw = written(b"patient:ana")
    assert b"ana" not in raw
    header = backup.Header.read(raw.partition(b"\n")[0] + b"\n")
    assert (header.clinic, header.key_id, header.made_at) == (MASTER.clinic, MASTER.newest, NOW)


def test_an_older_backup_opens_after_a_rotation_and_with_no_other_clinics_key() -> None:
    raw = written(b"a")
    rotated = MasterKey((b"m" * 32, b"n" * 32))
    assert opened(raw, rotated) == b"a"
    with pytest.raises(MasterKeyError):
        opened(written(b"a", master=rotated), MASTER)
    with pytest.raises(MasterKeyError, match=MASTER.clinic):
        opened(raw, MasterKey((b"x" * 32,)))
