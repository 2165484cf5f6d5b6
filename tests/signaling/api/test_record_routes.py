"""The record over HTTP: written once however often it is sent, closed, signed, amended, and read by those who may."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from api_under_test import Api, Person, signed_in
from record_under_test import FULL, Visit, booked

from clinic import events as e
from clinic import keys as clinic_keys
from clinic.record.record import MissingCode, Refusal, RefusalCode
from signaling.api.record import _code
from signaling.api.words import TEXTS


@pytest.fixture
async def visit(api: Api) -> Visit:
    return await booked(api)


async def actions(visit: Visit) -> list[tuple[str, str]]:
    """(action, who) of the audit, for what is about a record."""
    entries = [fields for _, fields in await visit.api.clinic.redis.xrange(clinic_keys.AUDIT)]
    return [
        (fields[b"action"].decode(), fields[b"actor"].decode())
        for fields in entries
        if fields[b"action"].startswith(b"record-") or fields[b"action"] == b"read"
    ]


async def colleague(api: Api) -> Person:
    return await signed_in(api, "physician", name="luz")


async def test_the_physician_of_the_diary_opens_the_record_once(visit: Visit) -> None:
    other = await colleague(visit.api)
    assert (await visit.do("", by=other, status=403))["code"] == "record-not-yours"
    assert (await visit.read(status=404))["code"] == "record-unknown"
    first = await visit.do("")
    assert (first["status"], first["revision"], first["patient"]) == ("draft", 0, visit.patient)
    assert first["missing"] == ["reason", "impression", "treatment", "next-action"]
    assert first["physicians"][0]["name"] == "Name of physician"
    await visit.save("reason", "Cefalea")
    assert (await visit.do(""))["fields"]["reason"][0]["value"] == "Cefalea"
    assert (await visit.do("", by=other))["fields"]["reason"][0]["value"] == "Cefalea"
    await visit.api.clinic.services[0].office.audit.verify()
    await other.http.close()


async def test_a_consultation_that_nobody_booked_has_no_record(visit: Visit) -> None:
    told = await visit.physician.ask("POST", "/api/v1/consultations/0123456789abcdef/record", status=404)
    assert told["code"] == "not-found"


async def test_coordinators_and_administrators_see_no_clinical_text(visit: Visit) -> None:
    await visit.do("")
    for role in ("coordinator", "administrator"):
        for what in ("", "/history", "/status"):
            await visit.read(what, by=visit.api.staff[role], status=403)


async def test_a_save_that_is_sent_again_is_applied_once(visit: Visit) -> None:
    await visit.do("")
    body = {"field": "reason", "value": "Cefalea", "base": 0, "client": "page-a", "edit": 1}
    path = f"/api/v1/consultations/{visit.id}/record/fields"
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*(visit.physician.ask("POST", path, body, headers=headers) for _ in range(3)))
    assert [each["own"] for each in answers] == [1, 1, 1]
    assert (await visit.read())["revision"] == 1


async def test_texts_of_two_devices_stand_beside_each_other_until_one_is_chosen(visit: Visit) -> None:
    await visit.do("")
    await visit.save("reason", "Cefalea", client="page-a")
    both = await visit.save("reason", "Mareo", client="page-b")
    heads = both["fields"]["reason"]
    assert [each["value"] for each in heads] == ["Cefalea", "Mareo"]
    assert "conflict" in both["missing"]
    body = {"field": "reason", "value": "Cefalea y mareo", "seen": [each["revision"] for each in heads]}
    after = await visit.do("/choice", {**body, "client": "page-a", "edit": 99})
    assert [each["value"] for each in after["fields"]["reason"]] == ["Cefalea y mareo"]
    assert "conflict" not in after["missing"]


async def test_the_gate_says_all_that_is_missing_in_words(visit: Visit) -> None:
    await visit.do("")
    told = await visit.do("/complete", status=422)
    assert told["code"] == "record-incomplete"
    assert [(each["field"], each["message"]) for each in told["fields"]] == [
        ("reason", "Falta el motivo de la consulta."),
        ("impression", "Falta al menos una impresión diagnóstica."),
        ("treatment", "Falta el récipe o las indicaciones."),
        ("next-action", "Falta el próximo paso."),
    ]
    await visit.fill(prescriptions=[{"id": "p1", "medication": "Paracetamol"}], next_action={"kind": "lab"})
    told = await visit.do("/complete", status=422)
    assert [each["field"] for each in told["fields"]] == ["prescription-details", "next-action-details"]


async def test_from_the_draft_to_an_amendment(visit: Visit) -> None:
    await visit.do("")
    assert (await visit.do("/sign", {}, status=409))["code"] == "record-not-completed"
    await visit.fill()
    assert (await visit.do("/complete"))["status"] == "completed"
    assert [each["consultation"] for each in await tasks(visit)] == [visit.id]
    signed = await visit.do("/sign", {})
    assert (signed["status"], signed["versions"][0]["content"]["reason"]) == ("signed", FULL["reason"])
    assert await tasks(visit) == []
    assert (await visit.do("/amend", {"reason": "x"}, status=409))["code"] == "record-nothing-changed"
    changed = await visit.save("instructions", "Reposo, agua y dieta", base=4)
    assert changed["amended"] is True
    assert (await visit.do("/amend", {"reason": " "}, status=422))["code"] == "record-reason-required"
    amended = await visit.do("/amend", {"reason": "Faltaba la dieta"})
    assert [(each["number"], each["reason"]) for each in amended["versions"]] == [(1, ""), (2, "Faltaba la dieta")]
    assert amended["amended"] is False


async def tasks(visit: Visit) -> list[dict[str, str]]:
    answer = await visit.physician.ask("GET", "/api/v1/record-tasks")
    found: list[dict[str, str]] = answer["consultations"]
    return found


async def test_an_interrupted_visit_is_a_task_with_its_reason(visit: Visit) -> None:
    await visit.do("")
    assert (await visit.do("/interrupt", {"reason": ""}, status=422))["code"] == "record-reason-required"
    after = await visit.do("/interrupt", {"reason": "Se cortó la luz"})
    assert (after["status"], after["interrupted_because"]) == ("interrupted", "Se cortó la luz")
    [task] = await tasks(visit)
    assert (task["patient_name"], task["status"]) == ("Ana Peña", "interrupted")


async def test_who_was_handed_the_case_writes_and_signs(visit: Visit) -> None:
    other = await colleague(visit.api)
    assert other.member is not None
    await visit.do("")
    coordinator = visit.api.staff["coordinator"].member
    assert coordinator is not None
    assert (await visit.do("/hand-over", {"to": coordinator.id}, status=422))["code"] == "record-not-a-physician"
    after = await visit.do("/hand-over", {"to": other.member.id})
    assert [each["name"] for each in after["physicians"]] == ["Name of physician", "Name of luz"]
    await visit.fill()
    assert (await visit.do("/complete", status=403))["code"] == "record-not-yours"
    await visit.do("/complete", by=other)
    assert (await visit.do("/sign", {}, by=other))["versions"][0]["signed_by"] == other.member.id
    await other.http.close()


async def test_the_record_follows_the_diary_to_another_physician_and_back(visit: Visit) -> None:
    other = await colleague(visit.api)
    me = visit.physician.member
    assert other.member is not None
    assert me is not None
    await visit.do("")
    coordinator, path = visit.api.staff["coordinator"], f"/api/v1/consultations/{visit.id}/hand-over"
    await coordinator.ask("POST", path, {"physician": other.member.id, "reason": "late"}, status=204)
    assert (await visit.do("/interrupt", {"reason": "x"}, by=other, status=403))["code"] == "record-not-yours"
    opened = await visit.do("", by=other)
    assert [each["id"] for each in opened["physicians"]] == [me.id, other.member.id]
    assert await visit.do("", by=other) == opened | {"own": 0}
    assert [each["id"] for each in (await visit.do(""))["physicians"]] == [me.id, other.member.id]
    await coordinator.ask("POST", path, {"physician": me.id, "reason": "late"}, status=204)
    assert (await visit.do(""))["physicians"][-1]["id"] == me.id
    await visit.do("/interrupt", {"reason": "Se cortó la luz"})
    await other.http.close()


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_megabyte_of_text_is_answered_in_words(visit: Visit) -> None:
    await visit.do("")
    told = await visit.save("reason", "á" * 500_000, status=422)
    assert told["code"] == "record-text-too-long"
    assert told["more"] == {"limit": "20000"}
    assert "20 000 caracteres" in told["message"]
    long = [{"id": "i1", "text": "x" * 501}]
    assert (await visit.save("impressions", long, status=422))["code"] == "record-line-too-long"
    many = [{"id": f"i{n}", "text": "x"} for n in range(41)]
    assert (await visit.save("impressions", many, status=422))["code"] == "record-too-many-items"
    assert (await visit.save("impressions", {"not": "a list"}, status=422))["code"] == "record-malformed"
    assert (await visit.save("reason", "x" * 5_000_000, status=413))["code"] == "too-large"
    assert (await visit.read())["revision"] == 0


async def test_every_read_of_texts_is_audited_and_the_status_is_not(visit: Visit) -> None:
    await visit.do("")
    before = await actions(visit)
    assert await visit.read("/status") == {"revision": 0, "status": "draft"}
    assert await actions(visit) == before
    await visit.read()
    await visit.read("/history")
    await visit.physician.ask("GET", f"/api/v1/patients/{visit.patient}/records")
    me = visit.physician.member
    assert me is not None
    assert (await actions(visit))[len(before) :] == [("read", me.id)] * 3


async def test_the_history_names_who_did_what(visit: Visit) -> None:
    await visit.sign()
    told = await visit.read("/history")
    kinds = [each["type"] for each in told["changes"]]
    assert kinds == ["saved"] * 5 + ["completed", "signed"]
    me = visit.physician.member
    assert me is not None
    assert told["names"] == {me.id: "Name of physician"}
    assert told["changes"][0]["value"] == FULL["reason"]


async def test_earlier_records_of_the_patient(visit: Visit) -> None:
    await visit.do("")
    told = await visit.physician.ask("GET", f"/api/v1/patients/{visit.patient}/records")
    [one] = told["consultations"]
    assert (one["consultation"], one["physician_name"]) == (visit.id, "Name of physician")


async def on_the_timeline(visit: Visit, *facts: tuple[int, e.Event]) -> None:
    """Facts with the times that they have in a story."""
    stream = clinic_keys.timeline(visit.id)
    await visit.api.clinic.redis.delete(stream)
    for at_ms, fact in facts:
        await visit.api.clinic.redis.xadd(stream, {"e": fact.model_dump_json()}, id=f"{at_ms}-1")


async def held_by_voice(visit: Visit) -> None:
    state = (await visit.api.clinic.store.load(visit.id)).consultation
    seats = {seat.role: seat.id for seat in state.seats}
    await on_the_timeline(
        visit,
        (1000, e.Joined(seat=seats["patient"], generation=1)),
        (1001, e.Joined(seat=seats["physician"], generation=1)),
        (2000, e.LevelChanged(seat=seats["patient"], direction="up", level="A1", reason="congested")),
        (60_000, e.Left(seat=seats["patient"], reason="hung-up")),
    )


async def test_what_was_decided_by_voice_is_signed_with_the_physicians_word(visit: Visit) -> None:
    await held_by_voice(visit)
    told = await visit.physician.ask("GET", f"/api/v1/consultations/{visit.id}/visit")
    assert (told["held"], told["voice_ms"]) == ("voice", 58_000)
    assert [step["type"] for step in told["steps"]] == ["joined", "joined", "level_changed", "left"]
    await visit.do("")
    await visit.fill()
    await visit.do("/complete")
    assert (await visit.do("/sign", {}, status=422))["code"] == "record-attestation-required"
    signed = await visit.do("/sign", {"attested": True})
    assert (signed["versions"][0]["held"], signed["versions"][0]["attested"]) == ("voice", True)


async def test_diagnoses_are_found_by_code_and_by_words(visit: Visit) -> None:
    ask = visit.physician.ask
    by_code = await ask("GET", "/api/v1/diagnoses?q=G43")
    assert by_code["diagnoses"][0]["code"].startswith("G43")
    by_words = await ask("GET", "/api/v1/diagnoses?q=dengue")
    assert by_words["diagnoses"]
    whole = await ask("GET", "/api/v1/diagnoses/all")
    assert len(whole["diagnoses"]) == len(visit.api.office.icd10)


def test_all_that_a_record_may_lack_or_refuse_has_words() -> None:
    lacks = {f"field-record-lacks-{code}" for code in get_args(MissingCode)}
    told = {_code(Refusal(code)) for code in get_args(RefusalCode)}
    assert lacks | told <= TEXTS["es"].keys()
