"""Strict CSP, no third party, and the layers of the pages' code (STYLE, Browser)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.shell import WEB

JS = WEB / "static/js"
FILES = sorted(path for path in WEB.rglob("*") if path.is_file())
CORE = [JS / f"{name}.js" for name in
        ("protocol", "queue", "polling", "signaling", "sdp", "actuator", "meter", "autonomy", "backlog", "pictures",
         "watchdog", "connection", "call", "media", "store", "phase", "levels", "quality", "session")]  # fmt: skip
VIEWS = [
    *sorted((JS / "view").glob("*.js")),
    *sorted((JS / "staff").glob("*.js")),
    *sorted((JS / "office").glob("*.js")),
    JS / "page.js",
    JS / "patient.js",
    JS / "physician.js",
]

_URL = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""")
_NAMESPACES = {"http://www.w3.org"}


def name(path: Path) -> str:
    return str(path.relative_to(WEB))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_third_party_is_named(path: Path) -> None:
    assert set(_URL.findall(path.read_text())) <= _NAMESPACES


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".html"], ids=name)
def test_no_inline_script_or_style(path: Path) -> None:
    html = path.read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", html) == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=name)
def test_no_code_or_markup_from_strings(path: Path) -> None:
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", path.read_text()) == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=name)
def test_no_default_that_the_minifier_drops(path: Path) -> None:
    """tdewolff-minify makes `x || false` an `x`, which may be undefined: write `Boolean(x)`."""
    assert re.findall(r"(?:\|\||\?\?) false\b", _code(path)) == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=name)
def test_no_destructuring_that_the_minifier_moves(path: Path) -> None:
    """tdewolff-minify joins `const`s, and puts `const { a } = f({ b })` before the `const b` that it needs."""
    before: dict[str, set[str]] = {}
    for line in _code(path).splitlines():
        indent = re.match(r"\s*", line)[0]  # type: ignore[index]
        pattern = re.match(r"\s*const [{\[].*?[}\]] = (.*);$", line)
        used = set(re.findall(r"\w+", pattern[1][pattern[1].find("{") :])) if pattern and "{" in pattern[1] else set()
        assert not used & before.get(indent, set()), line
        declared = re.match(r"\s*const (\w+) = .*;$", line)
        before = (
            {indent: before.get(indent, set()) | ({declared[1]} if declared else set())} if declared or pattern else {}
        )


@pytest.mark.parametrize("path", CORE, ids=name)
def test_core_never_touches_the_dom(path: Path) -> None:
    assert re.findall(r"\bdocument\b|querySelector|\./view/", _code(path)) == []


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_pages_never_touch_sdp(path: Path) -> None:
    assert re.findall(r"\bsdp\b|RTCPeerConnection\(|createOffer|LocalDescription", _code(path)) == []


def _code(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL)
