"""Short-lived TURN credentials in the coturn REST scheme (draft-uberti-behave-turn-rest-00, section 2.2).

The user name is `<expiry>:<random>`: nothing in it tells whose call it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from signaling.protocol import IceServer


def ice_servers(urls: tuple[str, ...], secret: str | None, ttl_s: int, now_s: float) -> tuple[IceServer, ...]:
    """Credentials that live `ttl_s` for the TURN servers named in the settings; empty without any."""
    if not urls or secret is None:
        return ()
    username = f"{int(now_s) + ttl_s}:{secrets.token_hex(8)}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return (IceServer(urls=urls, username=username, credential=base64.b64encode(digest).decode()),)
