"""Does the TLS certificate serve the public URL: key, time, name (RFC 9525)? One of the doctor's checks."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from signaling.findings import Finding, fail, ok, warn

RENEW_BEFORE = timedelta(days=14)


def check(cert: Path, key: Path, host: str, now: datetime) -> list[Finding]:
    """Findings about a PEM chain, its key, and the host that browsers will ask for."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
        leaf = x509.load_pem_x509_certificates(cert.read_bytes())[0]
    except (ssl.SSLError, ValueError, OSError) as error:
        return [fail(f"TLS: {cert} and {key} do not work together ({error})", "give the PEM chain and its own key")]
    return [ok("TLS: key and certificate belong together"), _lifetime(leaf, now), _name(leaf, host)]


def _lifetime(leaf: x509.Certificate, now: datetime) -> Finding:
    since, until = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if now < since:
        return fail(f"TLS: the certificate is not valid before {since:%Y-%m-%d %H:%M} UTC", "check the clock")
    if now > until:
        return fail(f"TLS: the certificate ended on {until:%Y-%m-%d}", "renew it; no browser opens the pages")
    if until - now < RENEW_BEFORE:
        return warn(f"TLS: the certificate ends on {until:%Y-%m-%d}", "renew it, and restart signaling to load it")
    return ok(f"TLS: the certificate is valid until {until:%Y-%m-%d}")


def _name(leaf: x509.Certificate, host: str) -> Finding:
    names = _names(leaf)
    if any(_matches(name, host) for name in names):
        return ok(f"TLS: the certificate is for {host}")
    return fail(
        f"TLS: the certificate is for {', '.join(names) or 'nobody'}, not for {host}",
        "set HILO_PUBLIC_URL to a name of the certificate, or get one for this name",
    )


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses: Iterable[object] = names.get_values_for_type(x509.IPAddress)
    return [*names.get_values_for_type(x509.DNSName), *map(str, addresses)]


def _matches(name: str, host: str) -> bool:
    """A wildcard stands for exactly one label, and never for a part of an address (RFC 9525 section 6.3)."""
    if name.startswith("*.") and not _is_address(host):
        return name[2:].lower() == host.lower().partition(".")[2]
    return name.lower() == host.lower()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
