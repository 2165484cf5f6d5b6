"""Every code that a human may meet has words in both languages."""

from __future__ import annotations

from typing import get_args

from signaling import protocol as p
from signaling.texts import TEXTS, text


def test_every_code_has_words() -> None:
    codes = {*get_args(p.RefusedCode), *get_args(p.ErrorCode)}
    for lang in ("es", "en"):
        assert codes <= TEXTS[lang].keys()
        assert all(text(lang, code).count(".") >= 2 for code in codes), "what happened, and what to do next"


def test_languages_say_the_same_things() -> None:
    assert TEXTS["es"].keys() == TEXTS["en"].keys()
