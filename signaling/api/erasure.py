"""Erasing a patient: what keeps it from being done now, and the deed, which somebody confirmed who saw what it ends."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime

from clinic.holdings.erasing import Erased
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.privacy.erasure import Refusal, RefusalCode
from signaling.api.fault import Fault
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class Erasable(Model):
    code: RefusalCode | Literal["may"]
    """`may`: nothing stands against it."""
    early_by: datetime | None = None
    """Until then the clinic's policy would keep something: confirm it with this time."""


class Confirmed(Model):
    confirmed_until: AwareDatetime | None = None
    """The `early_by` that was shown."""


class Gone(Model):
    consultations: int
    """So many lost what was said and written in them."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/patients/{id}/erasure", "patients.erasable", "patient.erase", _may,
              "May this patient be erased now?", answer=Erasable, faults=("not-found", "patient-erased")),
        Route("POST", "/api/v1/patients/{id}/erasure", "patients.erase", "patient.erase", _erase,
              "Erase a patient, for good: nothing can be read any more.", body=Confirmed, answer=Gone, needs_key=True,
              faults=("not-found", "patient-erased", "erasure-early", "erasure-consultation-open",
                      "erasure-appointment-open", "erasure-not-exported")),
    )  # fmt: skip


async def _may(asked: Asked) -> Erasable:
    patient = await _known(asked)
    found = await asked.office.erasing.may(patient, asked.now)
    if isinstance(found, Refusal):
        return Erasable(code=found.code)
    return Erasable(code="may", early_by=found.early_by)


async def _erase(asked: Asked) -> Gone:
    patient = await _known(asked)
    done = await asked.office.erasing.erase(patient, asked.as_request, asked.body(Confirmed).confirmed_until)
    if isinstance(done, Erased):
        return Gone(consultations=done.consultations)
    raise Fault(409, f"erasure-{done.code}", more={"until": done.until.isoformat()} if done.until else {})


async def _known(asked: Asked) -> str:
    """The id of somebody who was not erased yet."""
    try:
        return (await asked.office.patients.load(asked.path("id"))).id
    except UnknownPatient:
        raise Fault(404, "not-found") from None
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
