"""STUN bindings of a leg (RFC 8445): our checks, which are the consent of RFC 7675 too, and answers."""

from __future__ import annotations

from dataclasses import dataclass

from aioice import stun

PRIORITY = 1853824767


@dataclass(frozen=True)
class Credentials:
    """Both ends' fragments and passwords. `controlling` is false only beside a full-ICE server that offered."""

    ufrag: str
    pwd: str
    remote_ufrag: str
    remote_pwd: str
    controlling: bool


def check(credentials: Credentials) -> bytes:
    """A connectivity check that nominates the pair when we control."""
    message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{credentials.remote_ufrag}:{credentials.ufrag}"
    message.attributes["PRIORITY"] = PRIORITY
    if credentials.controlling:
        message.attributes["ICE-CONTROLLING"] = 1
        message.attributes["USE-CANDIDATE"] = None
    else:
        message.attributes["ICE-CONTROLLED"] = 1
    message.add_message_integrity(credentials.remote_pwd.encode())
    return bytes(message)


def answer(data: bytes, credentials: Credentials, source: tuple[str, int]) -> bytes | None:
    """The answer to a server's own check; None for anything else."""
    request = _authentic(data, credentials.pwd)
    if request is None or request.message_class != stun.Class.REQUEST:
        return None
    reply = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
    reply.attributes["XOR-MAPPED-ADDRESS"] = source
    reply.add_message_integrity(credentials.pwd.encode())
    return bytes(reply)


def succeeded(data: bytes, credentials: Credentials) -> bool:
    """Whether this is a success response, authenticated with the server's password."""
    message = _authentic(data, credentials.remote_pwd)
    return message is not None and message.message_class == stun.Class.RESPONSE


def _authentic(data: bytes, password: str) -> stun.Message | None:
    try:
        message = stun.parse_message(data)
    except ValueError:
        return None
    is_binding = message.message_method == stun.Method.BINDING
    return message if is_binding and message.check_message_integrity(password.encode()) else None
