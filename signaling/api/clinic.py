"""What everybody may know of the clinic: what its pages are headed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class ClinicView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/clinic", "clinic.read", "anyone", _read, "Whose pages these are.",
              answer=ClinicView, keys=True),
    )  # fmt: skip


async def _read(asked: Asked) -> ClinicView:
    return ClinicView(name=asked.office.clinic_name)
