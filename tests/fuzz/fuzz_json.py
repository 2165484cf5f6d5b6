"""Fuzz target: whatever a page sends is a message of the protocol or a ProtocolError, never anything else."""

from __future__ import annotations

from signaling.parsing import ProtocolError, parse

SEEDS: list[bytes] = [
    b'{"type":"hello","v":1,"token":"0123456789abcdefghijkl","client_id":"client-0001","after":"1-0","lang":"es"}',
    b'{"type":"hello","v":2,"token":"0123456789abcdefghijkl","future":true}',
    b'{"type":"consent","id":"command-1","text_version":"1","text_sha256":"' + b"a" * 64 + b'","lang":"es"}',
    b'{"type":"arrive","id":"command-1"}',
    b'{"type":"admit","id":"command-1","seat":"0123456789abcdef"}',
    b'{"type":"chat","id":"command-1","text":"hola \\ud83d\\ude00"}',
    b'{"type":"chat","id":"command-1","text":"\\ud83d"}',
    b'{"type":"set_media","id":"command-1","audio":true,"video":false,"problem":"denied"}',
    b'{"type":"leave","id":"command-1"}',
    b'{"type":"end","id":"command-1","reason":"completed"}',
    b'{"type":"offer","request":1,"sdp":"v=0\\r\\n","restart":false}',
    b'{"type":"fetch","after":"1700000000000-0"}',
    b'{"type":"ping","n":1}',
    b'{"type":"ping","n":1e400}',
    b'{"type":"ping","n":' + b"9" * 5000 + b"}",
    b'{"type":["ping"],"n":1}',
    b"[" * 5000,
    b'{"type":' * 2000,
    b"\xff\xfe",
    b"",
    b"null",
]


def fuzz(data: bytes) -> None:
    """One input, as the bytes and as the text that a socket would give."""
    for message in (data, data.decode("utf-8", "replace")):
        try:
            parse(message)
        except ProtocolError:
            continue
