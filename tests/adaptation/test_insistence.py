"""When a queue is taken for another's, and when no longer."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.insistence import Insistence
from tests.adaptation.estimates import seen

STANDING = {"queue_s": 0.25, "loss_4s": 0.12, "told_4s": 8}


def after(seconds: float, insistence: Insistence | None = None, **changes: Any) -> Insistence:
    insistence = insistence or Insistence()
    settled_s, wanted = changes.pop("settled_s", 9.0), changes.pop("wanted", True)
    for _ in range(round(seconds * 10)):
        insistence.step(seen(**(STANDING | changes)), 0.1, settled_s=settled_s, wanted=wanted)
    return insistence


@pytest.mark.parametrize(
    ("seconds", "changes", "is_so"),
    [
        (1.9, {}, False),
        (2.2, {}, True),
        (9.0, {"queue_s": 0.12}, False),
        (9.0, {"queue_s": 0.13}, True),
        (9.0, {"settled_s": 3.0}, False),
        (9.0, {"settled_s": 3.1}, True),
        (9.0, {"wanted": False}, False),
        (9.0, {"loss_4s": 0.4}, False),
        (3.0, {"loss_4s": 0.39}, True),
    ],
)
def test_a_queue_that_stands(seconds: float, changes: dict[str, Any], is_so: bool) -> None:
    assert after(seconds, **changes).is_so == is_so


def test_it_lasts_while_the_other_pauses_and_ends_with_the_voice() -> None:
    insistence = after(3)
    assert after(30, insistence, queue_s=0.0).is_so
    assert not after(0.1, insistence, wanted=False).is_so


@pytest.mark.parametrize(
    ("seconds", "changes", "is_so"),
    [
        (3.0, {"loss_4s": 0.5, "told_4s": 60}, True),
        (5.0, {"loss_4s": 0.5, "told_4s": 60}, False),
        (5.0, {"loss_4s": 0.35, "told_4s": 60}, True),
        (5.0, {"loss_4s": 0.5, "told_4s": 19}, True),
        (5.0, {"loss_4s": 0.5, "told_4s": 20}, False),
    ],
)
def test_copies_that_make_it_worse_end(seconds: float, changes: dict[str, Any], is_so: bool) -> None:
    assert after(seconds, after(2.2), **changes).is_so == is_so


def test_after_harm_they_rest() -> None:
    insistence = after(5, after(2.2), loss_4s=0.5, told_4s=60)
    assert not after(28, insistence).is_so
    assert after(3, insistence).is_so
