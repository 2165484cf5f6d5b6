"""What a patient reads after the visit: what was signed and nothing before it."""

from __future__ import annotations

import pytest
from api_under_test import Api
from record_under_test import Visit, booked

PATH = "/api/v1/visit/summary"


@pytest.fixture
async def visit(api: Api) -> Visit:
    return await booked(api)


async def test_nothing_before_it_is_signed(visit: Visit) -> None:
    await visit.with_link(PATH, status=404)
    await visit.do("")
    await visit.fill()
    assert (await visit.with_link(PATH, status=404))["code"] == "document-unknown"


async def test_what_was_signed_in_the_order_of_the_paper(visit: Visit) -> None:
    await visit.sign()
    summary = await visit.with_link(PATH)
    assert (summary["number"], summary["signed_by"]) == (1, "Name of physician")
    assert summary["sections"] == [
        {"heading": "Récipe", "entries": [["Paracetamol 500 mg", "1 tableta, oral, cada 8 h, 3 días"]]},
        {"heading": "Indicaciones", "entries": [["", "Reposo y mucha agua"]]},
        {"heading": "Próximo paso", "entries": [["Consulta de control", "Fecha: 15/12/2026"]]},
    ]
    assert "Migraña" not in str(summary), "impressions are the record's"


async def test_an_amendment_takes_its_place(visit: Visit) -> None:
    await visit.sign()
    await visit.save("instructions", "Reposo y dieta", base=4)
    await visit.do("/amend", {"reason": "Faltaba la dieta"})
    summary = await visit.with_link(PATH)
    assert summary["number"] == 2
    assert ["", "Reposo y dieta"] in summary["sections"][1]["entries"]
