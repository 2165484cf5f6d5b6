"""Acts on what the ladders decide: rates, pauses, padding, duplicates, and what pages and signaling are told.

adaptation decides from samples, ladders.py takes them; this file alone turns decisions into effects.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from adaptation.allocation import Allotment, Member, allocate, demands
from adaptation.rungs import A1, A2, LADDER, V1, T, start_rung
from media import contract, feedback, padding
from media.contract import MediaEvent
from media.ladders import Ladders
from media.orders import Decisions, Order, level_name, order
from media.peer import Peer
from media.room import Room
from media.trace_file import Tracer

log = logging.getLogger(__name__)

SAMPLE_TICKS: Final = 5
"""Of the SFU's clock of 20 ms: `adaptation.sample.TICK_S`."""
REPEAT_S: Final = 1.0
"""An `Adapt` that no report confirmed is told again after so long."""
REMB_AGAIN_S: Final = 0.6
"""For so long the end of a picture is told again in each step: into a jam most words are lost."""
REMB_DROP: Final = 0.97
"""A rate that falls below this share of the last one told is told at once (adaptive.md 7.5)."""
BEACON_S: Final = 0.5
BEACON_TEXT_S: Final = 1.0
BEACON_BYTES: Final = 80
"""On the wire. With no video flowing, a beacon's transport feedback is the only word of the downlink's delay."""
BEACON_LARGE_BYTES: Final = 255
BEACONS_A_LARGE_ONE: Final = 4
"""Packets of two sizes tell how fast the line is (`adaptation.line`)."""
PADDING_BYTES: Final = 319
"""On the wire: as much as one packet's padding can be (RFC 3550 5.1)."""
MAX_PADDING_DEBT: Final = 2000.0
TICK_S: Final = 0.020
CAPACITY_STEP_BPS: Final = 20_000
"""How many voices and pictures fit is looked at anew when a downlink's capacity changes by about so much."""
NO_PICTURE_BPS: Final = 29_000
"""What REMB says where no picture is wanted: a page whose rate falls to this stops the picture and speaks as on A1,
before the order itself has come through a jam (actuator.js)."""
MIN_VIDEO_BPS: Final = 30_000
"""Chrome's encoder does not go below."""

Names = Callable[[Peer], contract.Names]


@dataclass(slots=True)
class Steered:
    """A connected participant, and what it was told last."""

    peer: Peer
    ladders: Ladders
    order: Order | None = None
    epoch: int = 0
    told_at: float = 0.0
    confirmed: int = 0
    beacon_at: float = 0.0
    beacons: int = 0
    padding_debt: float = 0.0
    """Bytes of padding that are due."""
    told_levels: tuple[int, int] | None = None
    stops_until: float = 0.0
    """Until then the rate that stops its picture is told again and again."""


class Steering:
    """The ladders of all participants of this process."""

    def __init__(self, emit: Callable[[MediaEvent], None], names: Names, trace_dir: str | None) -> None:
        self._emit = emit
        self._names = names
        self._tracer = Tracer(trace_dir)
        self._steered: dict[Peer, Steered] = {}
        self._seen: dict[str, tuple[object, ...]] = {}
        """By room: what its present arrangement was made from. It is made anew only when that changes."""

    # --- who is there -----------------------------------------------------------------------------------------------

    def connected(self, peer: Peer, now: float) -> None:
        """Begin on the rung that the round trip allows; `arrange` follows at once."""
        rtt_ms = int(peer.rtt_s * 1000) if peer.rtt_s is not None else None
        up = start_rung(rtt_ms)
        down = up if can_be_probed(peer) else min(up, V1)
        if peer.first_rung is not None:
            up, down = max(up, peer.first_rung), peer.first_rung
        self._steered[peer] = Steered(peer, Ladders(peer, up, down, now, self._tracer))

    def gone(self, peer: Peer) -> None:
        steered = self._steered.pop(peer, None)
        if steered is not None:
            steered.ladders.close()

    def reported(self, peer: Peer, report: contract.Report) -> None:
        """What the page says it applied and receives."""
        steered = self._steered.get(peer)
        if steered is not None:
            steered.confirmed = min(report.epoch, steered.epoch)
            steered.ladders.reported(report)

    def quality(self, peer: Peer, told: contract.Quality) -> contract.Quality:
        """The same with what the ladders think."""
        steered = self._steered.get(peer)
        if steered is None:
            return told
        up, down = steered.ladders.up, steered.ladders.down
        return told.model_copy(
            update={
                "up_level": level_name(up.rung),
                "down_level": level_name(down.rung),
                "up_queue_ms": int(up.queue_ms),
                "down_queue_ms": int(down.queue_ms),
                "up_capacity_bps": up.capacity_bps,
                "down_capacity_bps": down.capacity_bps,
            }
        )

    # --- the clock --------------------------------------------------------------------------------------------------

    def tick(self, tick: int, now: float, rooms: dict[str, Room]) -> None:
        """Every 20 ms: padding and duplicates, left in the outlets; a fifth of the rooms decides anew."""
        for steered in self._steered.values():
            self._pace(steered, now)
        for index, room in enumerate(rooms.values()):
            if (tick + index) % SAMPLE_TICKS == 0:
                self._step(room, now)

    def _step(self, room: Room, now: float) -> None:
        present = self._present(room)
        for steered in present:
            self._decide(steered, now)
        seen = tuple(map(signature, present))
        if seen != self._seen.get(room.id):
            self.arrange(room, now)
        else:
            for steered in present:
                self._repeat(steered, now)

    def _decide(self, steered: Steered, now: float) -> None:
        """A fault of ours in one call must not end all others: its participant begins anew, on voice."""
        try:
            steered.ladders.step(now)
        except Exception:
            log.exception("ladder failed and begins anew room=%s", steered.peer.room)
            steered.ladders.close()
            steered.ladders = Ladders(steered.peer, A1, A1, now, self._tracer)

    def arrange(self, room: Room, now: float) -> None:
        """Share out what the ladders allow, and tell everybody whose orders changed."""
        present = self._present(room)
        if not present:
            self._seen.pop(room.id, None)
            return
        self._seen[room.id] = tuple(map(signature, present))
        members = [member(steered) for steered in present]
        allotment = allocate(members)
        asked = demands(members, allotment)
        decisions: Decisions = {m.id: (m.up, m.down) for m in members}
        for steered in present:
            steered.ladders.demands = asked[steered.peer.id]
            self._forward(room, steered, allotment)
            self._rate(steered, allotment, now)
            self._tell(room, steered, allotment, decisions, now)
            self._tell_levels(steered)

    def _present(self, room: Room) -> list[Steered]:
        return [self._steered[peer] for peer in room.peers.values() if peer in self._steered]

    # --- effects ----------------------------------------------------------------------------------------------------

    def _forward(self, room: Room, steered: Steered, allotment: Allotment) -> None:
        """Pause and resume the slots of a viewer."""
        viewer = steered.peer
        duplicate = steered.ladders.down.protection.duplicate
        for publisher, audio, video in room.seated(viewer):
            flow = allotment.flows.get((viewer.id, publisher))
            if audio is not None:
                audio.pause() if flow is not None and not flow.audio else audio.resume()
                audio.duplicate = duplicate
            if video is not None:
                video.pause() if flow is not None and not flow.video else video.resume()
        viewer.repeats = steered.ladders.down.protection.nack
        viewer.lean = steered.ladders.down.rung >= A2

    def _rate(self, steered: Steered, allotment: Allotment, now: float) -> None:
        """REMB is the publisher's rate (DESIGN 5); a fall is told at once."""
        peer = steered.peer
        publication = allotment.publish[peer.id]
        for source in peer.tracks:
            source.repair = source.kind == "video" or steered.ladders.up.protection.nack
            if not source.repair:
                source.missing.clear()
            source.insists = source.kind == "audio" and steered.ladders.up.protection.waits
            source.hidden = source.kind == "audio" and steered.ladders.up.protection.duplicate
            source.expect((publication.video if source.kind == "video" else publication.audio) is not None)
        wanted_bps = NO_PICTURE_BPS if publication.video is None else max(MIN_VIDEO_BPS, publication.video_bps)
        bps = min(wanted_bps, peer.policy.max_video_bps)
        before, peer.remb_bps = peer.remb_bps, bps
        if peer.remb_bps < before * REMB_DROP:
            feedback.remb(peer, now)
            steered.stops_until = now + REMB_AGAIN_S if publication.video is None else 0.0

    def _tell(self, room: Room, steered: Steered, allotment: Allotment, decisions: Decisions, now: float) -> None:
        peer = steered.peer
        others = [publisher for publisher, _, _ in room.seated(peer) if publisher in decisions]
        wanted = order(peer.id, others, allotment, decisions)
        if wanted == steered.order:
            self._repeat(steered, now)
            return
        steered.order = wanted
        steered.epoch += 1
        self._emit_order(steered, wanted, now)

    def _repeat(self, steered: Steered, now: float) -> None:
        """Tell an order again that no report has confirmed, and the end of a picture anyway."""
        if now < steered.stops_until:
            feedback.remb(steered.peer, now)
        late = now - steered.told_at >= REPEAT_S
        if steered.order is not None and steered.confirmed != steered.epoch and late:
            self._emit_order(steered, steered.order, now)

    def _emit_order(self, steered: Steered, wanted: Order, now: float) -> None:
        steered.told_at = now
        self._emit(
            contract.Adapt(
                **self._names(steered.peer),
                epoch=steered.epoch,
                level=wanted.level,
                video=wanted.video,
                audio=wanted.audio,
                jitter_ms=wanted.jitter_ms,
                picture_ms=wanted.picture_ms,
                receives=wanted.receives,
            )
        )

    def _tell_levels(self, steered: Steered) -> None:
        up, down = steered.ladders.up, steered.ladders.down
        before, steered.told_levels = steered.told_levels, (up.rung, down.rung)
        if before is None or before[0] != up.rung:
            self._tell_level(steered.peer, "up", up.rung, up.reason)
        if before is None or before[1] != down.rung:
            self._tell_level(steered.peer, "down", down.rung, down.reason)

    def _tell_level(self, peer: Peer, direction: contract.Way, rung: int, reason: contract.LevelReason) -> None:
        self._emit(
            contract.LevelChanged(**self._names(peer), direction=direction, level=level_name(rung), reason=reason)
        )

    def _pace(self, steered: Steered, now: float) -> None:
        """Padding that is due in this tick: the probe's, or a beacon."""
        peer, down = steered.peer, steered.ladders.down
        for pair in peer.slots:
            if pair[0] is not None and pair[0].duplicate:
                pair[0].duplicates_due(now)
        if down.padding_bps:
            steered.padding_debt = min(MAX_PADDING_DEBT, steered.padding_debt + down.padding_bps * TICK_S / 8)
            while steered.padding_debt > 0:
                sent = padding.send(peer, PADDING_BYTES, now)
                if not sent:
                    break
                steered.padding_debt -= sent
        elif LADDER[down.rung].video is None and now >= steered.beacon_at:
            steered.beacon_at = now + (BEACON_TEXT_S if down.rung == T else BEACON_S)
            steered.beacons += 1
            padding.send(peer, BEACON_BYTES if steered.beacons % BEACONS_A_LARGE_ONE else BEACON_LARGE_BYTES, now)


def can_be_probed(peer: Peer) -> bool:
    """Whether the participant answers padding. Else nothing can show room for a climb, and it begins with video."""
    return any(video is not None and video.twcc_id and video.rtx_ssrc for _, video in peer.slots)


def signature(steered: Steered) -> tuple[object, ...]:
    """All of a participant that an arrangement depends on; compared ten times a second."""
    peer, up, down = steered.peer, steered.ladders.up, steered.ladders.down
    return (
        peer, peer.policy, peer.speaking, up.rung, up.video_bps, up.shadow, up.rich, up.protection,
        down.rung, down.video_bps, down.protection, down.capacity_bps // CAPACITY_STEP_BPS,
    )  # fmt: skip


def member(steered: Steered) -> Member:
    """What the allocation has to know of a participant."""
    peer, ladders = steered.peer, steered.ladders
    kinds = {source.kind for source in peer.tracks}
    return Member(
        id=peer.id,
        up=ladders.up,
        down=ladders.down,
        ceiling=ceiling(peer.policy),
        has_audio="audio" in kinds and peer.policy.audio,
        has_video="video" in kinds and peer.policy.video,
        speaking=peer.speaking,
    )


def ceiling(policy: contract.Policy) -> int:
    """Index in LADDER of the best rung that the policy allows; saved data is voice (DESIGN 5)."""
    names = [rung.name for rung in LADDER]
    return max(names.index(policy.max_level), A2 + 1 if policy.save_data else 0)
