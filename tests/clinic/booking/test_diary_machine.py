"""Any commands of anybody in any order, some of them at once, over a real Valkey: nobody is in two places."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from itertools import combinations
from typing import TypeVar

from diary_office import NOW, Office, wanted
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from clinic.booking import appointment as a
from clinic.booking.agenda import Query
from clinic.booking.request import Wanted
from clinic.booking.rules import Refusal
from clinic.booking.step import Done
from valkey_process import ValkeyProcess

PATIENTS = ("ana", "eva", "leo")
Result = TypeVar("Result")

starts = st.integers(1, 12).map(lambda n: 15 * n)
wishes = st.builds(
    wanted,
    minutes=starts,
    length=st.sampled_from([15, 30, 45]),
    patient=st.sampled_from(PATIENTS),
    physician=st.sampled_from(["paz", "rey"]),
)
changes = st.one_of(
    st.just(a.Arrive()),
    st.just(a.Fulfil()),
    st.just(a.Cancel("patient")),
    st.just(a.MarkNoShow("patient")),
    starts.map(lambda at: a.Reschedule(wanted(at).starts_at, wanted(at).ends_at)),
)
which = st.integers(0, 5)


class DiaryMachine(RuleBasedStateMachine):
    def __init__(self, valkey: ValkeyProcess) -> None:
        super().__init__()
        valkey.flush()
        self.loop = asyncio.Runner()
        self.clients = [Redis.from_url(valkey.url, socket_timeout=None) for _ in range(2)]
        self.offices = [Office(client) for client in self.clients]
        self.do(self.offices[0].register(*PATIENTS))
        self.known: list[str] = []

    def do(self, work: Awaitable[Result]) -> Result:
        async def run() -> Result:
            return await work

        return self.loop.run(run())

    def note(self, answer: Done | Refusal) -> None:
        if isinstance(answer, Done) and answer.appointment not in self.known:
            self.known.append(answer.appointment)
        if isinstance(answer, Refusal) and answer.code in ("slot-taken", "patient-busy"):
            assert answer.clash in self.known

    @rule(first=wishes, second=wishes, same_key=st.booleans())
    def book_two_at_once(self, first: Wanted, second: Wanted, same_key: bool) -> None:
        here, there = self.offices
        author = here.author(by="luz")
        other = author if same_key else there.author(by="rut")

        async def both() -> list[Done | Refusal]:
            return await asyncio.gather(here.diary.book(first, author, NOW), there.diary.book(second, other, NOW))

        answers = self.do(both())
        for answer in sorted(answers, key=lambda each: isinstance(each, Refusal)):
            self.note(answer)
        if same_key and first == second:
            assert [getattr(each, "appointment", each) for each in answers[:1]] == [
                getattr(each, "appointment", each) for each in answers[1:]
            ]

    @rule(one=which, command=changes, other=which, at_once=changes)
    def change_two_at_once(self, one: int, command: a.Change, other: int, at_once: a.Change) -> None:
        if not self.known:
            return
        here, there = self.offices
        first, second = (self.known[n % len(self.known)] for n in (one, other))

        async def both() -> list[Done | Refusal]:
            return await asyncio.gather(
                here.diary.change(first, command, here.author(by="luz"), NOW),
                there.diary.change(second, at_once, there.author(by="rut"), NOW),
            )

        for answer in self.do(both()):
            self.note(answer)

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        everything = self.do(self.offices[0].diary.agenda.page(Query(None, limit=500))).appointments
        assert {appointment.id for appointment in everything} == set(self.known)
        for one, other in combinations([each for each in everything if each.occupies], 2):
            shared = one.physician == other.physician or one.patient == other.patient
            assert not (shared and one.slot.meets(other.slot))
        for appointment in everything:
            state = self.do(self.offices[0].store.load(appointment.id)).consultation
            assert (state.starts_at, state.ends_at) == (appointment.starts_at, appointment.ends_at)
            assert (state.status == "ended") == (appointment.status == "cancelled")

    def teardown(self) -> None:
        assert self.do(self.offices[0].audit.verify()) == ()
        for client in self.clients:
            self.do(client.aclose())
        self.loop.close()


def test_nobody_is_in_two_places_whatever_the_order(valkey: ValkeyProcess) -> None:
    run_state_machine_as_test(
        lambda: DiaryMachine(valkey),
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
