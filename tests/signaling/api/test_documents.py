"""What was signed, on paper: for the physician, and for the patient's link as long as it is valid."""

from __future__ import annotations

import io

import pytest
from api_under_test import Api
from pypdf import PdfReader
from record_under_test import Visit, booked


@pytest.fixture
async def visit(api: Api) -> Visit:
    return await booked(api)


async def pdf(visit: Visit, path: str, headers: dict[str, str] | None = None) -> str:
    """The text of the PDF behind a path."""
    person = visit.api.stranger if headers else visit.physician
    async with person.http.get(person.url + path, headers=headers or {}) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Ana" not in answer.headers["Content-Disposition"]
        pages = PdfReader(io.BytesIO(await answer.read())).pages
        return "\n".join(page.extract_text() for page in pages)


async def test_the_physician_prints_what_was_signed(visit: Visit) -> None:
    path = f"/api/v1/consultations/{visit.id}/record/versions/1/document"
    await visit.do("")
    await visit.physician.ask("GET", path, status=404)
    await visit.sign()
    text = await pdf(visit, path)
    for said in ("Clínica", "Ana Peña", "V-12.345.678", "Paracetamol 500 mg", "cada 8 h", "Reposo y mucha agua",
                 "Name of physician", "MPPS 1234", "15/12/2026"):  # fmt: skip
        assert said in text, said
    assert "Prescription" in await pdf(visit, path + "?lang=en")
    await visit.physician.ask("GET", path.replace("/1/", "/2/"), status=404)
    await visit.physician.ask("GET", path.replace("/1/", "/x/"), status=404)


async def test_the_patients_link_gives_out_what_counts_and_nothing_else(visit: Visit) -> None:
    listed = "/api/v1/visit/documents"
    assert await visit.with_link(listed) == {"documents": []}
    await visit.sign()
    [one] = (await visit.with_link(listed))["documents"]
    assert (one["number"], one["signed_by"]) == (1, "Name of physician")
    headers = {"Authorization": f"Join {visit.token}"}
    assert "Paracetamol 500 mg" in await pdf(visit, f"{listed}/1", headers)
    await visit.save("instructions", "Reposo y dieta", base=4)
    assert (await visit.with_link(f"{listed}/2", status=404))["code"] == "document-unknown"
    await visit.do("/amend", {"reason": "Faltaba la dieta"})
    assert [each["number"] for each in (await visit.with_link(listed))["documents"]] == [2]
    assert (await visit.with_link(f"{listed}/1", status=410))["code"] == "document-replaced"
    assert "Reposo y dieta" in await pdf(visit, f"{listed}/2", headers)


async def test_other_seats_and_dead_links_get_nothing(visit: Visit) -> None:
    office = visit.api.office
    await visit.sign()
    appointment = await office.diary.agenda.load(visit.id)
    companion = await office.store.issue_link(visit.id, appointment.companions[0].seat)
    for path in ("/api/v1/visit/documents", "/api/v1/visit/documents/1"):
        assert (await visit.with_link(path, token=companion, status=403))["code"] == "not-the-patient"
        assert (await visit.with_link(path, token="nothing", status=401))["code"] == "link-unknown"
    await office.store.revoke(visit.id, appointment.patient_seat)
    await visit.with_link("/api/v1/visit/documents/1", status=401)
