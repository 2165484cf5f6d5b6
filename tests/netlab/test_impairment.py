"""Chance keeps its word in the long run, and the same seed gives the same fate."""

from __future__ import annotations

from itertools import groupby

import pytest
from pydantic import ValidationError

from netlab.impairment import Impairment
from netlab.profile import Bursts, Path

PACKETS = 40_000


def fates(path: Path, seed: str = "1") -> list[str | None]:
    chance = Impairment(seed)
    return [chance.drop(path) for _ in range(PACKETS)]


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.2, 1.0])
def test_loss_takes_its_share(loss: float) -> None:
    assert fates(Path(loss=loss)).count("loss") / PACKETS == pytest.approx(loss, abs=0.006)


@pytest.mark.parametrize(
    ("share", "mean_packets", "bad_loss"), [(0.15, 4.0, 1.0), (0.02, 8.0, 1.0), (0.05, 1.0, 1.0), (0.15, 6.0, 0.5)]
)
def test_bursts_take_their_share(share: float, mean_packets: float, bad_loss: float) -> None:
    bursts = Bursts(share=share, mean_packets=mean_packets, bad_loss=bad_loss)
    assert fates(Path(bursts=bursts)).count("bursts") / PACKETS == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("mean_packets", [2.0, 4.0, 10.0])
def test_bursts_are_as_long_as_they_claim(mean_packets: float) -> None:
    lost = fates(Path(bursts=Bursts(share=0.15, mean_packets=mean_packets)))
    lengths = [len(list(run)) for fate, run in groupby(lost) if fate == "bursts"]
    assert sum(lengths) / len(lengths) == pytest.approx(mean_packets, rel=0.1)


def test_bursts_and_loss_add_up() -> None:
    both = fates(Path(loss=0.1, bursts=Bursts(share=0.1)))
    assert 1 - both.count(None) / PACKETS == pytest.approx(1 - 0.9 * 0.9, abs=0.015)


def test_the_same_seed_loses_the_same_packets() -> None:
    path = Path(loss=0.1, bursts=Bursts(share=0.1))
    assert fates(path) == fates(path)
    assert fates(path) != fates(path, "2")


def test_one_kind_of_chance_leaves_the_others_alone() -> None:
    path, plain = Path(loss=0.1, duplicate=0.1, jitter_ms=10, reorder=0.1), Impairment("1")
    mixed, lost = Impairment("1"), []
    for _ in range(1000):
        lost.append(mixed.drop(path))
        mixed.comes_twice(path)
        mixed.jitter_s(path)
        mixed.overtakes_by_s(path)
    assert lost == [plain.drop(Path(loss=0.1)) for _ in range(1000)]


def test_a_jitter_is_the_size_of_a_normal_deviation() -> None:
    chance = Impairment("1")
    drawn = [chance.jitter_s(Path(jitter_ms=20)) * 1000 for _ in range(PACKETS)]
    assert min(drawn) >= 0
    assert sum(drawn) / PACKETS == pytest.approx(20 * (2 / 3.14159) ** 0.5, rel=0.03)


def test_overtaking_is_bounded() -> None:
    chance = Impairment("1")
    drawn = [chance.overtakes_by_s(Path(reorder=0.25, reorder_ms=40)) for _ in range(PACKETS)]
    ahead = [each for each in drawn if each is not None]
    assert len(ahead) / PACKETS == pytest.approx(0.25, abs=0.01)
    assert 0 <= min(ahead) < 0.001
    assert 0.039 < max(ahead) <= 0.04


@pytest.mark.parametrize(
    "wrong", [{"share": 0.9}, {"share": 0.6, "mean_packets": 1.0}, {"share": 0.5, "bad_loss": 0.5}]
)
def test_bursts_that_cannot_be_had_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Bursts(**wrong)
