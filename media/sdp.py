"""Session descriptions: offers are read in media/offer.py, answers written in media/answer.py."""

from media.answer import Answer, Local, Publish, Rejected, Slot, build_answer
from media.offer import Offer, parse_offer
from media.sdp_lines import BadOffer
from media.section import Codec, Section

__all__ = [
    "Answer",
    "BadOffer",
    "Codec",
    "Local",
    "Offer",
    "Publish",
    "Rejected",
    "Section",
    "Slot",
    "build_answer",
    "parse_offer",
]
