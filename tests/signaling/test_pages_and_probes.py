"""What a browser, a probe and Prometheus get over HTTP; and what no log line may hold."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from clinic_under_test import Clinic, clinic, consent, knows
from fake_media import fake_media
from redis.asyncio import Redis

from signaling import protocol as p
from signaling.pages import Pages


@pytest.fixture
async def office(redis_url: str, redis: Redis) -> AsyncIterator[Clinic]:
    async with fake_media(redis) as node, clinic(redis_url) as office:
        await knows(office, node.life)
        yield office


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Pages of a small tree, without anything behind them."""
    for name, text in {
        "patient/index.html": "<!doctype html><title>Paciente</title>" + " " * 500,
        "physician/index.html": "<!doctype html><title>Consultorio</title>",
        "sw.js": "self.addEventListener('fetch', () => {});",
        "static/js/app.js": f"export const a = '{'1' * 500}';\n",
        "static/js/page.js": 'import { word } from "./view/word.js";\nconsole.log(word);\n',
        "static/js/view/word.js": 'export const word = "hola";\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path.parent / "secret.txt").write_text("secret")
    app = web.Application()
    Pages(tmp_path, "https://hilo.example.org").add_routes(app)
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client


Site = TestClient[web.Request, web.Application]


async def test_page_is_the_same_for_every_token(site: Site) -> None:
    first, second = [await site.get(f"/join/{token}") for token in ("one", "two")]
    assert await first.read() == await second.read()
    assert first.headers["Content-Type"].startswith("text/html")
    assert "Consultorio" in await (await site.get("/console/three")).text()


async def test_compressed_and_validated(site: Site) -> None:
    packed = await site.get("/static/js/app.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"].startswith("text/javascript")
    assert len(await packed.read()) < 200
    again = await site.get("/static/js/app.js", headers={"If-None-Match": packed.headers["ETag"]})
    assert again.status == 304
    plain = await site.get("/static/js/app.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers


async def test_changed_file_is_read_again(site: Site, tmp_path: Path) -> None:
    before = (await site.get("/static/js/app.js")).headers["ETag"]
    (tmp_path / "static/js/app.js").write_text("export const b = 22;\n")
    assert (await site.get("/static/js/app.js")).headers["ETag"] != before


async def test_script_brings_what_it_imports_and_notices_its_changes(site: Site, tmp_path: Path) -> None:
    before = await site.get("/static/js/page.js")
    script = await before.text()
    assert "import" not in script
    assert "hola" in script
    (tmp_path / "static/js/view/word.js").write_text('export const word = "adiós";\n')
    after = await site.get("/static/js/page.js")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "adiós" in await after.text()
    (tmp_path / "static/js/view/word.js").unlink()
    assert (await site.get("/static/js/page.js")).status == 404


async def test_headers_keep_the_page_to_itself(site: Site) -> None:
    headers = (await site.get("/join/one")).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self' wss://hilo.example.org" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" in headers


@pytest.mark.parametrize(
    "path",
    ["/static/../../secret.txt", "/static/%2e%2e/%2e%2e/secret.txt", "/static/nothing.js", "/static/js", "/static/%00"],
)
async def test_nothing_outside_the_tree(site: Site, path: str) -> None:
    response = await site.get(aiohttp.client.URL(path, encoded=True))
    assert response.status == 404
    assert b"secret" not in await response.read()


async def test_log_has_routes_and_no_tokens(office: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with office.http.get(f"{office.urls[0]}/join/topsecrettoken?x=topsecrettoken"):
            pass
    assert "patient" in [getattr(record, "route", None) for record in caplog.records]
    assert "topsecret" not in "".join(str(vars(record)) for record in caplog.records)


async def test_probes(office: Clinic) -> None:
    async with office.http.get(f"{office.urls[0]}/healthz") as response:
        assert response.status == 200
    async with office.http.get(f"{office.urls[0]}/readyz") as response:
        assert (response.status, (await response.json())["missing"]) == (200, [])


async def test_metrics_count_without_names(office: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        page = await office.page("patient")
        await consent(page)
        await page.do(lambda id: p.SendChat(id=id, text="palabra secreta"))
        async with office.http.get(f"{office.urls[0]}/metrics") as response:
            text = await response.text()
    assert 'hilo_commands_total{outcome="ok",type="chat"} 1.0' in text
    assert "hilo_sockets 1.0" in text
    assert 'hilo_media_packets_total{node="node-1"} 7.0' in text
    assert 'hilo_media_participants{node="node-1"} 0.0' in text
    logged = "\n".join(str(vars(record)) for record in caplog.records if not record.name.startswith("asyncio"))
    for private in ("palabra secreta", "Name of", office.consultation, page.token):
        assert private not in text
    for private in ("palabra secreta", "Name of", page.token):
        assert private not in logged
