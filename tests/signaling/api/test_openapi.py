"""The OpenAPI document: what it says of every route, and whether a real process keeps to it, whatever is sent."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import aiohttp
from api_under_test import CHEAP, PASSWORD, Api
from test_roles import ROUTES

from clinic.people.hashing import Hasher
from clinic.people.request import Request
from clinic.people.session import csrf_of
from clinic.people.staff import Member, Profile, Role
from free_port import free_port
from signaling.api.openapi import document
from signaling.office import open_office
from signaling.redis_client import connect
from signaling.settings import Settings

BIN = Path(sys.executable).parent
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SIGNS_OUT = (
    "/api/v1/session", "/api/v1/setup", "/api/v1/account/password", "/api/v1/account/sessions",
    "/api/v1/account/sessions/{id}", "/api/v1/staff/{id}", "/api/v1/staff/{id}/sessions",
)  # fmt: skip
"""What may leave the rest of the run signed out. Other methods than the documented ones are tried too."""

MAX_S = 45


def test_the_document_tells_of_every_route() -> None:
    told = document(ROUTES)
    found = {(method.upper(), path) for path, each in told["paths"].items() for method in each}
    assert found == {(route.method, route.path) for route in ROUTES}
    operations = [operation for each in told["paths"].values() for operation in each.values()]
    assert all(operation["summary"].endswith((".", "?")) for operation in operations)
    references = set(_references(told))
    assert references <= {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}


def test_who_may_use_a_route_is_what_the_gate_asks_for() -> None:
    told = document(ROUTES)
    for route in ROUTES:
        ways = {way for each in told["paths"][route.path][route.method.lower()]["security"] for way in each}
        staff = {"session", "key"} if route.keys else {"session"}
        assert ways == {"anyone": set(), "link": {"link"}, "seat": {"link"}}.get(route.who, staff), route.name


async def test_staff_and_keys_read_it(api: Api) -> None:
    told = await api.staff["coordinator"].ask("GET", "/api/v1/openapi.json")
    assert told["openapi"] == "3.1.0"
    await api.stranger.ask("GET", "/api/v1/openapi.json", status=401)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _references(each)]
    return [found for each in value for found in _references(each)] if isinstance(value, list) else []


def signed_in_already(told: dict[str, Any]) -> dict[str, Any]:
    """Without the ways to prove who asks: schemathesis would make some up beside the session that it is given."""
    paths = {
        path: {method: {**each, "security": []} for method, each in methods.items()}
        for path, methods in told["paths"].items()
    }
    return {**told, "paths": paths, "components": {"schemas": told["components"]["schemas"]}}


@dataclass(frozen=True)
class Served:
    url: str
    token: str


@asynccontextmanager
async def served(redis_url: str, folder: Path) -> AsyncIterator[Served]:
    """`hilo signaling` as a process of its own, and somebody of all roles who is signed in there."""
    port = free_port()
    settings = Settings(port=port, data_dir=folder)
    token = await _signed_in(settings, redis_url)
    environment = {"HILO_REDIS_URL": redis_url, "HILO_PORT": str(port), "HILO_DATA_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        str(BIN / "hilo"), "signaling", env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _answers(f"http://127.0.0.1:{port}/healthz")
        yield Served(f"http://127.0.0.1:{port}", token)
    finally:
        process.terminate()
        await process.wait()


async def _signed_in(settings: Settings, redis_url: str) -> str:
    redis = connect(redis_url)
    try:
        office = open_office(settings, redis, lambda: datetime.now(UTC), lambda: Hasher(CHEAP))
        await office.vault.claim()
        await office.consent_texts.found(office.now())
        request = Request("seed", "clinic", "administrator", office.now())
        member = await office.roster.add(Profile("Ana Paz", "ana", get_args(Role), licence="1"), request)
        assert isinstance(member, Member)
        secrets = await office.credentials.load(member.id)
        assert await office.credentials.set_password(member.id, secrets, await office.hasher.hash(PASSWORD), request)
        proved = await office.credentials.load(member.id)
        token = await office.sessions.begin(member.id, proved, request, address="127.0.0.1", agent="test")
        office.hasher.close()
        assert token is not None
        return token
    finally:
        await redis.aclose()


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(1200):  # a busy machine takes a minute to start Python
            try:
                async with http.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise AssertionError("it does not serve")


async def test_a_real_process_keeps_to_its_document_whatever_is_sent(redis_url: str, tmp_path: Path) -> None:
    told = signed_in_already(
        document([route for route in ROUTES if route.path not in SIGNS_OUT and route.who not in ("link", "seat")])
    )
    (tmp_path / "openapi.json").write_text(json.dumps(told))
    async with served(redis_url, tmp_path / "data") as clinic:
        headers = {"Cookie": f"hilo={clinic.token}", "X-CSRF-Token": csrf_of(clinic.token)}
        process = await asyncio.create_subprocess_exec(
            str(BIN / "st"), "run", "openapi.json", "--url", clinic.url, "--checks", CHECKS,
            "--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--max-time", str(MAX_S), "--seed", "1",
            "--no-shrink", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all",
            *(part for name, value in headers.items() for part in ("--header", f"{name}: {value}")),
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        signed_in = await _status(f"{clinic.url}/api/v1/session", headers)
    assert process.returncode == 0, output.decode()[-8000:]
    assert signed_in == 200, "the run signed itself out: what came after that was never tried"


async def _status(url: str, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        return answer.status
