"""What can be wrong with what somebody typed about a person, as codes: the words for them are the page's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal[
    "name", "birth_date", "sex", "identifiers", "cedula", "passport", "minor", "phone", "language",
    "guardian", "guardian_name", "guardian_cedula", "guardian_passport", "guardian_phone",
    "sign_in", "roles", "licence", "password",
]  # fmt: skip

FaultCode = Literal[
    "missing", "too-short", "too-long", "too-many", "repeated", "unreadable", "unknown",
    "no-letter", "stacked-marks",
    "not-a-date", "in-the-future", "too-long-ago",
    "nationality-missing", "nationality-unknown", "leading-zero", "not-digits", "looks-like-rif",
    "country-missing", "country-unknown", "no-digit",
    "not-a-phone", "no-such-prefix", "extension",
    "not-theirs", "of-age",
    "too-common", "too-simple", "like-the-name",
]  # fmt: skip
"""`not-theirs`: a minor's identifier leads to somebody who is not the guardian. `of-age`: an adult needs a document of
their own. `looks-like-rif`: it is the tax number, one digit longer."""


@dataclass(frozen=True)
class Fault:
    """One field that cannot be taken as it is. It never holds what was typed."""

    field: Field
    code: FaultCode
