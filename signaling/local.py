"""Asking this machine's own signaling process over HTTP whether it is alive or ready."""

from __future__ import annotations

import ssl

import aiohttp

from signaling.settings import Settings

TIMEOUT_S = 2.0


def url(settings: Settings, path: str) -> str:
    """Where a page is reached from this machine, whatever its public name is."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    host = f"[{address}]" if ":" in address else address
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}{path}"


def client(timeout_s: float = TIMEOUT_S) -> aiohttp.ClientSession:
    """A client that does not judge the certificate, which is for the public name: nor does it read the system's
    authorities, which takes 43 ms of CPU, at each look of the supervisor.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context), timeout=aiohttp.ClientTimeout(total=timeout_s)
    )


async def answers(http: aiohttp.ClientSession, address: str) -> bool:
    """Is the answer 200?"""
    try:
        async with http.get(address) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
