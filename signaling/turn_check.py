"""Does a TURN server relay for us? A real Allocate request with REST credentials (RFC 8656): a check of the doctor."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass

from aioice import stun, turn

from signaling.findings import Finding, fail, ok

TIMEOUT_S = 5.0
URL = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[^]]+\]|[^:?]+)(?::(?P<port>\d+))?(?:\?transport=(?P<transport>udp|tcp))?"
)
REFUSED = "coturn needs use-auth-secret, static-auth-secret equal to HILO_TURN_SECRET, a realm, and the right time"
UNREACHABLE = "check the name, the port and the certificate; is coturn running?"
SILENT = "open the port in the firewalls; is coturn running?"


@dataclass(frozen=True)
class Server:
    """A TURN URL taken apart (RFC 7065)."""

    host: str
    port: int
    transport: str
    tls: bool


def parse(url: str) -> Server:
    """ValueError when the URL is none of RFC 7065."""
    match = URL.fullmatch(url)
    if match is None:
        raise ValueError(url)
    tls = match["scheme"] == "turns"
    port = int(match["port"] or (5349 if tls else 3478))
    return Server(match["host"].strip("[]"), port, match["transport"] or ("tcp" if tls else "udp"), tls)


async def check(url: str, username: str, credential: str, timeout_s: float = TIMEOUT_S) -> Finding:
    """Allocate a relay, give it back, and say how it went."""
    try:
        async with asyncio.timeout(timeout_s):
            relay = await _allocate(parse(url), username, credential)
    except ValueError:
        return fail(f"TURN: {url} is not a TURN URL", "write it like turn:turn.example.org:3478?transport=udp")
    except stun.TransactionFailed as error:
        return fail(f"TURN: {url} refused the credentials ({error})", REFUSED)
    except (TimeoutError, stun.TransactionTimeout):
        return fail(f"TURN: {url} did not answer in {timeout_s:g} s", SILENT)
    except OSError as error:
        return fail(f"TURN: {url} cannot be reached ({error})", UNREACHABLE)
    return ok(f"TURN: {url} relays from {relay}")


class _Relay(asyncio.DatagramProtocol):
    """Knows when the allocation was given back."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def connection_lost(self, _: Exception | None) -> None:
        self.gone.set()


async def _allocate(server: Server, username: str, credential: str) -> str:
    transport, relay = await turn.create_turn_endpoint(
        _Relay,
        server_addr=(server.host, server.port),
        username=username,
        password=credential,
        ssl=ssl.create_default_context() if server.tls else None,
        transport=server.transport,
    )
    host, port = transport.get_extra_info("sockname")
    transport.close()
    await relay.gone.wait()
    return f"{host}:{port}"
