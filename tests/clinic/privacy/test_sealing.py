"""Sealed text: opens where it was sealed, and nowhere else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.privacy.sealing import Sealer, Shredded, Tampered, place

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=20)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)
ANA = Sealer("clinic-1", "ana", b"k" * 32)


@given(field=NAMES, text=TEXTS)
def test_opens_what_it_sealed(field: str, text: str) -> None:
    sealed = ANA.seal(field, text)
    assert ANA.open(field, sealed) == text
    assert sealed.isascii()
    assert sealed != ANA.seal(field, text)


@given(text=TEXTS)
@pytest.mark.parametrize(
    ("other", "field"),
    [
        (Sealer("clinic-1", "eva", b"k" * 32), "name"),
        (Sealer("clinic-2", "ana", b"k" * 32), "name"),
        (Sealer("clinic-1", "ana", b"j" * 32), "name"),
        (ANA, "phone"),
    ],
    ids=["subject", "clinic", "key", "field"],
)
def test_opens_nowhere_else(other: Sealer, field: str, text: str) -> None:
    sealed = ANA.seal("name", text)
    with pytest.raises(Tampered):
        other.open(field, sealed)


@given(text=TEXTS, data=st.data())
def test_a_flipped_bit_is_found(text: str, data: st.DataObject) -> None:
    raw = bytearray(urlsafe_b64decode(ANA.seal("name", text)[2:] + "=="))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        ANA.open("name", "1." + urlsafe_b64encode(raw).rstrip(b"=").decode())


@given(text=TEXTS, data=st.data())
def test_a_changed_character_is_found(text: str, data: st.DataObject) -> None:
    sealed = ANA.seal("name", text)
    at = data.draw(st.integers(0, len(sealed) - 1))
    new = data.draw(st.characters(codec="utf-8").filter(lambda character: character != sealed[at]))
    with pytest.raises(Tampered):
        ANA.open("name", sealed[:at] + new + sealed[at + 1 :])


@given(junk=TEXTS)
def test_junk_is_refused(junk: str) -> None:
    for sealed in (junk, f"1.{junk}", f"2.{ANA.seal('name', junk)[2:]}"):
        with pytest.raises(Tampered):
            ANA.open("name", sealed)


def test_a_destroyed_key_neither_opens_nor_seals() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    gone = Sealer("clinic-1", "ana", Shredded("ana", at))
    with pytest.raises(Shredded) as opened:
        gone.open("name", ANA.seal("name", "Ana"))
    assert (opened.value.subject, opened.value.at) == ("ana", at)
    with pytest.raises(Shredded):
        gone.seal("name", "Ana")


def test_two_places_are_never_one() -> None:
    with pytest.raises(ValueError, match=r"\|"):
        place("a|b", "c")


def test_what_prints_a_sealer_prints_no_key() -> None:
    assert "kkk" not in repr(ANA)
