"""The list that diagnoses are chosen from: searched here, or fetched whole by a page that must search without us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clinic.record.icd10 import Diagnosis
from signaling.api import record_models as m
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/diagnoses", "diagnoses.search", "record.read", _search,
              "Search ICD-10 by code or words.", query=m.Search, answer=m.Diagnoses),
        Route("GET", "/api/v1/diagnoses/all", "diagnoses.all", "record.read", _all, "The whole list.",
              answer=m.Diagnoses),
    )  # fmt: skip


async def _search(asked: Asked) -> m.Diagnoses:
    return _view(asked.office.icd10.search(asked.query(m.Search).q))


async def _all(asked: Asked) -> m.Diagnoses:
    return _view(asked.office.icd10)


def _view(found: Iterable[Diagnosis]) -> m.Diagnoses:
    return m.Diagnoses(
        diagnoses=tuple(m.DiagnosisView(code=each.code, name=each.name, also=each.also) for each in found)
    )
