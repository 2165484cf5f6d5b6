"""Carries out the faults of a plan, and writes down what was done when."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path as FilePath

from chaos.bounds import spells
from chaos.cell import Network
from chaos.history import Happened
from chaos.log import Log
from chaos.person import Person
from chaos.plan import Fault
from chaos.server import MEDIA_PORT, PORT, Role, Server, send

AT_ONCE = 2
WELL_TIMEOUT_S = 30.0
COMPLAIN_AFTER_S = 10.0
NOTICED_S = 1.0
"""Until a fault shows: before that all seems well."""


class Chaos:
    """Faults that settle wait for all before; others hit what is going on."""

    def __init__(self, server: Server, network: Network, people: Sequence[Person], log: Log, done: FilePath) -> None:
        self._server = server
        self._network = network
        self._people = people
        self._log = log
        self._done = done
        self._power, self._disk, self._port = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._seats = [asyncio.Lock() for _ in people]

    async def run(self, plan: Sequence[Fault], *, apart: bool) -> None:
        """`apart`: those that settle wait until every promise is due too, so that each can be judged by itself."""
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as tasks:
            for fault in plan:
                if fault.settles:
                    await self._settle(running, apart=apart)
                elif len(running) >= AT_ONCE:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(fault.gap_s)
                running.add(tasks.create_task(self._do(fault)))
            await self._settle(running, apart=apart)

    async def well(self, timeout_s: float = WELL_TIMEOUT_S) -> bool:
        """Wait until everybody is; False when it took too long."""
        for wait_s in (COMPLAIN_AFTER_S, max(0.0, timeout_s - COMPLAIN_AFTER_S)):
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    while not all(person.well for person in self._people):  # noqa: ASYNC110 (eight conditions at once)
                        await asyncio.sleep(0.1)
                return True
            self._complain()
        return False

    async def answered(self) -> None:
        """Wait until nobody's words wait any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WELL_TIMEOUT_S):
                while not all(person.answered for person in self._people):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    def _complain(self) -> None:
        """Who is not well, and whom they talk with."""
        rooms = {person.access.consultation for person in self._people if not person.well}
        for person in self._people:
            if person.access.consultation in rooms:
                self._tell(f"not well: {person.complaint}")

    async def _settle(self, running: set[asyncio.Task[None]], *, apart: bool) -> None:
        if running:
            await asyncio.wait(running)
            running.clear()
        await asyncio.sleep(self._due_s() - self._log.now() if apart else NOTICED_S)
        await self.well()

    def _due_s(self) -> float:
        """When all that was promised after the faults so far is due: what is done now is a trouble of its own."""
        known = [person.access.consultation for person in self._people]
        troubles = [spell for consultation in known for spell in spells(self._log.history.happened, consultation)[-1:]]
        return max((max(spell.sound_by_s, spell.words_by_s) for spell in troubles), default=0.0)

    async def _do(self, fault: Fault) -> None:
        try:
            begin_s, detail = await self._act(fault)
        except TimeoutError:  # what does not come back at all is found by what it leaves unanswered
            self._tell(f"{fault.number} {fault.kind}: there was nobody to do it to")
            return
        consultation = self._person(fault).access.consultation if fault.kind in _OF_A_PAGE else None
        happened = Happened(fault.number, fault.kind, detail, begin_s, self._log.now(), consultation)
        self._log.add(happened)
        self._tell(f"{happened.begin_s:.3f} to {happened.end_s:.3f}: {fault.number} {fault.kind} {detail}")

    def _tell(self, line: str) -> None:
        with self._done.open("a") as file:
            file.write(f"{self._log.now():9.3f} {line}\n")

    async def _act(self, fault: Fault) -> tuple[float, str]:
        """Returns when the fault is over: when its effect began, and what was done."""
        match fault.kind.split("-", 1):
            case ["kill", "everything"]:
                return await self._power_cut(fault)
            case ["kill", ("signaling" | "media" | "valkey") as role]:
                return await self._kill(role, self._node(fault))
            case ["stop", ("signaling" | "media" | "valkey") as role]:
                return await self._stop(role, fault)
            case ["block", "media-port"]:
                port = MEDIA_PORT + self._node(fault)
                return await self._block(self._port, self._network.port_blocked("udp", port), fault, f"{port}")
            case ["block", "web-port"]:
                return await self._block(self._port, self._network.port_blocked("tcp", PORT), fault, f"{PORT}")
            case ["block", "page"]:
                index, seat = fault.target % len(self._people), self._person(fault).access.seat
                return await self._block(self._seats[index], self._network.page_blocked(index), fault, seat)
            case ["disk", "full"]:
                return await self._fill_disk(fault)
            case ["clock", "step"]:
                return self._log.now(), f"to {self._server.step_clock(fault.step_s):+.0f} s"
            case _:
                return await self._change_page(fault)

    async def _kill(self, role: Role, index: int) -> tuple[float, str]:
        async with self._power:
            pid = await self._server.pid(role, index)
            begin_s = self._log.now()
            send(pid, signal.SIGKILL)
        return begin_s, f"pid {pid}"

    async def _stop(self, role: Role, fault: Fault) -> tuple[float, str]:
        async with self._power:
            pid = await self._server.pid(role, self._node(fault))
            begin_s = self._log.now()
            send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.lasts_s)
        finally:
            send(pid, signal.SIGCONT)
        return begin_s, f"pid {pid} for {fault.lasts_s} s"

    async def _power_cut(self, fault: Fault) -> tuple[float, str]:
        """Its end is the new start."""
        async with self._power:
            begin_s = self._log.now()
            await self._server.kill_everything(tears=fault.tears)
            await asyncio.sleep(fault.lasts_s)
            self._server.start()
        return begin_s, f"for {fault.lasts_s} s{', half a write on the disk' if fault.tears else ''}"

    async def _block(
        self, lock: asyncio.Lock, blocked: AbstractContextManager[None], fault: Fault, what: str
    ) -> tuple[float, str]:
        async with lock:
            begin_s = self._log.now()
            with blocked:
                await asyncio.sleep(fault.lasts_s)
        return begin_s, f"{what} for {fault.lasts_s} s"

    async def _fill_disk(self, fault: Fault) -> tuple[float, str]:
        async with self._disk:
            begin_s = self._log.now()
            async with self._server.disk_full():
                await asyncio.sleep(fault.lasts_s)
        return begin_s, f"for {fault.lasts_s} s"

    async def _change_page(self, fault: Fault) -> tuple[float, str]:
        person = self._person(fault)
        async with self._seats[fault.target % len(self._people)]:
            begin_s = self._log.now()
            await (person.reload() if fault.kind == "reload" else person.change_device())
        return begin_s, person.access.seat

    def _node(self, fault: Fault) -> int:
        """The media process that has this person's call: one that has none would not be missed."""
        return max(0, self._person(fault).port - MEDIA_PORT)

    def _person(self, fault: Fault) -> Person:
        return self._people[fault.target % len(self._people)]


_OF_A_PAGE = ("block-page", "reload", "second-device")
