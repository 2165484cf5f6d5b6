"""Every Redis key of records, what it holds and how long it lives. Texts are sealed under the patient's data key."""


def record(consultation: str) -> str:
    """Hash: `version`, `sealed` (the Record as JSON), `patient`, `physician` (who treats), `status`. No TTL."""
    return f"{{clinic}}:record:{consultation}"


def revisions(consultation: str) -> str:
    """Hash revision -> sealed event (JSON). Expires a month after the signature; never while something is unsigned."""
    return f"{{clinic}}:record:{consultation}:revisions"


def commands(consultation: str) -> str:
    """Hash `<physician>/<command id>` -> the record's revision then. Expires a month after the last command."""
    return f"{{clinic}}:record:{consultation}:commands"


def tasks(physician: str) -> str:
    """Sorted set: closed consultations whose record is not signed, by when they were closed (Unix ms). No TTL."""
    return f"{{clinic}}:physician:{physician}:record-tasks"


def of_patient(patient: str) -> str:
    """Sorted set: the patient's consultations with a record, by when they began (Unix ms). No TTL."""
    return f"{{clinic}}:patient:{patient}:records"
