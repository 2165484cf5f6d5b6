"""The diary over HTTP: two who book at once, what is in the way and when else, who sees why a patient comes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from api_under_test import Api, signed_in
from booking_desk import ANA, SECRET, ana, booked, physician, tomorrow, wanted


async def test_book_show_and_read(api: Api) -> None:
    person = api.staff["coordinator"]
    sheet = await booked(api, companions=["Luz Paz"])
    assert sheet["starts_at"] == f"{tomorrow(api)}-04:00"
    assert (sheet["patient"]["name"], sheet["physician"]["name"]) == (ANA["name"], "Name of physician")
    assert [(each["role"], each["state"]) for each in sheet["links"]] == [("patient", "none"), ("companion", "none")]
    day = await person.ask("GET", f"/api/v1/appointments?day={tomorrow(api)[:10]}")
    assert [each["id"] for each in day["appointments"]] == [sheet["id"]]
    assert (day["starts_at"], day["zone"]) == (f"{tomorrow(api)[:10]}T00:00:00-04:00", "America/Caracas")
    week = await person.ask("GET", f"/api/v1/appointments?day={tomorrow(api)[:10]}&span=week")
    assert [each["id"] for each in week["appointments"]] == [sheet["id"]]
    other = await person.ask("GET", f"/api/v1/appointments?day={tomorrow(api)[:10]}&physician=nobody")
    assert other["appointments"] == []
    of_patient = await person.ask("GET", f"/api/v1/appointments?patient={sheet['patient_id']}")
    assert [each["id"] for each in of_patient["appointments"]] == [sheet["id"]]


async def test_two_coordinators_book_the_same_slot_at_once(api: Api) -> None:
    ann, bob = api.staff["coordinator"], await signed_in(api, "coordinator", name="bob")
    patients = [await ana(ann), await ana(bob, cedula="V-9.876.543", name="Eva Díaz", birth_date="1/1/1970")]

    async def book(who: int) -> tuple[int, dict[str, object]]:
        person = (ann, bob)[who]
        headers = {"Origin": person.url, "X-CSRF-Token": person.csrf, "Idempotency-Key": f"race-{who}"}
        url = f"{person.url}/api/v1/appointments"
        async with person.http.post(url, json=wanted(api, patients[who]), headers=headers) as answer:
            return answer.status, await answer.json()

    told = sorted(await asyncio.gather(book(0), book(1)), key=lambda each: each[0])
    assert [status for status, _ in told] == [201, 409]
    (_, won), (_, lost) = told
    assert lost["code"] == "slot-taken"
    assert lost["message"] == "El médico ya tiene una cita a esa hora. Elija otra."
    more = lost["more"]
    assert isinstance(more, dict)
    assert more["appointment"] == won["id"]
    free = [datetime.fromisoformat(each) for each in more["free"].split()]
    asked = datetime.fromisoformat(str(won["starts_at"]))
    assert [round((each - asked).total_seconds() / 60) for each in free] == [-40, -20, 20, 40]
    loser = bob if won["patient_id"] == patients[0] else ann
    seen = await loser.ask("GET", f"/api/v1/appointments/{more['appointment']}")
    assert seen["booked_by"]["name"] in ("Name of coordinator", "Name of bob")
    mine = patients[1] if won["patient_id"] == patients[0] else patients[0]
    again = wanted(api, mine, starts_at=free[0].isoformat())
    await loser.ask("POST", "/api/v1/appointments", again, status=201)


async def test_one_patient_cannot_be_in_two_visits(api: Api) -> None:
    sheet = await booked(api)
    other = await signed_in(api, "physician", name="rey")
    assert other.member is not None
    body = wanted(api, sheet["patient_id"], physician=other.member.id)
    told = await api.staff["coordinator"].ask("POST", "/api/v1/appointments", body, status=409)
    assert (told["code"], told["more"]["appointment"]) == ("patient-busy", sheet["id"])


async def test_over_another_one_only_by_who_may(api: Api) -> None:
    sheet = await booked(api)
    person = api.staff["coordinator"]
    eva = await ana(person, cedula="V-9.876.543", name="Eva Díaz", birth_date="1/1/1970")
    body = wanted(api, eva, overbook=True)
    told = await person.ask("POST", "/api/v1/appointments", body, status=403)
    assert told["code"] == "may-not-overbook"
    made = await api.staff["physician"].ask("POST", "/api/v1/appointments", body, status=201)
    assert made["overbooked"]
    assert made["starts_at"] == sheet["starts_at"]


async def test_a_coordinator_writes_why_and_only_who_treats_reads_it(api: Api) -> None:
    sheet = await booked(api)
    path = f"/api/v1/appointments/{sheet['id']}"
    await api.staff["coordinator"].ask("POST", f"{path}/cancel", {"party": "patient", "why": SECRET})
    for role in ("coordinator", "administrator"):
        for url in (path, f"/api/v1/appointments?day={tomorrow(api)[:10]}"):
            assert SECRET not in str(await api.staff[role].ask("GET", url))
    assert await api.office.audit.page(consultation=sheet["id"], action="read") == await api.office.audit.page(
        actor="x"
    )
    seen = await api.staff["physician"].ask("GET", path)
    assert (seen["reason"], seen["cancelled_why"]) == (SECRET, SECRET)
    [entry] = (await api.office.audit.page(consultation=sheet["id"], action="read")).entries
    assert (entry.fields["actor"], entry.fields["facts"]) == (physician(api), "reason")


async def test_reschedule_cancel_and_no_show(api: Api) -> None:
    person = api.staff["coordinator"]
    sheet = await booked(api)
    path = f"/api/v1/appointments/{sheet['id']}"
    moved = await person.ask("POST", f"{path}/reschedule", {"starts_at": tomorrow(api, 11), "minutes": 30})
    assert (moved["starts_at"], moved["ends_at"]) == (f"{tomorrow(api, 11)}-04:00", f"{tomorrow(api, 11, 30)}-04:00")
    told = await person.ask("POST", f"{path}/no-show", {"absence": "patient"}, status=409)
    assert told["code"] == "not-started"
    gone = await person.ask("POST", f"{path}/cancel", {"party": "clinic"})
    assert (gone["status"], gone["cancelled_by"]) == ("cancelled", "clinic")
    await person.ask("POST", f"{path}/cancel", {"party": "clinic"})
    told = await person.ask("POST", f"{path}/reschedule", {"starts_at": tomorrow(api), "minutes": 20}, status=409)
    assert told["code"] == "closed"


@pytest.mark.parametrize("absence", ["patient", "physician", "technical"])
async def test_whose_no_show_it_was_is_kept_apart(api: Api, absence: str) -> None:
    now = api.office.now() - timedelta(minutes=10)
    sheet = await booked(api, starts_at=now.isoformat())
    path = f"/api/v1/appointments/{sheet['id']}/no-show"
    missed = await api.staff["coordinator"].ask("POST", path, {"absence": absence})
    assert (missed["status"], missed["absence"]) == ("noshow", absence)


async def test_a_lost_answer_is_given_again_and_books_once(api: Api) -> None:
    person = api.staff["coordinator"]
    body, key = wanted(api, await ana(person)), {"Idempotency-Key": "once"}
    made = [await person.ask("POST", "/api/v1/appointments", body, status=201, headers=key) for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    told = await person.ask("POST", "/api/v1/appointments", {**body, "minutes": 30}, status=422, headers=key)
    assert told["code"] == "idempotency-key-reused"


async def test_what_cannot_be_booked_says_why(api: Api) -> None:
    person = api.staff["coordinator"]
    patient = await ana(person)
    cases: list[tuple[dict[str, object], int, str]] = [
        ({"patient": "nobody"}, 422, "unknown-patient"),
        ({"patient": "clinic"}, 422, "unknown-patient"),
        ({"physician": "nobody"}, 422, "invalid"),
        ({"physician": person.member.id if person.member else ""}, 422, "invalid"),
        ({"starts_at": "2020-01-01T09:00"}, 422, "in-past"),
        ({"starts_at": "2062-01-01T09:00"}, 422, "too-far"),
        ({"starts_at": "0001-01-01T00:00"}, 422, "invalid"),
        ({"minutes": 3}, 422, "bad-length"),
        ({"reason": "x" * 201}, 422, "bad-reason"),
        ({"companions": ["Ana Paz"] * 5}, 422, "too-many-companions"),
        ({"companions": ["Ana Paz", "123"]}, 422, "invalid"),
    ]
    for change, status, code in cases:
        told = await person.ask("POST", "/api/v1/appointments", wanted(api, patient, **change), status=status)
        assert told["code"] == code, change
        assert told["message"], change


async def test_an_unknown_appointment_a_wild_day_and_a_wild_page(api: Api) -> None:
    person = api.staff["coordinator"]
    await person.ask("GET", "/api/v1/appointments/0000", status=404)
    await person.ask("POST", "/api/v1/appointments/0000/cancel", {"party": "clinic"}, status=404)
    await person.ask("GET", "/api/v1/appointments?day=9999-12-31", status=422)
    told = await person.ask("GET", "/api/v1/appointments?after=x", status=422)
    assert told["code"] == "bad-cursor"


async def test_physicians_that_one_can_book_with(api: Api) -> None:
    found = await api.staff["coordinator"].ask("GET", "/api/v1/physicians")
    assert [each["id"] for each in found["physicians"]] == [physician(api)]


async def test_the_clinic_s_own_system_books_by_its_key(api: Api) -> None:
    rights = ["appointments.read", "appointments.write", "patients.read", "patients.write"]
    asked = {"label": "HIS", "capabilities": rights}
    made = await api.staff["administrator"].ask("POST", "/api/v1/api-keys", asked, status=201)
    key = {"Authorization": f"Bearer {made['token']}"}
    system = api.stranger
    [doctor] = (await system.ask("GET", "/api/v1/physicians", headers=key))["physicians"]
    patient = await system.ask("POST", "/api/v1/patients", ANA, status=201, headers=key)
    body = wanted(api, patient["id"], physician=doctor["id"])
    sheet = await system.ask("POST", "/api/v1/appointments", body, status=201, headers=key)
    assert (sheet["source"], sheet["booked_by"]["name"], sheet["reason"]) == ("api", "", None)
    path = f"/api/v1/appointments/{sheet['id']}/links/{sheet['links'][0]['seat']}"
    assert "/join/" in (await system.ask("POST", path, status=201, headers=key))["url"]
    told = await system.ask("POST", "/api/v1/appointments", {**body, "overbook": True}, status=403, headers=key)
    assert told["code"] == "may-not-overbook"
