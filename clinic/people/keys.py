"""Every Redis key of patients and staff, what it holds and how long it lives.

What names a person is sealed or a blind index. One key for many where a step must find them by a field: then all keys
of a step are known before it runs, as a Cluster wants.
"""

PATIENTS = "{clinic}:patients"
"""Sorted set of patient ids, all of score 0, to page through in the order of ids. No TTL."""

PATIENT_IDENTIFIERS = "{clinic}:patients:identifiers"
"""Hash blind index of an identifier -> the one patient who has it. No TTL."""

PATIENT_LOOKUPS = "{clinic}:patients:lookups"
"""Sorted set of `<blind index>:<patient id>`, all of score 0: what several may share (phones, guardians). No TTL."""

STAFF = "{clinic}:staff"
"""Hash staff id -> `active` or `inactive`. No TTL."""

STAFF_SIGN_INS = "{clinic}:staff:sign-ins"
"""Hash blind index of a sign-in name -> staff id. No TTL."""

ADMINISTRATORS = "{clinic}:staff:administrators"
"""Set of the ids of active administrators; never emptied once there was one. No TTL."""

SETUP_LINK = "{clinic}:staff:setup"
"""String: SHA-256 of the one set-up link that counts. Expires with it."""


API_KEYS = "{clinic}:api-keys"
"""Hash key id -> JSON: SHA-256 of the token, sealed label, capabilities, who made it and when. No TTL."""

API_KEYS_REVOKED = "{clinic}:api-keys:revoked"
"""Hash key id -> Unix ms since which it opens nothing. No TTL."""

API_KEYS_USED = "{clinic}:api-keys:used"
"""Hash key id -> Unix ms of its last use, to the minute. No TTL."""


def patient(patient_id: str) -> str:
    """Hash: `version`, `sealed` (Demographics), `indexes` (JSON), `request` (the last one's id). After erasure only
    `erased`. No TTL."""
    return f"{{clinic}}:patient:{patient_id}"


def member(staff_id: str) -> str:
    """Hash: `version`, `sealed` (Profile), `sign_in` (blind index), `request`. No TTL."""
    return f"{{clinic}}:staff:{staff_id}"


def credentials(staff_id: str) -> str:
    """Hash: `password` (sealed PHC string), `totp` (sealed secret), `totp_pending` (the same, unconfirmed), `totp_step`
    (the last that was taken), `link` (SHA-256 of the one link to set a password) and `link_ends` (Unix ms). No TTL."""
    return f"{{clinic}}:staff:{staff_id}:credentials"


def recovery_codes(staff_id: str) -> str:
    """Set of SHA-256 of recovery codes that were not used yet. No TTL."""
    return f"{{clinic}}:staff:{staff_id}:recovery"


def sessions(staff_id: str) -> str:
    """Hash: `<SHA-256 of the token>` -> `<Unix ms of its begin> <sealed address and agent>`, `<the same>:seen`,
    `<the same>:held` -> Unix ms. Expires a day after the last begin or touch. See clinic/people/session.py."""
    return f"{{clinic}}:staff:{staff_id}:sessions"


def attempts(blind: str) -> str:
    """String `<failures> <Unix ms of the last>`: of one account, one address or one session. Expires a day after it."""
    return f"{{clinic}}:attempts:{blind}"


def claim(request: str) -> str:
    """String: blind index of what was asked under this request's id. Expires a week after it was first asked."""
    return f"{{clinic}}:people:claim:{request}"
