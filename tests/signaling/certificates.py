"""Self-signed certificates for tests, as an administrator would have them: two PEM files."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def issue(directory: Path, *names: str, since: datetime, days: int = 90) -> tuple[Path, Path]:
    """Certificate and key for these host names and addresses, in `directory`."""
    key = ec.generate_private_key(ec.SECP256R1())
    nobody = x509.Name([])
    builder = x509.CertificateBuilder(nobody, nobody, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(since).not_valid_after(since + timedelta(days=days))
    builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), True)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    cert_file, key_file = directory / "cert.pem", directory / "key.pem"
    cert_file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return cert_file, key_file


def _general_name(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
