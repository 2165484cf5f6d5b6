"""Every Redis key of the privacy part, what it holds and how long it lives."""

DATAKEYS = "{clinic}:datakeys"
"""Hash subject -> `1.<master key's id>.<wrapped data key>`, or `0.<RFC 3339>` once it was destroyed. No TTL.

One hash for all: a backup, a rewrap and a look at what was erased each read one key.
"""
