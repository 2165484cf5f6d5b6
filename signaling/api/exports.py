"""What is handed out: one patient's data, to who treats them, and the clinic's register of processing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from clinic.holdings.processing import ProcessingRecord
from clinic.people.patients import ErasedPatient, UnknownPatient
from signaling.api.fault import Fault
from signaling.api.route import Asked, Route
from signaling.handing_out import hand_out, register

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/processing-record", "processing.record", "processing.export", _register,
              "What is kept, where, for how long, and who is given it.", answer=ProcessingRecord),
        Route("GET", "/api/v1/processing-record/page", "processing.page", "processing.export", _page,
              "The same, to read and print.", raw_answer="text/html"),
        Route("GET", "/api/v1/patients/{id}/export", "patients.export", "patient.export", _export,
              "All data of a patient: FHIR, signed papers, record of processing (zip).", raw_answer="application/zip",
              faults=("not-found", "patient-erased")),
    )  # fmt: skip


async def _register(asked: Asked) -> ProcessingRecord:
    return (await register(asked.office, asked.as_request, asked.lang))[0]


async def _page(asked: Asked) -> web.Response:
    _, page = await register(asked.office, asked.as_request, asked.lang)
    return _file(page.encode(), "text/html", "hilo-processing.html")


async def _export(asked: Asked) -> web.Response:
    fhir = f"{asked.office.base_url}/fhir/sid"
    try:
        found = await hand_out(asked.office, asked.path("id"), asked.as_request, fhir)
    except UnknownPatient:
        raise Fault(404, "not-found") from None
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
    return _file(found.content, "application/zip", found.filename)


def _file(content: bytes, kind: str, name: str) -> web.Response:
    """To be kept, never shown as a page of ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return web.Response(body=content, content_type=kind, headers=headers)
