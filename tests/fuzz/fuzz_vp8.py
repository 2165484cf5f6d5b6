"""VP8 descriptors; a rewritten one has to say the new numbers and nothing else new."""

from __future__ import annotations

from media import vp8

SEEDS = (
    bytes.fromhex("1010"),
    bytes.fromhex("90806411"),
    bytes.fromhex("90f0812c04a310"),
    bytes.fromhex("90e0812c044010"),
)


def fuzz(data: bytes) -> None:
    try:
        before = vp8.parse(data)
    except ValueError:
        return
    assert 1 <= before.size < len(data)
    changed = bytearray(data)
    vp8.rewrite(changed, before, 0, 0x1234, 0x56)
    after = vp8.parse(changed)
    assert after._replace(picture_id=before.picture_id, tl0picidx=before.tl0picidx) == before
    assert after.picture_id in (None, 0x1234 if before.picture_id_15bit else 0x34)
    assert after.tl0picidx in (None, 0x56)
