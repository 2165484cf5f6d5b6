"""The record of processing: what is stored of a patient, where, how sealed, for how long, and who has seen it. Pure.

Of one patient it goes with their data; without a patient it is the clinic's own register, for whoever has to show one.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from clinic.intake.words import Words
from clinic.people.patient import Language
from clinic.privacy.retention import Policy, Span

Category = Literal["identity", "appointments", "clinical", "chat", "consents", "accesses"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Processed(_Model):
    category: Category
    what: str
    purpose: str
    where: str
    sealed: str
    kept: str
    count: int | None = None
    """How many there are of this patient; None in the clinic's register."""


class Access(_Model):
    """Somebody was shown something of the patient's. Also printed where it was the patient."""

    at: AwareDatetime
    who: str
    role: str
    what: str
    """Classes of data, as codes."""
    consultation: str


class ProcessingRecord(_Model):
    clinic: str
    made_at: AwareDatetime
    language: Language
    patient: str | None
    """Our id; None: of the whole clinic."""
    processed: tuple[Processed, ...]
    accesses: tuple[Access, ...]
    recipients: str
    """Who else is given data."""


_WHAT: Final[dict[Category, tuple[Words, Words]]] = {
    "identity": (
        Words(es="Nombre, documento, fecha de nacimiento, sexo, teléfonos, representante",
              en="Name, document, date of birth, sex, phones, guardian"),
        Words(es="Saber quién es y cómo avisarle", en="To know who it is and how to reach them"),
    ),
    "appointments": (
        Words(es="Citas: cuándo, con quién, motivo, acompañantes", en="Appointments: when, with whom, why, companions"),
        Words(es="Organizar la consulta", en="To organise the visit"),
    ),
    "clinical": (
        Words(es="Preguntas previas, nota, historia, récipe, indicaciones",
              en="Questions before the visit, note, record, prescription, instructions"),
        Words(es="Atención médica", en="Care"),
    ),
    "chat": (
        Words(es="Mensajes escritos en la consulta", en="Messages written in the visit"),
        Words(es="Atención médica cuando la voz no llega", en="Care where the voice does not get through"),
    ),
    "consents": (
        Words(es="Qué se aceptó, cuándo, cómo y quién", en="What was accepted, when, how and by whom"),
        Words(es="Probar que se dio el consentimiento", en="To prove that consent was given"),
    ),
    "accesses": (
        Words(es="Quién hizo o vio qué y cuándo, sin textos", en="Who did or saw what and when, without texts"),
        Words(es="Que se pueda revisar quién vio los datos", en="To be able to check who saw the data"),
    ),
}  # fmt: skip
_WHERE: Final = Words(
    es="Base de datos Redis de la clínica, en sus propios equipos; copias de respaldo cifradas",
    en="The clinic's Redis database, on its own machines; encrypted backups",
)
_SEALED: Final = Words(
    es="Cifrado AES-256-GCM con una clave propia del paciente, que se destruye al borrarlo",
    en="AES-256-GCM under the patient's own key, which erasure destroys",
)
_CLEAR: Final = Words(
    es="Sólo identificadores; encadenado con HMAC-SHA256", en="Identifiers only; chained by HMAC-SHA256"
)
_RECIPIENTS: Final = Words(
    es="Nadie fuera de la clínica, salvo el sistema propio de la clínica si está conectado. El audio y el video no se "
    "graban.",
    en="Nobody outside the clinic but its own system, where one is connected. Sound and pictures are not recorded.",
)
_FOREVER: Final = Words(es="Mientras exista la clínica", en="As long as the clinic exists")
_HELD: Final = Words(es="Hasta que se pida borrarlo", en="Until its erasure is asked for")
_HEADS: Final = {
    "title": Words(es="Registro de tratamiento de datos", en="Record of data processing"),
    "accesses": Words(es="Quién vio los datos", en="Who saw the data"),
    "recipients": Words(es="A quién se entregan", en="Who is given them"),
    "nobody": Words(es="Nadie los ha visto.", en="Nobody has seen them."),
}


def processing_record(
    clinic: str,
    policy: Policy,
    now: datetime,
    language: Language,
    patient: str | None = None,
    counts: dict[Category, int] | None = None,
    accesses: Sequence[Access] = (),
) -> ProcessingRecord:
    """In the words of a language. `counts` and `accesses`: of the patient."""
    kept: dict[Category, str] = {
        "identity": _in(_HELD, language),
        "appointments": _in(_HELD, language),
        "clinical": span_words(policy.clinical, language),
        "chat": span_words(policy.chat, language),
        "consents": span_words(policy.consent, language),
        "accesses": _in(_FOREVER, language),
    }
    processed = tuple(
        Processed(
            category=category,
            what=_in(what, language),
            purpose=_in(purpose, language),
            where=_in(_WHERE, language),
            sealed=_in(_CLEAR if category == "accesses" else _SEALED, language),
            kept=kept[category],
            count=None if counts is None else counts.get(category, 0),
        )
        for category, (what, purpose) in _WHAT.items()
    )
    return ProcessingRecord(
        clinic=clinic, made_at=now, language=language, patient=patient, processed=processed,
        accesses=tuple(accesses), recipients=_in(_RECIPIENTS, language),
    )  # fmt: skip


def span_words(span: Span, language: Language) -> str:
    """How long, from when."""
    starts = {
        "exported": Words(es="desde que el sistema de la clínica lo tiene", en="after the clinic's own system has it"),
        "ended": Words(es="desde el final de la cita", en="after the end of the appointment"),
        "made": Words(es="desde que se dio", en="after it was made"),
    }
    unit = Words(es="años", en="years") if span.years else Words(es="días", en="days")
    return f"{span.years or span.days} {_in(unit, language)} {_in(starts[span.start], language)}"


def as_html(record: ProcessingRecord, zone: ZoneInfo) -> str:
    """A page of its own that a browser shows and prints, with nothing loaded from anywhere."""
    rows = "\n".join(
        f"<tr><td>{_e(each.what)}{'' if each.count is None else f' ({each.count})'}</td><td>{_e(each.purpose)}</td>"
        f"<td>{_e(each.where)}</td><td>{_e(each.sealed)}</td><td>{_e(each.kept)}</td></tr>"
        for each in record.processed
    )
    seen = "\n".join(
        f"<li>{each.at.astimezone(zone):%d/%m/%Y %H:%M} {_e(each.who)} ({_e(each.role)}): {_e(each.what)}</li>"
        for each in record.accesses
    )
    head = {name: _e(_in(words, record.language)) for name, words in _HEADS.items()}
    listed = f"<ul>\n{seen}\n</ul>" if seen else f"<p>{head['nobody']}</p>"
    return (
        f'<!doctype html>\n<html lang="{record.language}">\n<meta charset="utf-8">\n<title>{head["title"]}</title>\n'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "td{border-top:1px solid #ccc;padding:.5rem;vertical-align:top}</style>\n"
        f"<h1>{head['title']}</h1>\n<p>{_e(record.clinic)}, {record.made_at.astimezone(zone):%d/%m/%Y %H:%M}</p>\n"
        f"<table>\n{rows}\n</table>\n<h2>{head['recipients']}</h2>\n<p>{_e(record.recipients)}</p>\n"
        + (f"<h2>{head['accesses']}</h2>\n{listed}\n" if record.patient else "")
        + "</html>\n"
    )


def _in(words: Words, language: Language) -> str:
    return words.es if language == "es" else words.en


def _e(text: str) -> str:
    return html.escape(text)
