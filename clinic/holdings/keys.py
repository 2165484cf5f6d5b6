"""Every Redis key of this folder, what it holds and how long it lives."""

EXPORTED = "{clinic}:exported"
"""Sorted set: consultations that the clinic's own system has acknowledged, by when (Unix ms). No TTL."""

DELETED = "{clinic}:deleted"
"""Set of `<class of data>/<consultation>`: what was deleted and need not be looked at again. No TTL."""

FORGET = "{clinic}:forget"
"""String: a data key was destroyed, and the append-only file is still to be rewritten without it. No TTL."""

LEASE = "{clinic}:keeper:lease"
"""String: the process that does the day's round. Expires after `LEASE_S`."""

TODAY = "{clinic}:keeper:done"
"""String: the day's round is done. Expires before the next day's."""
