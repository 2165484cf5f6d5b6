"""What an administrator chooses in the clinic's profile holds: for links made from then on, and for the line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api_under_test import Api
from record_under_test import Visit, booked
from test_queue import queue, waiting

from clinic.intake.questionnaire import Answer
from clinic.intake.questionnaires import BEFORE_VISIT
from clinic.intake.triage_default import DEFAULT
from clinic.people.request import Request


async def chosen(api: Api, **choices: Any) -> None:
    profile = {"name": "Clínica Los Andes", **choices}
    await api.staff["administrator"].ask("PUT", "/api/v1/clinic/profile", {"base": 0, "profile": profile})


async def link(visit: Visit) -> str:
    """The token of a link that the coordinator makes for the patient."""
    seat = (await visit.api.office.diary.agenda.load(visit.id)).patient_seat
    made = await visit.api.staff["coordinator"].ask("POST", f"/api/v1/appointments/{visit.id}/links/{seat}", status=201)
    return str(made["url"]).rpartition("/")[2]


async def test_links_ask_what_the_profile_says(api: Api) -> None:
    visit = await booked(api)
    unasked = await visit.with_link("/api/v1/visit/check", token=await link(visit))
    assert unasked["question"] == ""
    await chosen(api, second_check="birth-year")
    asked = await visit.with_link("/api/v1/visit/check", token=await link(visit))
    assert asked["question"] == "birth-year"


async def test_who_has_a_warning_sign_is_first_where_the_clinic_says_so(api: Api) -> None:
    first = await booked(api, minutes=0)
    second = await booked(api, "Eva Rojas", "V-87654321", minutes=25)
    for visit in (first, second):
        await waiting(api, visit)
    request = Request("warning", second.patient, "patient", api.office.now())
    await api.office.questionnaires.publish(BEFORE_VISIT, DEFAULT, 0, Request("q", "a", "administrator", request.at))
    await api.office.triage.begin(second.id, second.patient, BEFORE_VISIT, request)
    await api.office.triage.save(second.id, {"breath": (Answer(value_boolean=True),)}, replace(request, id="answer"))
    assert await places(api) == {first.id: 1, second.id: 2}
    await chosen(api, urgent_first=True)
    assert await places(api) == {second.id: 1, first.id: 2}


async def places(api: Api) -> dict[str, int]:
    return {each["id"]: each["place"] for each in (await queue(api))["visits"]}
