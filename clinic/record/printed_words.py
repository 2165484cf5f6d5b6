"""The words printed on a document of the record, in each language. What a physician wrote is never translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from clinic.record.content import ActionKind

Lang = Literal["es", "en"]

Word = Literal[
    "title", "patient", "identifier", "born", "date", "prescription", "instructions", "next-action", "dose", "route",
    "frequency", "duration", "as-needed", "note", "licence", "signed", "amended", "replaces", "version", "hash", "page",
    "until", "held", "video", "voice", "text", "follow-up", "lab", "referral", "discharge",
]  # fmt: skip

WORDS: Final[Mapping[Lang, Mapping[Word, str]]] = {
    "es": {
        "title": "Récipe e indicaciones",
        "patient": "Paciente",
        "identifier": "Identificación",
        "born": "Nacimiento",
        "date": "Fecha",
        "prescription": "Récipe",
        "instructions": "Indicaciones",
        "next-action": "Próximo paso",
        "dose": "Dosis",
        "route": "Vía",
        "frequency": "Frecuencia",
        "duration": "Duración",
        "as-needed": "Solo si lo necesita",
        "note": "Nota",
        "licence": "MPPS",
        "signed": "Firmado electrónicamente el {when}",
        "amended": "Corregido: {reason}",
        "replaces": "Reemplaza la versión {number}",
        "version": "Versión {number}",
        "hash": "Huella {hash}",
        "page": "Página {page} de {pages}",
        "until": "Fecha: {date}",
        "held": "Modalidad",
        "video": "A distancia, por video",
        "voice": "A distancia, por voz, sin ver al paciente",
        "text": "A distancia, por escrito, sin ver al paciente",
        "follow-up": "Consulta de control",
        "lab": "Exámenes",
        "referral": "Referencia a otro servicio",
        "discharge": "Alta",
    },
    "en": {
        "title": "Prescription and instructions",
        "patient": "Patient",
        "identifier": "Identification",
        "born": "Date of birth",
        "date": "Date",
        "prescription": "Prescription",
        "instructions": "Instructions",
        "next-action": "Next step",
        "dose": "Dose",
        "route": "Route",
        "frequency": "How often",
        "duration": "For how long",
        "as-needed": "Only if needed",
        "note": "Note",
        "licence": "MPPS",
        "signed": "Electronically signed on {when}",
        "amended": "Amended: {reason}",
        "replaces": "Replaces version {number}",
        "version": "Version {number}",
        "hash": "Fingerprint {hash}",
        "page": "Page {page} of {pages}",
        "until": "Date: {date}",
        "held": "Visit",
        "video": "Remote, by video",
        "voice": "Remote, by voice, the patient was not seen",
        "text": "Remote, in writing, the patient was not seen",
        "follow-up": "Follow-up visit",
        "lab": "Tests",
        "referral": "Referral",
        "discharge": "Discharge",
    },
}

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def action_word(lang: Lang, kind: ActionKind) -> str:
    return WORDS[lang][kind]


def day(lang: Lang, on: date) -> str:
    """es-VE: 23/11/2026. English: with the month in letters, as 23/11 and 11/23 are both read."""
    return f"{on:%d/%m/%Y}" if lang == "es" else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
