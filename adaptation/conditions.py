"""What must hold before more is tried, and what a trial that failed says of the next one."""

from __future__ import annotations

from typing import Final

from adaptation.estimate import Estimate
from adaptation.probe import PaddingProbe, RampTrial, ShadowTrial, StretchTrial, VoiceTrial
from adaptation.rungs import T, need_bps

CLEAR_S: Final = 0.08
CLEAR_LONG_RTT_S: Final = 0.12
LONG_RTT_S: Final = 0.35
CLEAR_LOSS: Final = 0.05
BEYOND_USUAL: Final = 0.03
FRESH_S: Final = 1.5
"""A climb needs news not older than this."""
LINE_AMPLE: Final = 2.0
"""With so many times its need, a hidden picture may follow any voice at once."""
HOPELESS: Final = 0.6
"""A trial that got less than this share of the rung's need through is not repeated soon."""

Trial = PaddingProbe | VoiceTrial | ShadowTrial | StretchTrial | RampTrial


def is_clear(seen: Estimate, rung: int, usual_loss: float) -> bool:
    """No queue, no more loss than usual, and fresh news of both."""
    long = (seen.rtt_s or 0.0) > LONG_RTT_S
    loss = min(seen.loss, seen.loss_4s)
    return (
        seen.queue_s < (CLEAR_LONG_RTT_S if long else CLEAR_S)
        and loss <= max(CLEAR_LOSS, usual_loss + BEYOND_USUAL)
        and (rung >= T or seen.told_ago_s < FRESH_S)
    )


def line_carries(rung: int, seen: Estimate) -> bool:
    return seen.line_bps is not None and seen.line_bps > LINE_AMPLE * need_bps(rung)


def with_repairs(bps: float, seen: Estimate) -> float:
    """What is lost of a picture is sent again."""
    return bps / (1.0 - min(seen.loss_20s, 0.3)) if seen.loss_20s > CLEAR_LOSS else bps


def is_hopeless(trial: Trial, needed_bps: float) -> bool:
    """Up only: padding is gentle, more sound or a hidden picture on a link that is far too thin is not."""
    return isinstance(trial, VoiceTrial | ShadowTrial) and trial.shown_bps < HOPELESS * needed_bps
