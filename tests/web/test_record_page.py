"""Writing a record in a real browser: nothing typed is lost, both of two texts are shown; gate, signature, PDF."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_under_test import api as serving_api
from api_under_test import signed_in
from playwright.async_api import Page, Playwright, async_playwright, expect
from pypdf import PdfReader
from record_under_test import FULL, Visit, booked

from tests.web.record_page import browser, kill, open_record, state

pytestmark = pytest.mark.e2e
LOST_S = 2.0
expect.set_options(timeout=20_000)  # for a machine with much else to do


@pytest.fixture
async def visit(redis_url: str) -> AsyncIterator[Visit]:
    async with serving_api(redis_url) as api:
        yield await booked(api)


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest.fixture
async def page(playwright: Playwright, visit: Visit, tmp_path: Path) -> AsyncIterator[Page]:
    async with browser(playwright, tmp_path / "profile") as context:
        yield await open_record(context, visit)


async def typed_and_killed(playwright: Playwright, visit: Visit, profile: Path, *, online: bool) -> tuple[str, str]:
    """Types for some seconds, then kill -9: (all that was typed, what of it was typed 2 s before or earlier)."""
    context = await playwright.chromium.launch_persistent_context(
        profile, executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"], service_workers="block"
    )
    page = await open_record(context, visit)
    await state(page, "saved")
    await context.set_offline(not online)
    await page.focus("#record-reason")
    typed: list[tuple[float, str]] = []
    for n in range(40):
        await page.keyboard.type(f"palabra{n} ", delay=10)
        typed.append((time.monotonic(), f"palabra{n} "))
        await asyncio.sleep(0.1)
    now = time.monotonic()
    kill(profile)
    early = "".join(text for at, text in typed if now - at >= LOST_S)
    return "".join(text for _, text in typed), early


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
async def test_a_killed_browser_loses_two_seconds_at_most(
    playwright: Playwright, visit: Visit, tmp_path: Path, online: bool
) -> None:
    profile = tmp_path / "profile"
    typed, early = await typed_and_killed(playwright, visit, profile, online=online)
    assert len(early) > 100
    async with browser(playwright, profile) as context:
        page = await open_record(context, visit)
        await state(page, "saved")
        found = await page.input_value("#record-reason")
        assert typed.startswith(found)
        assert found.startswith(early.rstrip()), f"lost {len(early) - len(found)} letters"
        heads = (await visit.read())["fields"]["reason"]
        assert [head["value"] for head in heads] == [found]


async def test_what_is_typed_is_at_the_server_within_two_seconds(page: Page, visit: Visit) -> None:
    await page.type("#record-reason", "Cefalea")
    await state(page, "saving")
    async with asyncio.timeout(LOST_S):
        while [head["value"] for head in (await visit.read())["fields"]["reason"]] != ["Cefalea"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await state(page, "saved")


async def test_what_was_typed_offline_arrives_when_the_network_is_back(page: Page, visit: Visit) -> None:
    await state(page, "saved")
    await page.context.set_offline(True)
    await page.fill("#record-reason", "Cefalea desde hace tres días")
    await page.fill("#record-instructions", "Reposo")
    await state(page, "kept")
    await page.get_by_test_id("add-medication").click()
    await page.keyboard.type("Paracetamol 500 mg")
    await page.context.set_offline(False)
    await state(page, "saved")
    fields = (await visit.read())["fields"]
    assert fields["reason"][0]["value"] == "Cefalea desde hace tres días"
    assert fields["instructions"][0]["value"] == "Reposo"
    assert fields["prescriptions"][0]["value"][0]["medication"] == "Paracetamol 500 mg"


async def kept(page: Page) -> int:
    """Drafts in this browser."""
    return int(await page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("hilo-record");
          open.onsuccess = () => {
            const all = open.result.transaction("drafts").objectStore("drafts").count();
            all.onsuccess = () => resolve(all.result);
          };
        })"""
    ))  # fmt: skip


async def test_nothing_clinical_stays_in_the_browser_once_it_is_saved(page: Page) -> None:
    await page.context.set_offline(True)
    await page.fill("#record-reason", "Cefalea")
    await state(page, "kept")
    assert await kept(page) == 1
    await page.context.set_offline(False)
    await state(page, "saved")
    async with asyncio.timeout(LOST_S):
        while await kept(page):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_signing_out_asks_about_what_was_not_sent_and_erases_it(page: Page) -> None:
    await state(page, "saved")
    await page.route("**/record/fields", lambda route: route.abort())
    await page.fill("#record-reason", "Cefalea")
    await state(page, "kept")
    await page.get_by_test_id("account-menu").click()
    await page.get_by_test_id("sign-out").click()
    await page.get_by_test_id("ask-cancel").click()
    assert await kept(page) == 1
    await page.get_by_test_id("account-menu").click()
    await page.get_by_test_id("sign-out").click()
    await page.get_by_test_id("ask-confirm").click()
    await page.wait_for_url("**/enter*")
    assert await kept(page) == 0


async def test_whoever_goes_to_another_visit_and_back_loses_nothing(page: Page, visit: Visit) -> None:
    other = await booked(visit.api, "Eva Rojas", "V-87654321", minutes=90)
    await page.fill("#record-reason", "Cefalea")
    await state(page, "saved")
    await page.context.set_offline(True)
    await page.fill("#record-reason", "Cefalea y mareo")
    await state(page, "kept")
    await page.evaluate("(id) => { void panel.open(id); }", other.id)
    await page.context.set_offline(False)
    async with asyncio.timeout(20):
        while [head["value"] for head in (await visit.read())["fields"]["reason"]] != ["Cefalea y mareo"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await expect(page.locator("#record-reason")).to_have_value("")
    await page.evaluate("(id) => { void panel.open(id); }", visit.id)
    await expect(page.locator("#record-reason")).to_have_value("Cefalea y mareo")
    await page.fill("#record-reason", "Cefalea, mareo y fiebre")
    await state(page, "saved")
    assert [head["value"] for head in (await visit.read())["fields"]["reason"]] == ["Cefalea, mareo y fiebre"]


async def test_both_of_two_texts_are_shown_and_one_is_chosen(page: Page, visit: Visit) -> None:
    await page.fill("#record-reason", "Cefalea")
    await state(page, "saved")
    [head] = (await visit.read())["fields"]["reason"]
    await page.context.set_offline(True)
    await page.fill("#record-reason", "Cefalea intensa")
    await state(page, "kept")
    await visit.save("reason", "Cefalea leve", base=head["revision"], client="phone")
    await page.context.set_offline(False)
    beside = page.get_by_test_id("beside-reason")
    await expect(beside).to_contain_text("Cefalea leve")
    await expect(beside).to_contain_text("Cefalea intensa")
    assert await page.input_value("#record-reason") == "Cefalea intensa"
    await page.get_by_test_id("record-complete").click()
    await page.locator("[data-missing=conflict]").click()
    await beside.get_by_test_id("besideBoth").click()
    await expect(beside).to_be_hidden()
    assert await page.input_value("#record-reason") == "Cefalea intensa\n\nCefalea leve"
    assert len((await visit.read())["fields"]["reason"]) == 1


async def fill(page: Page) -> None:
    """A whole record, with the keyboard where there is a choice."""
    await page.fill("#record-reason", FULL["reason"])
    await page.get_by_test_id("diagnosis").fill("migra sin")
    await page.get_by_role("option").first.wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("add-medication").click()
    for name, value in FULL["prescriptions"][0].items():
        if name != "id":
            await page.locator(f".rx input[name={name}]").fill(value)
    await page.fill("#record-instructions", FULL["instructions"])
    await page.get_by_test_id("action-follow-up").check()
    await page.get_by_test_id("action-on").fill("2026-12-15")


def printed(path: Path) -> str:
    return "\n".join(each.extract_text() for each in PdfReader(path).pages)


async def test_from_the_gate_to_the_printed_prescription(page: Page, visit: Visit) -> None:
    await page.get_by_test_id("record-complete").click()
    missing = page.get_by_test_id("missing")
    await expect(missing.get_by_role("link")).to_have_count(4)
    await missing.get_by_role("link").first.click()
    await expect(page.locator("#record-reason")).to_be_focused()
    await fill(page)
    await page.get_by_test_id("record-complete").click()
    dialog = page.get_by_test_id("record-dialog")
    await expect(dialog).to_contain_text("Migraña sin aura (G43.0)")
    await dialog.get_by_test_id("dialog-send").click()
    await expect(page.locator(".record-banner", has_text="firmada por Name of physician")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_test_id("record-print").click()
    text = printed(await (await downloading.value).path())
    for said in ("Ana Peña", "Paracetamol 500 mg", "cada 8 h", FULL["instructions"], "Versión 1"):
        assert said in text
    await page.fill("#record-instructions", "Reposo, agua y dieta")
    await page.get_by_test_id("record-amend").click()
    await page.get_by_test_id("amend-reason").fill("Faltaba la dieta")
    await page.get_by_test_id("dialog-send").click()
    await expect(page.locator(".record-banner", has_text="Versión 2")).to_be_visible()
    assert [each["number"] for each in (await visit.read())["versions"]] == [1, 2]


SESSION = """(now) => {
  const quality = (up, loss) => ({ type: "quality", seat: "p", rtt_ms: 300, up_bps: up, down_bps: 400000, up_loss: loss,
    down_loss: 0, up_level: "A1", down_level: "V1", up_queue_ms: 0, down_queue_ms: 0, up_capacity_bps: up,
    down_capacity_bps: 400000 });
  const step = (ago, direction, level) => ({ atMs: now - ago, seat: "p", direction, level, reason: "congested" });
  const seats = [{ id: "p", name: "Ana Peña", present: true }];
  const session = { quality: new Map(), state: { consultation: { seats },
    levels: [step(600000, "up", "V1"), step(600000, "down", "V3"), step(200000, "up", "A1")] } };
  const picture = panel.past.picture;
  for (let at = now - 600000; at <= now; at += 5000) {
    session.quality.set("p", quality(30000 + ((at / 5000) % 7) * 20000, at > now - 200000 ? 0.12 : 0));
    picture.showSession(session, at);
  }
  panel.follow(session);
}"""


async def test_the_links_of_the_call_are_a_picture_that_can_be_read_out(page: Page) -> None:
    await page.evaluate(SESSION, int(time.time() * 1000))
    live = page.get_by_test_id("live-link")
    await live.locator("summary").first.click()
    sends = live.get_by_role("img", name="Ana Peña: lo que envía. Video 7 min, Voz 3 min")
    await expect(sends).to_be_visible()
    assert await sends.locator(".of-loss").count() > 30
    assert await sends.locator(".of-rate").count() == 1
    await live.locator("details summary").click()
    await expect(live.get_by_role("listitem")).to_have_count(3)
    if pictures := os.environ.get("HILO_PICTURES"):
        await live.screenshot(path=f"{pictures}/live-link.png")


async def test_a_megabyte_is_told_kept_and_not_sent(page: Page, visit: Visit) -> None:
    await state(page, "saved")
    await page.evaluate("document.querySelector('#record-reason').focus(), undefined")
    await page.fill("#record-reason", "á" * 1_000_000)
    await state(page, "refused")
    await expect(page.locator("#record-reason-error")).to_contain_text("Pasa de 20 000 caracteres")
    assert (await visit.read())["fields"]["reason"] == []
    await page.fill("#record-reason", "Cefalea")
    await state(page, "saved")


async def test_an_interrupted_visit_says_why_and_stays_open(page: Page, visit: Visit) -> None:
    await page.get_by_test_id("record-interrupt").click()
    await page.get_by_test_id("dialog-send").click()
    await expect(page.get_by_test_id("record-dialog").locator(".form-error")).to_have_text("Escriba el motivo.")
    await page.get_by_test_id("interrupt-reason").fill("Se cortó la luz")
    await page.get_by_test_id("dialog-send").click()
    await expect(page.locator(".record-banner", has_text="Se cortó la luz")).to_be_visible()
    assert (await visit.read())["status"] == "interrupted"


async def test_another_physician_reads_and_cannot_write(playwright: Playwright, visit: Visit, tmp_path: Path) -> None:
    other = await signed_in(visit.api, "physician", name="luz")
    await visit.do("")
    await visit.save("reason", "Cefalea")
    async with browser(playwright, tmp_path / "profile") as context:
        page = await open_record(context, visit, "luz")
        await expect(page.locator("#record-reason")).to_have_value("Cefalea")
        assert await page.locator("#record-reason").get_attribute("readonly") is not None
        await expect(page.locator(".record-banner", has_text="Name of physician")).to_be_visible()
        assert await page.get_by_test_id("record-complete").count() == 0
    await other.http.close()
