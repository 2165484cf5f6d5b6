"""Every Redis key of the privacy part, what it holds and how long it lives."""

CLINIC_ID = "{clinic}:id"
"""String: the clinic's id, which its first master key gives. A start under another key is refused. No TTL."""

DATAKEYS = "{clinic}:datakeys"
"""Hash subject -> `1.<master key's id>.<wrapped data key>`, or `0.<RFC 3339>` once it was destroyed. No TTL.

One hash for all: a backup, a rewrap and a look at what was erased each read one key.
"""

READ_BACK = "{clinic-restore}:datakeys"
"""As `DATAKEYS`, of a backup that is looked through for what was erased. Expires in a minute."""

AUDIT_HEADS = "{clinic}:audit:heads"
"""Hash scope -> `<n> <hash>` of its last entry: "clinic", "anchor", `patient:`, `staff:` and an id. No TTL.

A consultation's is beside its version, as `HEAD_FIELD` of its state: the same compare-and-set covers both.
"""

HEAD_FIELD = "audit"
"""The field of a consultation's state that holds the head of its chain."""
