"""Every Redis key of the diary, what it holds and how long it lives."""

APPOINTMENTS = "{clinic}:diary:appointments"
"""Sorted set of all appointments' ids, by the Unix ms of their start; cancelled ones too. No TTL."""

VERSIONS = "{clinic}:diary:versions"
"""Hash `physician/<id>` or `patient/<id>` -> how often what they have in the diary changed. No TTL."""


def appointment(appointment_id: str) -> str:
    """Hash: `version` (from 1), `record` (JSON, what is personal in it sealed). No TTL."""
    return f"{{clinic}}:appointment:{appointment_id}"


def of_physician(staff_id: str) -> str:
    """Sorted set of a physician's appointments, as in `APPOINTMENTS`. No TTL."""
    return f"{{clinic}}:diary:physician:{staff_id}"


def of_patient(patient_id: str) -> str:
    """Sorted set of a patient's appointments, as in `APPOINTMENTS`. No TTL."""
    return f"{{clinic}}:diary:patient:{patient_id}"


def answer(sha256: str) -> str:
    """Hash of one idempotency key of one author: `body` (blind index of what was asked), `answer` (JSON). Expires
    `ANSWERS_KEPT` after it was given."""
    return f"{{clinic}}:diary:answer:{sha256}"


def imported(sha256: str) -> str:
    """String of one idempotency key of one author: blind index of the file that is imported under it. Expires
    `ANSWERS_KEPT` after it was first sent."""
    return f"{{clinic}}:diary:import:{sha256}"
