"""RTP headers and their extensions; everything found has to lie within the packet."""

from __future__ import annotations

from media import h264, rtp

SEEDS = (
    bytes.fromhex("80e00007000000080000000990800110") + b"picture",
    bytes.fromhex("90e00007000000080000000abede000210aa22010203000090e0812c07400010") + b"picture",
    bytes.fromhex("b26fffffffffffffffffffff0000000100000002100000020101aa0003414243") + b"abc\0\0\0\4",
    bytes.fromhex("806600010000000200000003780002674200026 5cc".replace(" ", "")),
)


def fuzz(data: bytes) -> None:
    h264.is_keyframe(data)
    try:
        header = rtp.parse_header(data)
    except ValueError:
        return
    assert 12 <= header.payload_offset <= header.payload_end <= len(data)
    for ext_id in (1, 2, 14, 200):
        check_extension(data, header, ext_id)
    check_payload(data[header.payload_offset : header.payload_end])


def check_extension(data: bytes, header: rtp.Header, ext_id: int) -> None:
    start, length, profile = header.extension_offset, header.extension_length, header.extension_profile
    found = rtp.find_extension(data, start, length, profile, ext_id)
    assert found is None or start < found[0] <= sum(found) <= start + length <= header.payload_offset


def check_payload(payload: bytes) -> None:
    h264.is_keyframe(payload)
    try:
        sequence, original = rtp.unwrap_rtx(payload)
    except ValueError:
        return
    assert rtp.wrap_rtx(sequence, original) == payload
