"""Who asks for a change, in which role, when, and under which id: what every write of this folder carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic.privacy.audit_entry import PATIENT, STAFF, Entry


@dataclass(frozen=True)
class Request:
    """`id` is made by the caller: a retry under the same id is not done twice. `at` is aware."""

    id: str
    actor: str
    role: str
    at: datetime

    def about_patient(self, patient: str, action: str, facts: str = "") -> Entry:
        """The audit entry of what was done to a patient's record."""
        return Entry(
            PATIENT + patient,
            action,
            self.actor,
            self.role,
            "PATADMIN",
            self.at,
            patient=patient,
            request=self.id,
            facts=facts,
        )

    def about_staff(self, staff: str, action: str, facts: str = "", outcome: str = "ok") -> Entry:
        """The audit entry of what was done to a staff member's account."""
        return Entry(
            STAFF + staff,
            action,
            self.actor,
            self.role,
            "HSYSADMIN",
            self.at,
            outcome=outcome,
            request=self.id,
            facts=facts or staff,
        )
