"""Offers: refused with a reason, or answered with one section for each of theirs."""

from __future__ import annotations

from media import sdp
from tests.media.sfu_answers import LOCAL, MINIMAL, answers, recorded

SEEDS = (MINIMAL.encode(), *(recorded(browser).encode() for browser in ("aiortc", "firefox", "chromium")))


def fuzz(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        offer = sdp.parse_offer(text)
    except sdp.BadOffer:
        return
    answer = sdp.build_answer(offer, LOCAL, answers(offer))
    assert answer.count("\nm=") == len(offer.sections) <= 32
    assert answer.count("\n") == answer.count("\r\n") == answer.count("\r")
