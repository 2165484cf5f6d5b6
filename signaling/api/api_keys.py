"""Keys for the clinic's own systems: made, listed and revoked by administrators. Their use is in gate.py."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from clinic.people.api_key import GRANTABLE, MAX_LABEL, ApiKey
from clinic.people.staff import Capability
from signaling.api.fault import Fault, FieldFault
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class KeyView(Model):
    id: str
    label: str
    capabilities: tuple[Capability, ...]
    created_at: datetime
    created_by: str
    """The id of a member of staff."""
    revoked_at: datetime | None
    used_at: datetime | None
    """To the minute."""


class KeyList(Model):
    keys: tuple[KeyView, ...]
    grantable: tuple[Capability, ...] = tuple(sorted(GRANTABLE))


class NewKey(Model):
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LABEL)]
    """What it is for, to know it by: "Sistema de citas"."""
    capabilities: tuple[Capability, ...] = Field(min_length=1, max_length=len(GRANTABLE))


class MadeKey(Model):
    key: KeyView
    token: str = Field(repr=False)
    """Send it as `Authorization: Bearer <token>`. It is shown once."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/api-keys", "api-keys.list", "api-keys.manage", _list, "All keys, also revoked ones.",
              answer=KeyList),
        Route("POST", "/api/v1/api-keys", "api-keys.make", "api-keys.manage", _make, "A key for a system of ours.",
              body=NewKey, answer=MadeKey, status=201, needs_key=True),
        Route("DELETE", "/api/v1/api-keys/{id}", "api-keys.revoke", "api-keys.manage", _revoke,
              "Revoke a key, at once and for good.", status=204, faults=("not-found",)),
    )  # fmt: skip


async def _list(asked: Asked) -> KeyList:
    return KeyList(keys=tuple(map(_view, await asked.office.api_keys.all())))


async def _make(asked: Asked) -> MadeKey:
    typed = asked.body(NewKey)
    if any(capability not in GRANTABLE for capability in typed.capabilities):
        raise Fault(422, "invalid", [FieldFault("capabilities", "not-for-keys")])
    key, token = await asked.office.api_keys.make(typed.label, typed.capabilities, asked.as_request)
    return MadeKey(key=_view(key), token=token)


async def _revoke(asked: Asked) -> None:
    if not await asked.office.api_keys.revoke(asked.path("id"), asked.as_request):
        raise Fault(404, "not-found")


def _view(key: ApiKey) -> KeyView:
    return KeyView(
        id=key.id, label=key.label, capabilities=tuple(sorted(key.capabilities)), created_at=key.created_at,
        created_by=key.created_by, revoked_at=key.revoked_at, used_at=key.used_at,
    )  # fmt: skip
