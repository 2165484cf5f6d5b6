"""Every Redis key and channel of the clinic, what it holds and how long it lives.

All carry the hash tag `{clinic}`, so that one atomic step may touch any of them on a Cluster too.
"""

import hashlib

AUDIT = "{clinic}:audit"
"""Stream, append-only: an entry per write, and per read of clinical data; see privacy/audit.py. No TTL."""

PROFILE = "{clinic}:profile"
"""Hash: editions of the clinic's profile, as clinic/intake/keys.py says of the consent texts. No TTL."""

OUTBOX = "{clinic}:outbox"
"""Stream of what other systems must be told: fields `kind`, `consultation`, `event`, `timeline_id`. No TTL."""

OPEN = "{clinic}:open"
"""Sorted set of consultations that have not ended, by the Unix ms at which the clock ends them. No TTL."""

BELL = "{clinic}:bell"
"""Channel: the id of a consultation whose timeline grew. A bell missed is harmless: readers know their last id."""


def state(consultation: str) -> str:
    """Hash: `version`, `state` (JSON, words sealed: clinic/sealed.py), `upto` (last event id), `starts`, `ends`
    (RFC 3339), `subject` (whose data key seals), `audit` (the head of its chain). No TTL."""
    return f"{{clinic}}:consultation:{consultation}:state"


def timeline(consultation: str) -> str:
    """Stream: one event a entry, JSON in field `e`, words sealed; ids are `<unix ms>-<n>`. No TTL."""
    return f"{{clinic}}:consultation:{consultation}:timeline"


def commands(consultation: str) -> str:
    """Hash `<seat>/<command id>` -> empty, or the refusal code. Expires a day after the seats do."""
    return f"{{clinic}}:consultation:{consultation}:commands"


def claims(consultation: str) -> str:
    """Hash seat -> the highest claim: only the newest connection of a seat may write. Expires a week after the last."""
    return f"{{clinic}}:consultation:{consultation}:claims"


def links(consultation: str) -> str:
    """Hash SHA-256 of a token -> seat, to revoke by seat. Expires with the tokens."""
    return f"{{clinic}}:consultation:{consultation}:links"


def token_check(sha256: str) -> str:
    """Hash of a join link with a second check: `question`, `wrong` (count), `proof <SHA-256>` of each device that
    passed. Expires with the token."""
    return f"{{clinic}}:token:{sha256}:check"


def sha256(secret: str) -> str:
    """Of a join token or proof: neither is stored itself."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token(sha256: str) -> str:
    """Hash: `consultation`, `seat`, `expires_ms`. Outlives its validity by 30 days, to say "expired"."""
    return f"{{clinic}}:token:{sha256}"
