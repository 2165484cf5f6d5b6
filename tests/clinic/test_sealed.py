"""What was said in a consultation is in Redis under the patient's key only; it goes on when that key is gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from redis.asyncio import Redis

from clinic import keys
from clinic.commands import Consent, Expire, SaveNote, SendChat, SetMedia
from clinic.consultation import Consultation, Seat
from clinic.events import Chat, Event, Fact, NoteSaved, Words
from clinic.privacy.audit_entry import CONSULTATION
from clinic.privacy.sealing import Sealer, Tampered
from clinic.privacy.vault import Vault
from clinic.records import Applied, Created, NewSeat, Refused
from clinic.sealed import ERASED, opened_event, opened_state, sealed_event, sealed_state
from clinic.store import Store
from stores import MASTER, sealed_store

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SECRETS = ("Ana Secreta", "Dr. Secreto", "motivo secreto", "hola secreta", "nota secreta")
SEALER = Sealer("clinic", "ana", b"k" * 32)

IN_CLEAR = {
    "type", "seat", "by", "text_version", "text_sha256", "lang", "command_id", "starts_at", "ends_at",
    "reason", "problem", "direction", "level", "hold", "giver", "language", "name",
}  # fmt: skip
"""Fields of facts that are text, and hold ids, codes or times. What somebody writes goes into `Words.text`."""


@pytest.fixture
def store(redis: Redis) -> Store:
    return sealed_store(redis)


async def spoken(store: Store) -> Created:
    """A consultation in which each of `SECRETS` was said."""
    made = await store.create_consultation(
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=20),
        reason="motivo secreto",
        seats=[NewSeat("patient", "Ana Secreta"), NewSeat("physician", "Dr. Secreto")],
    )
    patient, physician = (seat.id for seat in made.seats)
    for command in (
        Consent("command-1", patient, "1", "a" * 64, "es"),
        SendChat("command-2", patient, "hola secreta"),
        SaveNote("command-3", physician, "nota secreta", ""),
        SetMedia("command-4", physician, audio=False, video=True),
    ):
        assert isinstance(await store.execute(made.consultation, command, NOW), Applied)
    return made


async def test_nothing_that_was_said_is_in_redis(store: Store, redis: Redis) -> None:
    made = await spoken(store)
    state = await redis.hgetall(keys.state(made.consultation))
    timeline = await redis.xrange(keys.timeline(made.consultation))
    kept = repr((state, timeline, await redis.xrange(keys.AUDIT), await redis.xrange(keys.OUTBOX)))
    assert [secret for secret in SECRETS if secret in kept] == []
    assert "physician" in kept


async def test_all_of_it_is_read_again(store: Store) -> None:
    made = await spoken(store)
    snapshot = await store.load(made.consultation)
    state = snapshot.consultation
    assert [seat.name for seat in state.seats] == ["Ana Secreta", "Dr. Secreto"]
    assert (state.reason, state.note, state.note_id) == ("motivo secreto", "nota secreta", "command-3")
    assert snapshot.subject == CONSULTATION + made.consultation
    events = [stored.event for stored in (await store.events_after(made.consultation, None, 10)).events]
    assert [event.text for event in events if isinstance(event, Words)] == ["hola secreta", "nota secreta"]


async def test_words_are_sealed_anew_only_where_they_change(store: Store, redis: Redis) -> None:
    made = await spoken(store)

    async def sealed() -> str:
        return str(json.loads(await redis.hget(keys.state(made.consultation), "state") or b"")["sealed"])

    before = await sealed()
    await store.execute(made.consultation, SetMedia("command-5", made.seats[1].id, audio=True, video=True), NOW)
    assert await sealed() == before
    await store.execute(made.consultation, SaveNote("command-6", made.seats[1].id, "otra", "command-3"), NOW)
    assert await sealed() != before


async def test_a_consultation_goes_on_without_its_words_when_the_key_is_gone(store: Store, redis: Redis) -> None:
    made = await spoken(store)
    patient = made.seats[0].id
    assert await Vault(redis, MASTER).destroy(CONSULTATION + made.consultation, NOW)
    state = (await store.load(made.consultation)).consultation
    assert ([seat.name for seat in state.seats], state.reason, state.note) == (["", ""], "", "")
    assert [seat.role for seat in state.seats] == ["patient", "physician"]
    events = [stored.event for stored in (await store.events_after(made.consultation, None, 10)).events]
    assert [event.text for event in events if isinstance(event, Words)] == [ERASED, ERASED]
    media = SetMedia("command-7", patient, audio=False, video=False)
    assert isinstance(await store.execute(made.consultation, media, NOW), Applied)
    assert await store.execute(made.consultation, SendChat("command-8", patient, "hola"), NOW) == Refused("ended")
    late = NOW + timedelta(hours=2)
    assert isinstance(await store.execute(made.consultation, Expire("expire"), late), Applied)
    assert (await store.load(made.consultation)).consultation.status == "ended"


async def test_a_message_that_was_moved_is_found(store: Store, redis: Redis) -> None:
    one, other = await spoken(store), await spoken(store)
    moved = (await redis.xrange(keys.timeline(one.consultation)))[1][1]
    await redis.xadd(keys.timeline(other.consultation), moved)
    with pytest.raises(Tampered):
        await store.events_after(other.consultation, None, 10)


@pytest.mark.parametrize(
    ("field", "value"), [("seat", "other"), ("command_id", "command-2"), ("sealed", "1.AAAA"), ("type", "note_saved")]
)
def test_a_changed_message_is_not_read_as_another(field: str, value: str) -> None:
    said = Chat(seat="seat", text="hola", command_id="command-1")
    fields = json.loads(sealed_event("room", said, SEALER))
    assert opened_event("room", json.dumps(fields).encode(), SEALER) == said
    changed = json.dumps({**fields, field: value}).encode()
    if field == "type":  # both are words of the same seat under the same command
        assert opened_event("room", changed, SEALER) == NoteSaved(seat="seat", text="hola", command_id="command-1")
    else:
        with pytest.raises(Tampered):
            opened_event("room", changed, SEALER)


def test_words_in_clear_are_nobodys() -> None:
    forged = Chat(seat="seat", text="hola", command_id="command-1").model_dump_json()
    with pytest.raises(Tampered):
        opened_event("room", forged.encode(), SEALER)


def test_a_state_without_words_needs_no_key() -> None:
    state = Consultation("room", NOW, NOW, "", (Seat("seat", "patient", ""),))
    text = sealed_state(state, SEALER)
    assert json.loads(text)["sealed"] == ""
    assert opened_state(text.encode(), SEALER) == (state, "")


def test_every_text_of_a_fact_is_an_id_or_sealed() -> None:
    """Whoever adds a fact with something that people write derives it from `Words`."""
    facts: list[type[Fact]] = list(get_args(get_args(Event)[0]))
    assert len(facts) > 10
    for fact in facts:
        texts = {name for name, each in fact.model_fields.items() if "str" in str(each.annotation)}
        assert texts - IN_CLEAR <= ({"text"} if issubclass(fact, Words) else set()), fact
