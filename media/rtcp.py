"""RTCP: packets as values, read from bytes and written to them."""

from media.ntp import middle_32, ntp_from_unix
from media.rtcp_packets import (
    Bye,
    Fir,
    Nack,
    Packet,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    TransportFeedback,
)
from media.rtcp_reader import parse
from media.rtcp_writer import bye, fir, nack, pli, receiver_report, remb, sdes_cname, sender_report, transport_feedback

__all__ = [
    "Bye",
    "Fir",
    "Nack",
    "Packet",
    "Pli",
    "ReceiverReport",
    "Remb",
    "ReportBlock",
    "SenderReport",
    "TransportFeedback",
    "bye",
    "fir",
    "middle_32",
    "nack",
    "ntp_from_unix",
    "parse",
    "pli",
    "receiver_report",
    "remb",
    "sdes_cname",
    "sender_report",
    "transport_feedback",
]
