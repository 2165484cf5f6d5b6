"""What counts as lost: planted faults are found, and nothing else."""

from __future__ import annotations

import pytest

from chaos.resume.words import Message, differing, faults

SAID = [Message("ana", "a1"), Message("luz", "l1"), Message("ana", "a2"), Message("ana", "a3")]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (["a1", "l1", "a2", "a3"], 0),
        (["l1", "a1", "a2", "a3"], 0),
        (["a1", "l1", "a3"], 1),
        (["a1", "l1", "a2", "a2", "a3"], 1),
        (["a1", "l1", "a3", "a2"], 1),
        ([], 4),
    ],
    ids=["all", "another's first", "lost", "doubled", "swapped", "empty"],
)
def test_faults(page: list[str], found: int) -> None:
    assert len(list(faults(SAID, page, "ana"))) == found


def test_pages_that_show_different_orders() -> None:
    assert list(differing([["a1", "l1"], ["a1", "l1"]])) == []
    assert list(differing([["a1", "l1"], ["l1", "a1"]])) != []
