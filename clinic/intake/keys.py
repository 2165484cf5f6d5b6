"""Every Redis key of consent, triage and the waiting room, what it holds and how long it lives.

What the clinic publishes is in clear: it is shown to every patient. What patients say is sealed under their data key.
"""

CONSENT_TEXTS = "{clinic}:consent-texts"
"""Hash: `newest` (number), `<number>` -> edition (JSON), `request <id>` -> the number it published. No TTL."""

QUEUE_MESSAGES = "{clinic}:queue-messages"
"""Hash: message id -> sealed QueueMessage (JSON), or empty once it was taken back. Expires a day after the last."""


def at_console(physician: str) -> str:
    """String, while the physician's console is open. Expires a minute after it was last heard of."""
    return f"{{clinic}}:at-console:{physician}"


def away(physician: str) -> str:
    """String: RFC 3339, until when the physician is away. Expires then."""
    return f"{{clinic}}:away:{physician}"


def questionnaire(name: str) -> str:
    """Hash: as the consent texts. No TTL."""
    return f"{{clinic}}:questionnaire:{name}"


def consents(patient: str) -> str:
    """List, append-only: `<record id> <sealed record>`, oldest first. No TTL."""
    return f"{{clinic}}:patient:{patient}:consents"


def consent_requests(patient: str) -> str:
    """Hash `<actor>/<request id>` -> the id of the record that it made. No TTL: two a visit."""
    return f"{{clinic}}:patient:{patient}:consents:requests"


def triage(appointment: str) -> str:
    """Hash: `version`, `patient`, `sealed` (Response as JSON). No TTL."""
    return f"{{clinic}}:triage:{appointment}"


def triage_requests(appointment: str) -> str:
    """Hash `<actor>/<request id>` -> the response's version then. Expires a month after the last."""
    return f"{{clinic}}:triage:{appointment}:requests"
