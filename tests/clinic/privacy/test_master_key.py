"""The file of the master key: made once, by whoever is first, and never by anybody again."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinic.privacy.master_key import MasterKey, MasterKeyError


def test_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    made = MasterKey.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size == 32
    assert MasterKey.load_or_create(path) == made
    assert list(tmp_path.iterdir()) == [path]


def test_all_who_race_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: MasterKey.load_or_create(path), range(32)))
    assert made == {MasterKey.load(path)}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("size", [0, 31, 33, 65])
def test_a_file_that_is_no_key_is_refused_and_kept(tmp_path: Path, size: int) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"x" * size)
    with pytest.raises(MasterKeyError, match=str(size)):
        MasterKey.load_or_create(path)
    assert path.stat().st_size == size


def test_a_rotation_keeps_the_clinic_and_its_indexes(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    before = MasterKey.load_or_create(path)
    after = MasterKey.rotate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (after.clinic, after.index_key()) == (before.clinic, before.index_key())
    assert after.newest != before.newest
    assert after.wrapping_key(before.newest) == before.wrapping_key(before.newest)
    with pytest.raises(MasterKeyError, match=after.newest):
        before.wrapping_key(after.newest)


def test_each_purpose_has_a_key_of_its_own() -> None:
    master = MasterKey((b"a" * 32,))
    assert len({master.roots[0], master.wrapping_key(master.newest), master.index_key()}) == 3


def test_what_prints_a_key_prints_no_secret() -> None:
    assert "aaaa" not in repr(MasterKey((b"a" * 32,)))
