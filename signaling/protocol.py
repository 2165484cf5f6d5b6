"""The protocol between a page and signaling, version 1: every message both ways, discriminated on `type`.

A page opens `/ws`, says `hello` within 10 s, and is answered `welcome`. From then on its commands are acknowledged only
when they are durable, and events arrive in the order of the timeline. A page that can open no WebSocket says the same
over `POST /poll`, but has no media that way. docs/protocol.md is generated from these files.
"""

from __future__ import annotations

from signaling.from_page import *  # noqa: F403
from signaling.message import *  # noqa: F403
from signaling.to_page import *  # noqa: F403

MAX_MESSAGE_BYTES = 96 * 1024
MAX_POLL_BYTES = 512 * 1024
PAGE_EVENTS = 200
"""At most so many events in one `welcome` or `events`; `more` tells that there are others to `fetch`."""

CLOSE_NORMAL = 1000
CLOSE_GOING_AWAY = 1001
"""The server drains: reconnect at once, to whichever process answers."""
CLOSE_TRY_LATER = 1013
"""We cannot serve now (`unavailable`): reconnect with the usual waits."""
CLOSE_TAKEN_OVER = 4001
CLOSE_BAD_MESSAGE = 4002
CLOSE_UNKNOWN_TOKEN = 4003
CLOSE_TOO_MANY = 4004
CLOSE_SLOW_READER = 4005
CLOSE_BAD_VERSION = 4006
