"""The message that goes with a join link, as one text to be copied: who, when, and the link. Nothing clinical, and not
whom the visit is with: phones are read by others too. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from clinic.people.patient import Language

_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def invitation(lang: Language, name: str, starts_at: datetime, url: str) -> str:
    """`starts_at`: in the clinic's time zone."""
    if lang == "en":
        when = f"{_DAYS[lang][starts_at.weekday()]}, {_MONTHS[lang][starts_at.month - 1]} {starts_at.day}"
        return (
            f"Hello, {name}. Your video consultation is on {when} at {_hour(starts_at, lang)} (the clinic's time). "
            f"Open this link on any phone or computer; the waiting room opens an hour before: {url}"
        )
    when = f"{_DAYS[lang][starts_at.weekday()]} {starts_at.day} de {_MONTHS[lang][starts_at.month - 1]}"
    return (
        f"Hola, {name}. Su consulta por video es el {when} a las {_hour(starts_at, lang)} (hora de la clínica). "
        f"Abra este enlace en cualquier teléfono o computadora; la sala de espera abre una hora antes: {url}"
    )


def _hour(at: datetime, lang: Language) -> str:
    """12 hours, as people say it here."""
    half = ("a. m.", "p. m.") if lang == "es" else ("a.m.", "p.m.")
    return f"{at.hour % 12 or 12}:{at.minute:02} {half[at.hour >= 12]}"
