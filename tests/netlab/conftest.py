"""The lab as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netlab.lab import Lab, lab


@pytest.fixture
def link() -> Iterator[Lab]:
    """A perfect link; the test makes it worse."""
    with lab() as made:
        yield made
