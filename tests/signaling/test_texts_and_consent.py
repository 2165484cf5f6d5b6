"""Every code that a human may meet has words in both languages, and consent is what was shown."""

from __future__ import annotations

import hashlib
from typing import get_args

from signaling import protocol as p
from signaling.consent import CURRENT, VERSION, is_current
from signaling.texts import TEXTS, text


def test_every_code_has_words() -> None:
    codes = {*get_args(p.RefusedCode), *get_args(p.ErrorCode)}
    for lang in ("es", "en"):
        assert codes <= TEXTS[lang].keys()
        assert all(text(lang, code).count(".") >= 2 for code in codes), "what happened, and what to do next"


def test_languages_say_the_same_things() -> None:
    assert TEXTS["es"].keys() == TEXTS["en"].keys()
    assert len(CURRENT["es"].paragraphs) == len(CURRENT["en"].paragraphs)


def test_consent_is_hashed_as_shown() -> None:
    for lang, shown in CURRENT.items():
        assert shown.sha256 == hashlib.sha256("\n\n".join(shown.paragraphs).encode()).hexdigest()
        assert is_current(VERSION, shown.sha256, lang)
    assert not is_current(VERSION, CURRENT["en"].sha256, "es")


def test_consent_names_what_a_patient_must_know() -> None:
    spanish = " ".join(CURRENT["es"].paragraphs)
    for word in ("examen físico", "conexión falla", "emergencia más cercana", "confidencial", "Guardamos", "retirar"):
        assert word in spanish
