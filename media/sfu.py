"""The SFU of one process: takes the contract's commands, owns rooms and participants, and runs their clocks.

Knows no Redis: node.py brings commands and carries events away.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from media import candidates, contract, feedback, negotiation, sdp
from media.contract import MediaEvent
from media.link_test import LinkTest, start_rung
from media.orders import level_name, rung_of
from media.peer import EXPIRED_S, IDLE_SILENT_S, SILENT_S, UNCONNECTED_EXPIRED_S, Peer
from media.registry import Registry
from media.room import Room
from media.srtp import Workbench
from media.steering import Steering
from media.tcp import TcpPort
from media.transport import Pump, make_certificate
from media.udp import UdpPort

TICK_S: Final = 0.020
REPORT_TICKS: Final = int(feedback.REPORT_EVERY_S / TICK_S)
"""Each participant is reported to in one of so many ticks, so that 200 of them do not come in one burst."""
SLOTS_EVERY_REPORTS: Final = 2
QUALITY_EVERY_REPORTS: Final = 4

NO_SUCH_FAMILY: Final = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)

log = logging.getLogger(__name__)


class Sfu:
    """`emit` is told what happens, in order; it must not block."""

    def __init__(self, config: contract.MediaConfig, emit: Callable[[MediaEvent], None]) -> None:
        self._config = config
        self._emit = emit
        self._bench = Workbench()
        self._pump = Pump()
        self.registry = Registry()
        self._certificate, fingerprint = make_certificate()
        announced = candidates.addresses(config.public_ips, config.bind)
        self._endpoint = negotiation.Endpoint(fingerprint, candidates.candidates(announced, config.port))
        self.rooms: dict[str, Room] = {}
        self._peers: list[Peer] = []
        self._asking: set[Peer] = set()
        self._tests: dict[Peer, LinkTest] = {}
        """Those whose tracks have something missing, or of whom a keyframe is wanted."""
        self._closing: set[asyncio.Task[None]] = set()
        self._udp: list[UdpPort] = []
        self._tcp = TcpPort(self.registry)
        self._gone: Counter[str] = Counter()
        """Counts of participants that are no longer here."""
        self._tick = 0
        self._steering = Steering(emit, self._names, config.trace_dir)
        self.draining = False

    @property
    def port(self) -> int:
        """UDP and TCP."""
        return self._config.port

    async def open(self) -> None:
        """Bind the ports; raises OSError when one cannot be had. A machine without IPv6 does without."""
        for bind in self._config.bind:
            try:
                await self._tcp.listen(bind, self._config.port)
                for address in candidates.sockets(bind):
                    self._udp.append(UdpPort(address, self._config.port, self.registry))
            except OSError as exc:
                if exc.errno not in NO_SUCH_FAMILY or not self._udp:
                    raise
                log.warning("no IPv6 on this machine, going on without bind=%s", bind)

    async def run(self) -> None:
        """The clock of all participants, until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + TICK_S, loop.time())
            await asyncio.sleep(due - loop.time())
            self.tick(time.monotonic())

    def close_rooms(self) -> None:
        """Begin to close every participant's transport, and say so: they are served elsewhere."""
        for room in list(self.rooms.values()):
            self._close_room(room, "node-stopping")

    async def evict(self) -> None:
        """Close every participant's transport, and say so."""
        self.close_rooms()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def close(self) -> None:
        """Give the ports back. `run` has ended."""
        await self.evict()
        for port in self._udp:
            port.close()
        await self._tcp.close()

    @property
    def participants(self) -> int:
        return len(self._peers)

    def metrics(self) -> dict[str, float]:
        """Counters since the start, by Prometheus name without prefix."""
        slots = [slot for peer in self._peers for slot in peer.all_slots()]
        return {
            "rejected_packets": float(self._gone["rejected"] + sum(peer.rejected for peer in self._peers)),
            "forwarded_packets": float(self._gone["forwarded"] + sum(slot.counts()[0] for slot in slots)),
            "dropped_packets": float(sum(port.dropped for port in self._udp)),
            "resent_packets": float(self._gone["resent"] + sum(slot.resent_total for slot in slots)),
            **{f"refused_{reason.replace('-', '_')}": float(n) for reason, n in self.registry.refused.items()},
        }

    # --- commands ---------------------------------------------------------------------------------------------------

    def handle(self, command: contract.MediaCommand) -> contract.MediaReply:
        """Do one command; everything that can be wrong with it is in the reply."""
        match command:
            case contract.Join():
                return self._join(command)
            case contract.Restart():
                return self._restart(command)
            case contract.Leave():
                return self._leave(command)
            case contract.SetPolicy():
                return self._set_policy(command)
            case contract.Report():
                return self._take_report(command)
            case contract.CloseRoom():
                if command.room in self.rooms:
                    self._close_room(self.rooms[command.room], "room-closed")
                return contract.Done(request_id=command.request_id)

    def _join(self, command: contract.Join) -> contract.MediaReply:
        room = self.rooms.get(command.room) or Room(command.room)
        before = room.peers.get(command.participant)
        if before is not None and before.generation > command.generation:
            return refused(command, "stale-generation")
        if self.draining:
            return refused(command, "draining")
        if not room.has_place_for(command.participant):
            return refused(command, "room-full")
        if before is None and self.participants >= self._config.capacity:
            return refused(command, "node-full")
        peer = Peer(
            command.participant, command.room, command.generation, command.policy, self._bench, time.monotonic()
        )
        peer.rtt_s = command.rtt_ms / 1000 if command.rtt_ms is not None else None
        peer.first_rung = rung_of(command.start) if command.start is not None else None
        peer.is_test = command.test
        try:
            offer = sdp.parse_offer(command.offer)
            negotiation.prepare(peer, offer)
            answer = negotiation.answer(peer, offer, self._endpoint, (peer.ice_ufrag, peer.ice_password))
        except sdp.BadOffer as exc:
            return refused(command, "bad-offer", str(exc))
        self._admit(room, before, peer, offer)
        return contract.Answered(request_id=command.request_id, answer=answer, slots=room.slots(peer))

    def _admit(self, room: Room, before: Peer | None, peer: Peer, offer: sdp.Offer) -> None:
        if before is not None:
            room.unshow(before)
            self._end(before, "replaced")
        self.rooms[room.id] = room
        self._peers.append(peer)
        self.registry.add(peer, peer.ice_ufrag)
        self._apply_policy(peer)
        peer.on_change = self._changed
        peer.start(self._certificate, offer.fingerprints, self._pump)
        for viewer in room.enter(peer):
            self._tell_slots(room, viewer)

    def _restart(self, command: contract.Restart) -> contract.MediaReply:
        peer = self._peer(command)
        if peer is None or peer.generation < command.generation:  # the newer session never got here
            return refused(command, "unknown-participant")
        if peer.generation > command.generation:
            return refused(command, "stale-generation")
        try:
            offer = sdp.parse_offer(command.offer)
            if set(offer.fingerprints) != set(peer.fingerprints):
                return refused(command, "unknown-participant", "another connection's restart")
            credentials = peer.renew_credentials()
            answer = negotiation.answer(peer, offer, self._endpoint, credentials)
        except sdp.BadOffer as exc:
            return refused(command, "bad-offer", str(exc))
        self.registry.add(peer, credentials[0])
        slots = self.rooms[peer.room].slots(peer)
        return contract.Answered(request_id=command.request_id, answer=answer, slots=slots)

    def _leave(self, command: contract.Leave) -> contract.MediaReply:
        peer = self._peer(command)
        if peer is not None and peer.generation > command.generation:
            return refused(command, "stale-generation")
        if peer is not None:
            self._remove(peer, "left")
        return contract.Done(request_id=command.request_id)

    def _set_policy(self, command: contract.SetPolicy) -> contract.MediaReply:
        peer = self._peer(command)
        if peer is None:
            return refused(command, "unknown-participant")
        if peer.generation > command.generation:
            return refused(command, "stale-generation")
        peer.policy = command.policy
        self._apply_policy(peer)
        return contract.Done(request_id=command.request_id)

    def _take_report(self, report: contract.Report) -> contract.MediaReply:
        """A page may tell of a session that is no more: that says nothing."""
        peer = self._peer(report)
        if peer is not None and peer.generation == report.generation:
            self._steering.reported(peer, report)
        return contract.Done(request_id=report.request_id)

    def _apply_policy(self, peer: Peer) -> None:
        """Pausing costs no offer: what comes is not forwarded; what comes again continues the slots' numbering."""
        for source in peer.tracks:
            allowed = peer.policy.audio if source.kind == "audio" else peer.policy.video
            if allowed is not source.forwarding:
                for slot in source.slots:
                    slot.rebase()
            source.forwarding = allowed

    def _peer(self, command: contract.MediaCommand) -> Peer | None:
        room = self.rooms.get(command.room)
        return room.peers.get(command.participant) if room is not None else None

    # --- what participants do ---------------------------------------------------------------------------------------

    def _changed(self, what: str, peer: Peer) -> None:
        match what:
            case "asks":
                self._asking.add(peer)
            case "connected" if peer.is_test:
                self._tests[peer] = LinkTest(peer)
            case "connected":
                for slot in peer.all_slots():
                    slot.want_keyframe()
                self._emit(contract.Connected(**self._names(peer)))
                self._begin_steering(peer, time.monotonic())
            case "dtls-failed" | "left":
                self._remove(peer, "left" if what == "left" else "dtls-failed")
            case "path-back":
                self._path_back(peer)
            case "speaking":
                self._emit(contract.Speaking(**self._names(peer), speaking=peer.speaking))

    def _begin_steering(self, peer: Peer, now: float) -> None:
        peer.last_seen = now  # a finished handshake is a sign of life, and on a lossy link it took its time
        self._steering.connected(peer, now)
        room = self.rooms.get(peer.room)
        if room is not None:
            self._steering.arrange(room, now)
        feedback.reports(peer, now)

    def _path_back(self, peer: Peer) -> None:
        if peer.lost_since is None:
            return
        silent_ms = int((time.monotonic() - peer.lost_since) * 1000)
        peer.lost_since = None
        for slot in peer.all_slots():
            slot.want_keyframe()
            slot.unjudged = slot.last_sequence
        self._emit(contract.PathBack(**self._names(peer), silent_ms=silent_ms))

    def _remove(self, peer: Peer, reason: contract.ClosedReason) -> None:
        room = self.rooms.get(peer.room)
        if room is not None and room.peers.get(peer.id) is peer:
            for viewer in room.leave(peer):
                self._tell_slots(room, viewer)
            if not room.peers:
                del self.rooms[room.id]
        self._end(peer, reason)

    def _close_room(self, room: Room, reason: contract.ClosedReason) -> None:
        for peer in list(room.peers.values()):
            self._remove(peer, reason)

    def _end(self, peer: Peer, reason: contract.ClosedReason) -> None:
        if peer not in self._peers:
            return
        self._peers.remove(peer)
        self._asking.discard(peer)
        self._steering.gone(peer)
        self._tests.pop(peer, None)
        self._gone["rejected"] += peer.rejected
        for slot in peer.all_slots():
            self._gone["forwarded"] += slot.counts()[0]
            self._gone["resent"] += slot.resent_total
        self.registry.remove(peer)
        peer.on_change = lambda what, gone: None
        task = asyncio.create_task(peer.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        self._emit(contract.Closed(**self._names(peer), reason=reason))

    def _tell_slots(self, room: Room, viewer: Peer) -> None:
        self._emit(contract.SlotsChanged(**self._names(viewer), slots=room.slots(viewer)))

    def _names(self, peer: Peer) -> contract.Names:
        return {
            "node_id": self._config.node_id,
            "room": peer.room,
            "participant": peer.id,
            "generation": peer.generation,
        }

    # --- the clock --------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Everything that the clock does, at monotonic time `now`."""
        self._tick += 1
        self._repair(now)
        self._steering.tick(self._tick, now, self.rooms)
        for test in list(self._tests.values()):
            self._test(test, now)
        self.registry.flush()
        for peer in self._peers[self._tick % REPORT_TICKS :: REPORT_TICKS]:
            self._attend(peer, now)

    def _test(self, test: LinkTest, now: float) -> None:
        found = test.step(now)
        if found is None:
            return
        level = level_name(start_rung(found))
        names = self._names(test.peer)
        self._emit(contract.Tested(**names, down_bps=found.bps, down_loss=found.loss, level=level))
        self._remove(test.peer, "left")

    def _repair(self, now: float) -> None:
        """Ask for what is missing. Not for what our own socket dropped: we are late, and repair would make us later."""
        if sum(port.drops_since_last_call() for port in self._udp):
            for peer in self._asking:
                for source in peer.tracks:
                    source.missing.clear()
        self._asking = {peer for peer in self._asking if peer.connected and feedback.repair(peer, now)}

    def _attend(self, peer: Peer, now: float) -> None:
        """Twice a second a participant: reports, quality, liveness."""
        silent_s = now - peer.last_seen
        if silent_s > (EXPIRED_S if peer.connected else UNCONNECTED_EXPIRED_S):
            self._remove(peer, "expired")
            return
        if not peer.connected:
            return
        if silent_s > (SILENT_S if any(source.wanted for source in peer.tracks) else IDLE_SILENT_S):
            if peer.lost_since is None:
                peer.lost_since = peer.last_seen
                self._emit(contract.PathLost(**self._names(peer), silent_ms=int(silent_s * 1000)))
            return
        turn = self._tick // REPORT_TICKS
        feedback.reports(peer, now, with_slots=turn % SLOTS_EVERY_REPORTS == 0)
        if turn % QUALITY_EVERY_REPORTS == 0:
            self._emit(self._steering.quality(peer, feedback.quality(peer, now, self._names(peer))))


def refused(command: contract.MediaCommand, code: contract.RefusalCode, detail: str = "") -> contract.Refused:
    return contract.Refused(request_id=command.request_id, code=code, detail=detail)
