"""The round trip to a participant, from its receiver reports (RFC 3550 6.4.1)."""

from __future__ import annotations

from typing import Final

from media import rtcp

RTT_MIN_S: Final = 0.001
RTT_MAX_S: Final = 20.0
"""A link that is slower is of no use; a report that says so is more likely wrong."""
ROUNDING_S: Final = 0.01
"""Two clocks read in 1/65536 s may make a short round trip negative by so much."""


def round_trip(block: rtcp.ReportBlock, unix_s: float) -> float | None:
    """Seconds from our SR to the peer and back (RFC 3550 6.4.1); None without an SR or with an absurd answer."""
    if not block.lsr:
        return None
    units = (rtcp.middle_32(rtcp.ntp_from_unix(unix_s)) - block.lsr - block.dlsr) & 0xFFFFFFFF
    rtt_s = (units - (1 << 32) if units >> 31 else units) / 65536
    if -ROUNDING_S < rtt_s < RTT_MIN_S:
        return RTT_MIN_S
    return rtt_s if 0 < rtt_s < RTT_MAX_S else None
