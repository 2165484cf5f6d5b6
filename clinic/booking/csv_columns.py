"""The columns of a CSV file of appointments, by the names that clinics give them, in Spanish or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from clinic.booking.csv_problem import Problem

Column = Literal[
    "date", "time", "end", "minutes", "physician", "name", "given", "family", "cedula", "passport_country",
    "passport_number", "birth_date", "phone", "guardian_name", "guardian_cedula", "guardian_phone", "child", "reason",
]  # fmt: skip

_NAMES: Final[dict[Column, str]] = {
    "date": "date|appointment date|fecha|fecha cita|fecha de la cita|dia",
    "time": "time|start|start time|hora|hora inicio|hora de inicio|inicio|desde",
    "end": "end|end time|hora fin|hora de fin|fin|hasta",
    "minutes": "minutes|duration|length|duracion|duracion minutos|duracion min|minutos|min",
    "physician": "physician|doctor|provider|medico|medica|medico tratante|especialista|profesional",
    "name": "name|full name|patient|patient name|nombre completo|nombre y apellido|nombres y apellidos|paciente|"
    "nombre del paciente|nombre paciente",
    "given": "given|given name|first name|nombre|nombres",
    "family": "family|family name|last name|surname|apellido|apellidos",
    "cedula": "cedula|ci|c i|cedula de identidad|cedula paciente|cedula del paciente|documento|id number|national id",
    "passport_country": "passport country|pais pasaporte|pais del pasaporte|pais de emision",
    "passport_number": "passport|passport number|pasaporte|numero de pasaporte",
    "birth_date": "birth date|birthdate|date of birth|dob|nacimiento|fecha nacimiento|fecha de nacimiento|f nac|"
    "fecha nac",
    "phone": "phone|mobile|cell|cell phone|whatsapp|telefono|telefono movil|celular|movil|tlf|telf",
    "guardian_name": "guardian|guardian name|representante|nombre representante|nombre del representante",
    "guardian_cedula": "guardian cedula|guardian id|cedula representante|cedula del representante|ci representante",
    "guardian_phone": "guardian phone|telefono representante|telefono del representante",
    "child": "child|child number|hijo|numero de hijo|nro hijo",
    "reason": "reason|reason for visit|title|motivo|motivo de consulta|motivo consulta|asunto",
}
_BY_NAME: Final[Mapping[str, Column]] = MappingProxyType(
    {name: column for column, names in _NAMES.items() for name in names.split("|")}
)
_NEEDED: Final[tuple[tuple[Column, ...], ...]] = (
    ("date",), ("time",), ("end", "minutes"), ("physician",), ("name", "given"), ("birth_date",),
    ("cedula", "passport_number", "child"),
)  # fmt: skip
"""At least one of each."""


@dataclass(frozen=True)
class Header:
    """`columns`: what is in each field of a record; None for one that is left out."""

    columns: tuple[Column | None, ...]
    problems: tuple[Problem, ...]


def header_of(line: int, fields: Sequence[str]) -> Header:
    """Which column each field is, whatever its order, case, accents and punctuation."""
    columns = tuple(_BY_NAME.get(_plain(field)) for field in fields)
    if "given" in columns and "family" not in columns and "name" not in columns:
        columns = tuple("name" if column == "given" else column for column in columns)
    unknown = [Problem(line, "unknown-column", str(at + 1)) for at, column in enumerate(columns) if column is None]
    repeated = [Problem(line, "repeated-column", column) for column in get_args(Column) if columns.count(column) > 1]
    missing = [Problem(line, "missing-column", any_of[0]) for any_of in _NEEDED if not set(any_of) & set(columns)]
    return Header(columns, (*missing, *repeated, *unknown))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"[^\W_]+", letters))
