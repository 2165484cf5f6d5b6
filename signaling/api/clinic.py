"""The clinic's profile, and how long each class of data is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic.intake.editions import NotPublished
from clinic.privacy.retention import DataClass, Span, Start
from clinic.profile import ClinicProfile
from signaling.api.fault import Fault, FieldFault
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class ClinicView(Model):
    name: str
    address: str
    phone: str
    time_zone: str
    """Of all days and hours here: a name of the IANA database. It is a setting of the server."""


class ProfileView(Model):
    version: int
    """0 while the clinic has only the name that the server was started with."""
    profile: ClinicProfile
    time_zone: str


class NewProfile(Model):
    base: int
    """The version that was read."""
    profile: ClinicProfile


class Kept(Model):
    data_class: DataClass
    years: int
    days: int
    since: Start
    """exported: acknowledged by the clinic's own system; until then nothing goes, however old it is."""


class Retention(Model):
    kept: tuple[Kept, ...]


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/clinic", "clinic.read", "anyone", _read, "Whose pages these are.",
              answer=ClinicView, keys=True),
        Route("GET", "/api/v1/clinic/profile", "clinic.profile", "clinic.configure", _profile,
              "The clinic's profile, to be edited.", answer=ProfileView),
        Route("PUT", "/api/v1/clinic/profile", "clinic.publish-profile", "clinic.configure", _publish,
              "Another profile from now on.", body=NewProfile, answer=ProfileView, faults=("changed",)),
        Route("GET", "/api/v1/clinic/retention", "clinic.retention", "clinic.configure", _retention,
              "How long each class of data is kept.", answer=Retention),
    )  # fmt: skip


async def _read(asked: Asked) -> ClinicView:
    profile = (await asked.office.profiles.newest()).profile
    return ClinicView(
        name=profile.name, address=profile.address, phone=profile.phone, time_zone=asked.office.zone.key
    )  # fmt: skip


async def _profile(asked: Asked) -> ProfileView:
    newest = await asked.office.profiles.newest()
    return ProfileView(version=newest.version, profile=newest.profile, time_zone=asked.office.zone.key)


async def _publish(asked: Asked) -> ProfileView:
    typed = asked.body(NewProfile)
    outcome = await asked.office.profiles.publish(typed.profile, typed.base, asked.as_request)
    if isinstance(outcome, NotPublished):
        raise Fault(409, outcome.code)
    if isinstance(outcome, tuple):
        raise Fault(422, "invalid", [FieldFault(f"profile.{each.field}", each.code) for each in outcome])
    return ProfileView(version=outcome.version, profile=outcome.profile, time_zone=asked.office.zone.key)


async def _retention(asked: Asked) -> Retention:
    policy = asked.office.policy
    spans: dict[DataClass, Span] = {
        "clinical": policy.clinical, "chat": policy.chat, "message": policy.message,
        "join-link": policy.join_link, "consent": policy.consent,
    }  # fmt: skip
    kept = (Kept(data_class=name, years=span.years, days=span.days, since=span.start) for name, span in spans.items())
    return Retention(kept=tuple(kept))
