"""What a role may do, where only the role's name is known: a request's, which may be a patient's too. Pure."""

from __future__ import annotations

from clinic.people.staff import MAY, Capability


def role_may(role: str, capability: Capability) -> bool:
    """Whether it is a role of staff that has the capability (clinic/people/staff.py)."""
    return any(role == name and capability in capabilities for name, capabilities in MAY.items())
