"""The table of all routes of the API: what is not in it does not exist, and a test walks it with every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signaling.api import (
    account,
    api_keys,
    appointments,
    audit,
    clinic,
    diagnoses,
    documents,
    erasure,
    exports,
    imports,
    intake,
    links,
    openapi,
    patients,
    published,
    queue,
    record,
    seats,
    sessions,
    staff,
    today,
    visit_check,
    visit_summary,
    visit_triage,
)
from signaling.api.route import Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """Every route. An area is a module with a function `routes`."""
    found = (
        *sessions.routes(gate),
        *account.routes(gate),
        *staff.routes(gate),
        *api_keys.routes(gate),
        *clinic.routes(gate),
        *published.routes(gate),
        *patients.routes(gate),
        *erasure.routes(gate),
        *exports.routes(gate),
        *appointments.routes(gate),
        *links.routes(gate),
        *imports.routes(gate),
        *today.routes(gate),
        *audit.routes(gate),
        *record.routes(gate),
        *documents.routes(gate),
        *diagnoses.routes(gate),
        *queue.routes(gate),
        *intake.routes(gate),
        *seats.routes(gate),
        *visit_check.routes(gate),
        *visit_triage.routes(gate),
        *visit_summary.routes(gate),
    )
    return (*found, *openapi.routes(gate, found))
