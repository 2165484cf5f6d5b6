"""Both languages say the same things, and everything they say is used."""

from __future__ import annotations

import re

from tests.web.shell import WEB, imported

JS = WEB / "static/js"
_ENTRY = re.compile(r'^  (\w+):\s*"((?:[^"\\]|\\.)*)",$', re.MULTILINE)


def parts(lang: str) -> list[str]:
    """The files of a language: what all pages say, and what only some do."""
    return sorted(path.stem for path in (JS / "texts").glob(f"{lang}*.js"))


def texts(lang: str) -> dict[str, str]:
    return {key: text for part in parts(lang) for key, text in _entries(part)}


def _entries(part: str) -> list[tuple[str, str]]:
    return _ENTRY.findall((JS / f"texts/{part}.js").read_text())


def test_nothing_is_said_twice() -> None:
    keys = [key for part in parts("es") for key, _ in _entries(part)]
    assert len(keys) == len(set(keys))


def test_patients_load_only_what_their_page_says() -> None:
    code = "".join(path.read_text() for path in imported(JS / "patient.js", dynamic=False))
    assert _unused([key for key, _ in _entries("es")], code) == []


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(texts("es")) == list(texts("en"))


def test_both_languages_fill_in_the_same_values() -> None:
    def places(lang: str) -> dict[str, set[str]]:
        return {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in texts(lang).items()}

    assert places("es") == places("en")


def test_no_text_is_empty_or_unused() -> None:
    code = "".join(path.read_text() for path in JS.rglob("*.js") if path.parent.name != "texts")
    assert _unused(list(texts("es")), code) == []
    assert all(text for lang in ("es", "en") for text in texts(lang).values())


def _unused(keys: list[str], code: str) -> list[str]:
    made = tuple(re.findall(r"`(\w+)\$\{", code))  # such as `link${grade}`
    return [key for key in keys if f'"{key}"' not in code and not key.startswith(made)]


def test_patients_are_addressed_with_usted() -> None:
    """The voseo and tuteo of everyday Venezuelan speech are too near for a physician's office."""
    informal = re.compile(r"\b(tú|tu|tus|te|contigo|puedes|tienes|escribe|toca|pulsa|espera un)\b", re.IGNORECASE)
    assert {key: text for key, text in texts("es").items() if informal.search(text)} == {}
