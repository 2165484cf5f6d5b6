"""What people's wishes allow each seat's media, in the contract's words, and that the node knows the newest of them."""

from __future__ import annotations

from typing import Final

from clinic.consultation import Consultation, Seat
from clinic.events import Hold
from clinic.limit import limit_of
from media import contract
from signaling.media_session import MediaSession
from signaling.services import Services

_BEST: Final[dict[Hold, contract.Level]] = {"video": "V3", "voice": "A2", "text": "T"}


def policy_of(state: Consultation, seat: Seat) -> contract.Policy:
    """A camera that is off is no reason to try whether the link would carry it."""
    limit = limit_of(state, seat)
    return contract.Policy(video=seat.video, max_level=_BEST[limit.hold], save_data=limit.save_data)


async def tell_policies(services: Services, consultation: str) -> None:
    """Tell the node what each session may use. May raise `Unavailable`: then do it again.

    Two wishes may come at once, to two processes: whoever tells looks again afterwards, so that the newest one holds.
    """
    told: dict[MediaSession, contract.Policy] = {}
    while (wanted := _wanted((await services.store.load(consultation)).consultation)) != told:
        life = await services.link.life_of(consultation)
        if life is None:
            return  # a later Join brings them
        for session, policy in wanted.items():
            if told.get(session) != policy:
                await services.link.tell(life, session.set_policy(policy))
        told = wanted


def _wanted(state: Consultation) -> dict[MediaSession, contract.Policy]:
    return {
        MediaSession(state.id, seat.id, seat.generation): policy_of(state, seat) for seat in state.seats if seat.present
    }
