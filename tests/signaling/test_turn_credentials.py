"""TURN credentials as coturn's `use-auth-secret` computes them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from signaling.turn import ice_servers

URLS = ("turn:turn.example.org:3478?transport=udp",)


def test_credential_is_the_hmac_of_the_user_name() -> None:
    [server] = ice_servers(URLS, "secret", 3600, 1_700_000_000.9)
    assert server.urls == URLS
    expires, _, opaque = server.username.partition(":")
    assert int(expires) == 1_700_003_600
    assert len(opaque) == 16
    expected = hmac.new(b"secret", server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == expected


def test_two_pages_get_two_names() -> None:
    names = {ice_servers(URLS, "secret", 3600, 0.0)[0].username for _ in range(5)}
    assert len(names) == 5


def test_none_without_servers() -> None:
    assert ice_servers((), "secret", 3600, 0.0) == ()
    assert ice_servers(URLS, None, 3600, 0.0) == ()
