"""Erasing a patient over HTTP: who may, what stands against it, and that it is for good."""

from __future__ import annotations

from typing import Any

from api_under_test import Api

JOSE = {"name": "José Gregorio Paz", "birth_date": "1980-03-31", "cedula": "V-12345678"}


async def taken_in(api: Api) -> Any:
    return await api.staff["coordinator"].ask("POST", "/api/v1/patients", JOSE, status=201)


async def test_an_erased_patient_is_found_no_more(api: Api) -> None:
    patient, admin = await taken_in(api), api.staff["administrator"]
    path = f"/api/v1/patients/{patient['id']}/erasure"
    await api.staff["coordinator"].ask("GET", path, status=403)
    assert (await admin.ask("GET", path))["code"] == "may"
    assert (await admin.ask("POST", path, {}, status=200)) == {"consultations": 0}
    assert (await admin.ask("POST", "/api/v1/patients/find", {"text": "12345678"}))["patients"] == []
    assert (await admin.ask("GET", path, status=410))["code"] == "patient-erased"


async def test_nobody_has_this_id(api: Api) -> None:
    await api.staff["administrator"].ask("GET", "/api/v1/patients/0123456789abcdef/erasure", status=404)
