"""The day in numbers, and the audit as an administrator sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api_under_test import Api

from clinic.booking.record import Record
from clinic.consultation import Consultation, Seat
from media.contract import NodeInfo
from signaling.api.today import glance

NOON = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
RECORD = Record(
    id="1", patient="p", physician="d", starts_at=NOON, ends_at=NOON + timedelta(minutes=20), patient_seat="s",
    physician_seat="t", companion_seats=(), created_by="c", source="staff", status="booked", overbooked=False,
    absence=None, cancelled_by=None, sealed="",
)  # fmt: skip
PATIENT = Seat("s", "patient", "", arrived=True)


def going(seat: Seat) -> Consultation:
    return Consultation("1", NOON, NOON + timedelta(minutes=20), "", (seat, Seat("t", "physician", "", present=True)))


def test_the_numbers_of_a_day() -> None:
    records = [
        RECORD,
        RECORD.model_copy(update={"starts_at": NOON - timedelta(hours=1)}),
        RECORD.model_copy(update={"status": "fulfilled"}),
        RECORD.model_copy(update={"status": "cancelled", "cancelled_by": "patient"}),
        RECORD.model_copy(update={"status": "noshow", "absence": "technical"}),
    ]
    node = NodeInfo(node_id="n", started_at_ms=1, port=1, capacity=200, participants=2, rooms=1)
    seen = glance(date(2026, 11, 30), records, [going(PATIENT), going(replace(PATIENT, present=True))], [node], NOON)
    assert (seen.appointments, seen.to_come, seen.fulfilled, seen.cancelled) == (4, 2, 1, 1)
    assert (seen.no_shows.patient, seen.no_shows.technical) == (0, 1)
    assert (seen.waiting, seen.in_call, seen.next_at) == (1, 1, NOON)
    assert [each.participants for each in seen.media] == [2]


async def test_a_quiet_day_without_media(api: Api) -> None:
    seen = await api.staff["administrator"].ask("GET", "/api/v1/today")
    assert (seen["appointments"], seen["next_at"], seen["media"]) == (0, None, [])


async def test_who_did_what_is_paged_and_filtered(api: Api) -> None:
    admin = api.staff["administrator"]
    assert admin.member is not None
    first = await admin.ask("GET", "/api/v1/audit?limit=2")
    assert len(first["entries"]) == 2
    rest = await admin.ask("GET", f"/api/v1/audit?before={first['before']}")
    assert {each["id"] for each in first["entries"]}.isdisjoint(each["id"] for each in rest["entries"])
    own = await admin.ask("GET", f"/api/v1/audit?actor={admin.member.id}&action=sign_in")
    assert [each["scope"] for each in own["entries"]] == [f"staff:{admin.member.id}"]
    told = await admin.ask("GET", "/api/v1/audit?before=yesterday&limit=0", status=422)
    assert {each["field"] for each in told["fields"]} == {"before", "limit"}


async def test_one_changed_byte_of_the_audit_is_found_and_named(api: Api) -> None:
    admin, redis = api.staff["administrator"], api.office.redis
    await redis.delete("{clinic}:consultation:" + api.clinic.consultation + ":state")  # seeded without the keys
    stored = [
        each for each in await redis.xrange("{clinic}:audit") if not each[1][b"scope"].startswith(b"consultation")
    ]
    damaged = next(entry for entry, fields in stored if fields[b"action"] == b"sign_in")

    async def verdict(actor: bytes) -> Any:
        await redis.delete("{clinic}:audit")
        for entry, fields in stored:
            await redis.xadd("{clinic}:audit", {**fields, b"actor": actor} if entry == damaged else fields, entry)
        return await admin.ask("POST", "/api/v1/audit/verify")

    whole = next(fields[b"actor"] for entry, fields in stored if entry == damaged)
    assert (await verdict(whole))["whole"] is True
    told = await verdict(b"mallory")
    assert told["whole"] is False
    assert [(each["kind"], each["entry"]) for each in told["findings"]] == [("changed", damaged.decode())]
