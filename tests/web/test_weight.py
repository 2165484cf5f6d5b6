"""The patient's page is opened over 2G: what it weighs and how many round trips it takes to load."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from signaling.pages import read
from tests.web.node import NODE
from tests.web.shell import WEB, imported, linked, loaded, preloaded, texts

LIMIT_BYTES = 40 * 1024
PATIENT = WEB / "patient/index.html"
PHYSICIAN = WEB / "physician/index.html"


def gzipped_bytes(path: Path) -> int:
    """As the server sends it."""
    asset = read(path)
    return len(asset.gzipped if asset.gzipped is not None else asset.body)


VISIT = WEB / "static/js/visit.js"
"""Loaded while the patient reads the first page: the clinic's questions, what was prescribed."""


@pytest.mark.parametrize("lang", ["es", "en"])
def test_a_whole_visit_weighs_at_most_40_kb_gzipped(lang: str) -> None:
    """From the first look at the link to what was prescribed, with a camera that works and no second check."""
    files = loaded(PATIENT, lang) | {VISIT} | texts(VISIT, lang)
    weights = {str(path.relative_to(WEB)): gzipped_bytes(path) for path in files}
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    assert sum(weights.values()) <= LIMIT_BYTES, f"{sum(weights.values())} bytes; heaviest: {heaviest}"


def test_patient_page_loads_nothing_of_the_physicians() -> None:
    script = WEB / "static/js/patient.js"
    names = {path.name for path in loaded(PATIENT) | imported(script, dynamic=False)}
    assert not names & {"physician.js", "person.js", "confirm.js", "console.css", "es-console.js"}


@pytest.mark.parametrize("page", [PATIENT, PHYSICIAN], ids=["patient", "physician"])
def test_texts_are_preloaded_at_once(page: Path) -> None:
    """What is found only after the script has arrived costs a round trip; run `python -m tests.web.stamp`."""
    (script,) = {path for path in linked(page) - preloaded(page) if path.suffix == ".js"}
    assert preloaded(page) == texts(script)


@pytest.mark.parametrize("page", [PATIENT, PHYSICIAN], ids=["patient", "physician"])
def test_all_that_a_page_names_exists(page: Path) -> None:
    assert [path for path in loaded(page) if not path.is_file()] == []


@pytest.mark.parametrize("script", sorted(WEB.rglob("*.js")), ids=lambda path: path.name)
def test_minified_scripts_still_parse(script: Path, tmp_path: Path) -> None:
    minified = tmp_path / "minified.mjs"
    minified.write_bytes(read(script).body)
    checked = subprocess.run([NODE, "--check", minified], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
