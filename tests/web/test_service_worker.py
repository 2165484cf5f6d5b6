"""The service worker: phones must notice every change of a page, and no link may be stored on them."""

from __future__ import annotations

from tests.web.shell import VERSION, WORKER, digest


def test_version_names_the_present_files() -> None:
    """A page changed without a new version would never reach a phone that has it: run `python -m tests.web.stamp`."""
    found = VERSION.search(WORKER.read_text())
    assert found is not None
    assert found.group(1) == digest()


def test_only_the_shell_is_stored() -> None:
    code = WORKER.read_text()
    assert 'join: "/join/shell"' in code
    assert code.count("cache.put(") == 2
    assert 'key.startsWith("/static/")' in code
