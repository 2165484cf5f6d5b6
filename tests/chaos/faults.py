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
from chaos.server import MEDIA_PORT, MEDIA_PROCESSES, PORT, Role, Server, send

AT_ONCE = 2
WELL_TIMEOUT_S = 30.0


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

    async def run(self, plan: Sequence[Fault]) -> None:
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as tasks:
            for fault in plan:
                if fault.settles:
                    await self._settle(running)
                elif len(running) >= AT_ONCE:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(fault.gap_s)
                running.add(tasks.create_task(self._do(fault)))
            await self._settle(running)

    async def well(self, timeout_s: float = WELL_TIMEOUT_S) -> bool:
        """Wait until everybody is; False when it took too long."""
        try:
            async with asyncio.timeout(timeout_s):
                while not all(person.well for person in self._people):  # noqa: ASYNC110 (eight conditions at once)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            self._tell(f"not well: {'; '.join(person.complaint for person in self._people if not person.well)}")
            return False
        return True

    async def answered(self) -> None:
        """Wait until nobody's words wait any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WELL_TIMEOUT_S):
                while not all(person.answered for person in self._people):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    async def _settle(self, running: set[asyncio.Task[None]]) -> None:
        if running:
            await asyncio.wait(running)
            running.clear()
        await asyncio.sleep(self._due_s() - self._log.now())
        await self.well()

    def _due_s(self) -> float:
        """When all that was promised after the faults so far is due: what is done now is a trouble of its own."""
        known = [person.access.consultation for person in self._people]
        troubles = [spell for consultation in known for spell in spells(self._log.history.happened, consultation)[-1:]]
        return max((max(spell.sound_by_s, spell.words_by_s) for spell in troubles), default=0.0)

    async def _do(self, fault: Fault) -> None:
        begin_s = self._log.now()
        detail = await self._act(fault)
        consultation = self._person(fault).access.consultation if fault.kind in _OF_A_PAGE else None
        happened = Happened(fault.number, fault.kind, detail, begin_s, self._log.now(), consultation)
        self._log.add(happened)
        self._tell(f"{happened.begin_s:.3f} to {happened.end_s:.3f}: {fault.number} {fault.kind} {detail}")

    def _tell(self, line: str) -> None:
        with self._done.open("a") as file:
            file.write(f"{self._log.now():9.3f} {line}\n")

    async def _act(self, fault: Fault) -> str:
        """Returns when the fault is over."""
        match fault.kind.split("-", 1):
            case ["kill", "everything"]:
                return await self._power_cut(fault)
            case ["kill", ("signaling" | "media" | "valkey") as role]:
                return await self._kill(role, fault.target)
            case ["stop", ("signaling" | "media" | "valkey") as role]:
                return await self._stop(role, fault)
            case ["block", "media-port"]:
                port = MEDIA_PORT + fault.target % MEDIA_PROCESSES
                return await self._block(self._port, self._network.port_blocked("udp", port), fault.lasts_s, f"{port}")
            case ["block", "web-port"]:
                return await self._block(self._port, self._network.port_blocked("tcp", PORT), fault.lasts_s, f"{PORT}")
            case ["block", "page"]:
                index = fault.target % len(self._people)
                blocked = self._network.page_blocked(index)
                return await self._block(self._seats[index], blocked, fault.lasts_s, self._person(fault).access.seat)
            case ["disk", "full"]:
                async with self._disk, self._server.disk_full():
                    await asyncio.sleep(fault.lasts_s)
                return f"for {fault.lasts_s} s"
            case ["clock", "step"]:
                return f"{self._server.step_clock(fault.step_s):+.0f} s"
            case ["reload"]:
                async with self._seats[fault.target % len(self._people)]:
                    await self._person(fault).reload()
            case ["second", "device"]:
                async with self._seats[fault.target % len(self._people)]:
                    await self._person(fault).change_device()
        return self._person(fault).access.seat

    async def _kill(self, role: Role, target: int) -> str:
        async with self._power:
            pid = await self._server.pid(role, target)
            send(pid, signal.SIGKILL)
        return f"pid {pid}"

    async def _stop(self, role: Role, fault: Fault) -> str:
        async with self._power:
            pid = await self._server.pid(role, fault.target)
            send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.lasts_s)
        finally:
            send(pid, signal.SIGCONT)
        return f"pid {pid} for {fault.lasts_s} s"

    async def _power_cut(self, fault: Fault) -> str:
        """Its end is the new start."""
        async with self._power:
            await self._server.kill_everything(tears=fault.tears)
            await asyncio.sleep(fault.lasts_s)
            self._server.start()
        return f"for {fault.lasts_s} s{', half a write on the disk' if fault.tears else ''}"

    async def _block(self, lock: asyncio.Lock, blocked: AbstractContextManager[None], lasts_s: float, what: str) -> str:
        async with lock:
            with blocked:
                await asyncio.sleep(lasts_s)
        return f"{what} for {lasts_s} s"

    def _person(self, fault: Fault) -> Person:
        return self._people[fault.target % len(self._people)]


_OF_A_PAGE = ("block-page", "reload", "second-device")
