"""What a signature covers: SHA-256 over the canonical JSON of a version and of whose record it is.

Canonical: as RFC 8785 for the types that we have (no floats): UTF-8, keys sorted, no white space.
It proves that nothing was changed; who may sign is for `decide` and the session to know.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter

from clinic.record.events import Version

_version: Final = TypeAdapter(Version)


def sealed(version: Version, consultation: str, patient: str) -> Version:
    """The version with its hash."""
    return replace(version, sha256=sha256(canonical(version, consultation, patient)).hexdigest())


def is_genuine(version: Version, consultation: str, patient: str) -> bool:
    """Whether the version is what was signed."""
    return sealed(version, consultation, patient).sha256 == version.sha256


def canonical(version: Version, consultation: str, patient: str) -> bytes:
    """What is hashed."""
    said: dict[str, Any] = _version.dump_python(version, mode="json")
    del said["sha256"]
    about = {"consultation": consultation, "patient": patient, "version": said}
    return json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
