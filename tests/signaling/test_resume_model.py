"""What must hold after any sequence of drops, resends, take-overs, late processes and power cuts, on a real Valkey.

docs/resume-rules.md says what one event does; here hypothesis strings them together over the real store and claims.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from resume_world import PROCESSES, START, Line, Page, World

from clinic import commands as c
from clinic.records import Applied, Stored
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from valkey_process import ValkeyProcess

MAX_PAGES = 5
QUICK = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
processes = st.integers(0, PROCESSES - 1)
pick = st.integers(0, 1000)
"""Which of those there are then; the machine takes it modulo their number."""


class ResumeMachine(RuleBasedStateMachine):
    """Pages of two seats, two processes, media nodes that tell late, and the clock."""

    def __init__(self, valkey: ValkeyProcess, *, fenced: bool = True) -> None:
        super().__init__()
        valkey.flush()
        self.valkey = valkey
        self.world = World(valkey.url, fenced=fenced)
        self.may_have_ended = False

    def teardown(self) -> None:
        try:
            self.everybody_comes_back()
        finally:
            self.world.close()

    # --- pages --------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.pages) < MAX_PAGES)
    @rule(physician=st.booleans(), process=processes)
    def a_page_is_opened(self, physician: bool, process: int) -> None:
        seat = self.world.physician if physician else self.world.patient
        page = Page(f"page-{len(self.world.pages)}", seat)
        self.world.pages.append(page)
        self.world.hello(page, process)

    @precondition(lambda self: self.world.pages)
    @rule(which=pick, process=processes)
    def a_page_says_hello_again(self, which: int, process: int) -> None:
        """After a drop, or because its human wants the seat back; the old line stays in its process."""
        self.world.hello(self.page(which), process)

    @precondition(lambda self: self.world.pages)
    @rule(which=pick)
    def a_line_drops(self, which: int) -> None:
        """The page knows; the process does not yet."""
        self.page(which).line = None

    @precondition(lambda self: self.world.pages)
    @rule(which=pick, count=st.integers(1, 3))
    def a_page_writes(self, which: int, count: int) -> None:
        for _ in range(count):
            self.world.write(self.page(which))

    @precondition(lambda self: self.world.pages)
    @rule(which=pick, limit=st.integers(1, 4))
    def a_page_reads_on(self, which: int, limit: int) -> None:
        self.read(self.page(which), limit)

    # --- processes ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.busy)
    @rule(which=pick, acknowledged=st.booleans())
    def a_process_does_what_was_said(self, which: int, acknowledged: bool) -> None:
        """Perhaps long ago. The acknowledgement may get lost."""
        line = self.busy[which % len(self.busy)]
        chat, superseded = line.said[0], self.world.is_superseded(line)
        known = chat.id in self.ids(self.world.timeline())
        done = self.world.run(self.world.do(line, acknowledged=acknowledged))
        if isinstance(done, Applied) and done.events:
            assert not superseded, f"{line} was superseded, and wrote"
            assert not known, f"{chat.id} was applied twice"
        assert (done is None) <= superseded, f"{line} holds the seat, and was called superseded"

    @precondition(lambda self: len(self.busy) >= 2)
    @rule(first=pick, second=pick)
    def two_processes_do_it_at_once(self, first: int, second: int) -> None:
        lines = {id(line): line for line in (self.busy[first % len(self.busy)], self.busy[second % len(self.busy)])}

        async def both() -> None:
            await asyncio.gather(*(self.world.do(line, acknowledged=True) for line in lines.values()))

        self.world.run(both())

    @precondition(lambda self: self.world.lines)
    @rule(which=pick)
    def a_process_takes_an_offer(self, which: int) -> None:
        line = self.world.lines[which % len(self.world.lines)]
        join = c.Join(self.world.command_id("join"), line.page.seat)
        try:
            done = self.world.run(self.world.execute(join, line))
        except Superseded:
            assert self.world.is_superseded(line)
        else:
            assert not (isinstance(done, Applied) and self.world.is_superseded(line)), f"{line} took the media away"

    @rule(
        physician=st.booleans(),
        behind=st.integers(0, 2),
        kind=st.sampled_from([c.ReportPathLost, c.ReportPathBack, c.ReportGone]),
        process=processes,
    )
    def a_node_tells(
        self,
        physician: bool,
        behind: int,
        kind: type[c.ReportPathLost | c.ReportPathBack | c.ReportGone],
        process: int,
    ) -> None:
        """Of the newest media session or of an older one; both processes tell, as one fact."""
        seat_id = self.world.physician if physician else self.world.patient
        seat = self.world.run(self.world.stores[0].load(self.world.consultation)).consultation.seat(seat_id)
        assert seat is not None
        report = kind(self.world.command_id("media"), seat_id, max(0, seat.generation - behind))
        done = [self.world.run(self.world.report(report, each)) for each in (process, 1 - process)]
        facts = [event for each in done if isinstance(each, Applied) for event in each.events]
        assert len(facts) <= (1 if report.generation == seat.generation else 0)

    # --- ends ---------------------------------------------------------------------------------------------------

    @rule(minutes=st.integers(0, 30))
    def time_passes(self, minutes: int) -> None:
        """And the clock of some process looks for what it must end."""
        world = self.world
        world.now += timedelta(minutes=minutes)
        if world.consultation in world.run(world.stores[0].due(world.now)):
            world.run(world.report(c.Expire(world.command_id("expire")), 0))
        self.may_have_ended |= world.now >= world.fresh.closes_at
        if world.now < START + timedelta(minutes=80):
            self.nobody_ended_it(world.timeline())

    @precondition(lambda self: any(line.page.seat == self.world.physician for line in self.world.lines))
    @rule(which=pick, sure=st.integers(0, 9))
    def the_physician_ends(self, which: int, sure: int) -> None:
        lines = [line for line in self.world.lines if line.page.seat == self.world.physician]
        line = lines[which % len(lines)]
        if sure:
            return
        try:
            self.world.run(self.world.execute(c.End(self.world.command_id("end"), line.page.seat, "completed"), line))
            self.may_have_ended = True
        except Superseded:
            assert self.world.is_superseded(line)

    # --- what holds ---------------------------------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        timeline = self.world.timeline()
        self.once_and_in_order(timeline)
        self.generations_grow(timeline)
        self.nobody_ended_it(timeline)
        self.world.state_is_what_the_timeline_tells(timeline)
        for page in self.world.pages:
            assert page.seen == timeline[: len(page.seen)], f"{page.id} read something else"

    def once_and_in_order(self, timeline: list[Stored]) -> None:
        stored = self.ids(timeline)
        for page in self.world.pages:
            own = [command_id for command_id in stored if command_id in page.made]
            assert own == page.made[: len(own)], f"{page.id}: lost, doubled or out of order"
            assert set(page.acknowledged) <= set(own), f"{page.id}: acknowledged and lost"

    def generations_grow(self, timeline: list[Stored]) -> None:
        assert all(before.id != after.id for before, after in pairwise(timeline))
        for seat in (self.world.patient, self.world.physician):
            joined = [s.event.generation for s in timeline if s.event.type == "joined" and s.event.seat == seat]
            assert joined == list(range(1, len(joined) + 1))

    def nobody_ended_it(self, timeline: list[Stored]) -> None:
        ends = [stored for stored in timeline if stored.event.type == "ended"]
        assert len(ends) <= (1 if self.may_have_ended else 0)
        assert not ends or ends[0] is timeline[-1], "something happened after the end"

    # --- parts --------------------------------------------------------------------------------------------------

    @property
    def busy(self) -> list[Line]:
        """Lines on which something waits to be done."""
        return [line for line in self.world.lines if line.said]

    def page(self, which: int) -> Page:
        return self.world.pages[which % len(self.world.pages)]

    def ids(self, timeline: list[Stored]) -> list[str]:
        return [stored.event.command_id for stored in timeline if stored.event.type == "chat"]

    def read(self, page: Page, limit: int) -> bool:
        """One page of the timeline; whether there is more."""
        world = self.world
        got = world.run(world.stores[1].events_after(world.consultation, page.cursor, limit))
        page.seen += got.events
        return got.more

    def everybody_comes_back(self) -> None:
        """In turn, with a line that loses nothing: nothing is left unsaid, and each has read everything."""
        for page in self.world.pages:
            self.world.hello(page, 0)
            while page.line is not None and page.line.said:
                self.world.run(self.world.do(page.line, acknowledged=True))
            assert not page.waiting
        for page in self.world.pages:
            while self.read(page, 3):
                pass
            assert page.seen == self.world.timeline()
        self.all_holds()


class PowerCutMachine(ResumeMachine):
    """The same, and Redis is killed now and then, perhaps under a command."""

    @rule(which=pick)
    def redis_is_killed(self, which: int) -> None:
        self.valkey.kill()
        if self.busy:
            line = self.busy[which % len(self.busy)]
            chat = line.said[0]
            with pytest.raises(Unavailable):
                self.world.run(self.world.do(line, acknowledged=True))
            line.said.appendleft(chat)
        self.valkey.start()


def test_any_sequence(valkey: ValkeyProcess) -> None:
    run_state_machine_as_test(lambda: ResumeMachine(valkey), settings=QUICK)


def test_any_sequence_with_power_cuts(own_valkey: ValkeyProcess) -> None:
    few = settings(QUICK, max_examples=10, stateful_step_count=30)
    run_state_machine_as_test(lambda: PowerCutMachine(own_valkey), settings=few)


def test_the_model_finds_a_store_without_fences(valkey: ValkeyProcess) -> None:
    found_at_once = settings(QUICK, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError, match=r"superseded, and wrote|took the media away"):
        run_state_machine_as_test(lambda: ResumeMachine(valkey, fenced=False), settings=found_at_once)
