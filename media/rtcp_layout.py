"""Numbers and fixed parts of RTCP packets, the same for reading and writing."""

from __future__ import annotations

from struct import Struct

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SDES = 202
BYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

NACK_FORMAT = 1
TRANSPORT_WIDE_FORMAT = 15
PLI_FORMAT = 1
FIR_FORMAT = 4
APPLICATION_FORMAT = 15
REMB_NAME = b"REMB"


HEADER = Struct("!BBH")
SSRC = Struct("!I")
TWO_SSRCS = Struct("!II")
SENDER_INFO = Struct("!IQIII")
REPORT_BLOCK = Struct("!IIIIII")
NACK_ITEM = Struct("!HH")
FIR_ENTRY = Struct("!IB3x")
REMB = Struct("!4sI")
