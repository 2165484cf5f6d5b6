"""What the gate answers where nothing is as it should be."""

from __future__ import annotations

import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from api_under_test import Api

from signaling.api.gate import ApiGate
from signaling.api.route import Asked, Route
from signaling.limits import Addresses


@pytest.mark.parametrize("id", ["%C2%84", "a%20b", "a%00b", "ñ", "x" * 101])
async def test_what_cannot_be_an_id_is_not_found(api: Api, id: str) -> None:
    told = await api.staff["administrator"].ask("DELETE", f"/api/v1/api-keys/{id}", status=404)
    assert told["code"] == "not-found"


async def test_our_own_bug_is_told_as_ours_and_logged_without_its_words(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    typed = " ".join(["María", "Pérez"])

    async def fail(asked: Asked) -> None:
        raise ValueError(typed)

    app = web.Application()
    gate = ApiGate(api.office, frozenset(), Addresses(), lambda: 0.0, secure=False)
    gate.add_routes(app, [Route("GET", "/x", "x", "anyone", fail, "Fails.")])
    async with TestClient(TestServer(app)) as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/x")
        assert (answer.status, (await answer.json())["code"]) == (500, "broken")
    [record] = [each for each in caplog.records if each.name == "signaling.api.gate"]
    assert "fail" in vars(record)["where"]
    assert "María" not in str(vars(record))
