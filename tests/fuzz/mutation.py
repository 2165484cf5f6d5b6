"""Seeded random changes of known inputs, for where atheris is not installed and for a quick, repeatable run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

INTERESTING = (0, 1, 3, 4, 0x0D, 0x0A, 0x20, 0x3A, 0x7F, 0x80, 0xBE, 0xDE, 0xFF)
MAX_CHANGES = 6


def mutations(seeds: Sequence[bytes], random: Random) -> Iterator[bytes]:
    """Without an end; the same for the same state of `random`."""
    yield from seeds
    while True:
        data = bytearray(random.choice(seeds))
        for _ in range(random.randint(1, MAX_CHANGES)):
            change(data, random, random.choice(seeds))
        yield bytes(data)


def change(data: bytearray, random: Random, other: bytes) -> None:
    """One change in place: flip, set, cut, remove, repeat, or splice in a piece of another seed."""
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.randint(1, 16))
    match random.randrange(6):
        case 0 if start < len(data):
            data[start] ^= 1 << random.randrange(8)
        case 1 if start < len(data):
            data[start] = random.choice(INTERESTING)
        case 2:
            del data[start:]
        case 3:
            del data[start:end]
        case 4:
            data[start:start] = data[start:end] * random.randint(1, 8)
        case _:
            place = random.randrange(len(other) + 1)
            data[start:end] = other[place : place + random.randint(1, 64)]
