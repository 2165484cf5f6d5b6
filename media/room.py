"""Who is in a consultation's room on this node, and who is shown in whose slots.

A participant keeps its slot in everybody's page while it is in the room, also over a new PeerConnection.
"""

from __future__ import annotations

from collections.abc import Iterator

from media import contract
from media.peer import Peer
from media.slot import Slot


class Room:
    """At most `contract.MAX_PARTICIPANTS` participants."""

    def __init__(self, room_id: str) -> None:
        self.id = room_id
        self.peers: dict[str, Peer] = {}
        self._seating: dict[str, list[str | None]] = {}
        """Per participant: who is in each of its slots."""

    def has_place_for(self, peer_id: str) -> bool:
        return peer_id in self.peers or len(self.peers) < contract.MAX_PARTICIPANTS

    def enter(self, peer: Peer) -> list[Peer]:
        """Put a connected participant in everybody's slots and everybody in its; returns whose slots changed."""
        self.peers[peer.id] = peer
        self._seating[peer.id] = [None] * len(peer.slots)
        others = [other for other in self.peers.values() if other is not peer]
        for other in others:
            self._seat(peer, other)
        return [other for other in others if self._seat(other, peer)]

    def leave(self, peer: Peer) -> list[Peer]:
        """Take a participant out of everybody's slots; returns whose slots changed."""
        if self.peers.get(peer.id) is not peer:
            return []
        del self.peers[peer.id]
        del self._seating[peer.id]
        self.unshow(peer)
        changed = []
        for viewer in self.peers.values():
            seats = self._seating[viewer.id]
            if peer.id in seats:
                seats[seats.index(peer.id)] = None
                changed.append(viewer)
        return changed

    def unshow(self, peer: Peer) -> None:
        """Stop forwarding to and from a transport that ends; its places stay for the next one of the participant."""
        for pair in peer.slots:
            for slot in pair:
                if slot is not None:
                    slot.show(None)
        for source in peer.tracks:
            for slot in source.slots:
                slot.show(None)

    def slots(self, peer: Peer) -> tuple[contract.Slot, ...]:
        """The participant's slots as the contract tells them."""
        seats = self._seating.get(peer.id, [None] * len(peer.slots))
        return tuple(
            contract.Slot(
                audio_mid=audio.mid if audio is not None else None,
                video_mid=video.mid if video is not None else None,
                participant=participant,
            )
            for (audio, video), participant in zip(peer.slots, seats, strict=True)
        )

    def seated(self, viewer: Peer) -> Iterator[tuple[str, Slot | None, Slot | None]]:
        """Who has a place in the viewer's page, with the audio and the video slot of that place."""
        for participant, (audio, video) in zip(self._seating.get(viewer.id, ()), viewer.slots, strict=False):
            if participant is not None:
                yield participant, audio, video

    def _seat(self, viewer: Peer, shown: Peer) -> bool:
        """Show a participant in the place that it has in the viewer's page, else in a free one; True: newly placed."""
        seats = self._seating[viewer.id]
        placed = shown.id in seats
        if not placed:
            if None not in seats:
                return False
            seats[seats.index(None)] = shown.id
        for slot in viewer.slots[seats.index(shown.id)]:
            if slot is not None:
                slot.show(next((source for source in shown.tracks if source.kind == slot.kind), None))
        return not placed
