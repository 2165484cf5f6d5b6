"""What is handed out of a patient, and of the clinic as a whole."""

from __future__ import annotations

import io
from zipfile import ZipFile

from api_under_test import Api
from test_erasure_routes import taken_in


async def test_the_register_of_processing_is_read_and_printed(api: Api) -> None:
    admin = api.staff["administrator"]
    record = await admin.ask("GET", "/api/v1/processing-record")
    assert (record["clinic"], record["patient"]) == ("Clínica Hilo", None)
    assert {each["category"] for each in record["processed"]} >= {"identity", "clinical", "chat"}
    page = await admin.ask("GET", "/api/v1/processing-record/page")
    assert "Clínica Hilo" in page


async def test_who_treats_hands_a_patient_all_of_their_data(api: Api) -> None:
    patient = await taken_in(api)
    path = f"{api.url}/api/v1/patients/{patient['id']}/export"
    async with api.staff["physician"].http.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        names = ZipFile(io.BytesIO(await answer.read())).namelist()
    assert {"fhir-bundle.json", "processing.json"} <= set(names)
    page = await api.staff["administrator"].ask("GET", f"/api/v1/audit?patient={patient['id']}&action=read")
    assert "demographics" in page["entries"][0]["facts"]
    await api.staff["administrator"].ask("GET", f"/api/v1/patients/{patient['id']}/export", status=403)
    await api.staff["physician"].ask("GET", "/api/v1/patients/0123456789abcdef/export", status=404)
