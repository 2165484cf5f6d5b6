"""The record's form in a real Chromium, against a real server: a page of the staff that holds nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_under_test import PASSWORD
from playwright.async_api import BrowserContext, Page, Playwright, Route, ViewportSize
from record_under_test import Visit

from tests.web.scene import ARGUMENTS, CHROMIUM, DESK

HTML = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><title>Hilo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/css/hilo.css"><link rel="stylesheet" href="/static/css/staff.css">
<link rel="stylesheet" href="/static/css/record.css">
<script type="module">
  import { startStaff } from "/static/js/staff/shell.js";
  import { RECORD_TEXTS, RecordPanel } from "/static/js/record/panel.js";
  const both = (lang) => async () => ({ texts: {
    ...(await import(`/static/js/texts/${lang}-console.js`)).texts, ...(await RECORD_TEXTS[lang]()).texts } });
  const staff = await startStaff({ title: "recordTitle", texts: { es: both("es"), en: both("en") } });
  const panel = new RecordPanel(staff);
  staff.main.append(panel.root);
  globalThis.panel = panel;
  await panel.open(location.hash.slice(1));
</script></head><body></body></html>"""


@asynccontextmanager
async def browser(
    playwright: Playwright, profile: Path, size: ViewportSize = DESK, lang: str = "es-VE"
) -> AsyncIterator[BrowserContext]:
    """A Chromium with a profile of its own, which outlives it."""
    context = await playwright.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, viewport=size, locale=lang, timezone_id="America/Caracas",
        service_workers="block", accept_downloads=True,
    )  # fmt: skip
    try:
        yield context
    finally:
        await context.close()


async def open_record(context: BrowserContext, visit: Visit, sign_in: str = "physician") -> Page:
    """Signed in, with the record of the visit open."""
    url = visit.api.url
    answer = await context.request.post(
        f"{url}/api/v1/session", data={"sign_in": sign_in, "password": PASSWORD}, headers={"Origin": url}
    )
    assert answer.ok, await answer.text()
    page = await context.new_page()

    async def serve(route: Route) -> None:
        await route.fulfill(body=HTML, content_type="text/html")

    await page.route("**/of-the-record", serve)
    await page.goto(f"{url}/of-the-record#{visit.id}")
    await page.wait_for_selector("#record-reason")
    return page


async def state(page: Page, wanted: str) -> None:
    """The line says so."""
    await page.wait_for_selector(f"[data-state={wanted}] > [data-testid=record-state]")


def kill(profile: Path) -> None:
    """kill -9 of every process of the browser with this profile: it gets no chance to write anything."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(profile).encode() in command and b"chrom" in command:
            os.kill(int(entry.name), signal.SIGKILL)
