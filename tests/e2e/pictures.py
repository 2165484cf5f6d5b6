"""Takes the pictures of the clinic's pages for the documentation, over a real server; only faces are drawn.

`PYTHONPATH=.:tests python -m tests.e2e.pictures`, from the repository's root.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from clinic.intake.triage_default import DEFAULT
from e2e.chromium import ARGUMENTS, CHROMIUM
from e2e.day import write_record
from e2e.demo import Demo, demo

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs/images"
PERSON = (ROOT / "tests/web/person.js").read_text()
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=640)


async def opened(browser: Browser, size: ViewportSize, face: str) -> Page:
    """A page of a person with this face."""
    context = await browser.new_context(
        locale="es-VE", timezone_id="America/Caracas", viewport=size, device_scale_factor=2 if size is PHONE else 1
    )
    await context.add_init_script(
        f"""{PERSON}
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wish) => {{
          const {{ audio, video }} = wish;
          const stream = audio ? await real({{ audio }}) : new MediaStream();
          if (video) stream.addTrack(window.drawnPerson({face!r}));
          return stream;
        }};"""
    )
    return await context.new_page()


async def signed_in(page: Page, server: Demo, to: str) -> None:
    await page.goto(f"{server.staff_url}#{to}")
    await page.get_by_test_id("sign-in-name").fill(server.sign_in)
    await page.get_by_test_id("sign-in-password").fill(server.password)
    await page.get_by_test_id("sign-in-send").click()


async def ask_questions(page: Page) -> None:
    """Publish the questions that a clinic may start with."""
    body: dict[str, Any] = {"base": 0, "questions": DEFAULT.model_dump(mode="json", by_alias=True, exclude_none=True)}
    done = await page.evaluate(
        """async (body) => {
          const { csrf } = await (await fetch("/api/v1/session")).json();
          const answer = await fetch("/api/v1/questionnaires/triage", { method: "POST", body: JSON.stringify(body),
            headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": "pictures" } });
          return answer.status + " " + await answer.text();
        }""",
        body,
    )
    assert done.startswith("20"), done


async def shoot(page: Page, name: str, after_ms: int = 800) -> None:
    await page.mouse.move(1, 300)
    await page.wait_for_timeout(after_ms)
    await page.screenshot(path=IMAGES / f"{name}.png")


class _Console:
    """What `write_record` needs of a participant."""

    def __init__(self, page: Page) -> None:
        self.page = page


async def take(server: Demo, browser: Browser) -> None:
    desk, phone = await opened(browser, DESK, "self"), await opened(browser, PHONE, "other")
    await signed_in(desk, server, "/admin")
    await desk.wait_for_selector("h1, h2")
    await shoot(desk, "admin-today", 2500)
    await ask_questions(desk)
    await desk.goto(f"{server.origin}/office")
    await desk.wait_for_selector("[data-testid=diary-title]:not(:empty)")
    await shoot(desk, "office-day")
    await desk.goto(f"{server.origin}/console")
    await desk.wait_for_selector("[data-testid=queue-row]")
    await phone.goto(server.patient_url)
    await phone.get_by_test_id("join").click()
    await phone.get_by_test_id("consent-accept").click()
    await phone.get_by_test_id("line").wait_for()
    await shoot(phone, "patient-in-line", 4000)
    await phone.get_by_test_id("triage").scroll_into_view_if_needed()
    await shoot(phone, "patient-questions")
    await desk.wait_for_selector("[data-testid=queue-row][data-stage=waiting]")
    await shoot(desk, "console-waiting")
    await desk.get_by_test_id("next-patient").click()
    await desk.wait_for_selector("html[data-state=in-call]")
    await desk.wait_for_selector("[data-video=live]")
    await phone.get_by_test_id("chat-toggle").click()
    await phone.get_by_test_id("chat-input").fill("Doctora, aquí la escucho bien")
    await phone.get_by_test_id("chat-send").click()
    await desk.get_by_test_id("tab-record").click()
    await write_record(_Console(desk), "Cefalea occipital desde hace una semana", "cefalea")  # type: ignore[arg-type]
    await desk.locator("#record-reason").scroll_into_view_if_needed()
    await shoot(desk, "console-call", 6000)
    await desk.get_by_test_id("end-consultation").click()
    await desk.get_by_test_id("end-confirm").click()
    await desk.get_by_test_id("record-complete").click()
    dialog = desk.get_by_test_id("record-dialog")
    await dialog.get_by_test_id("dialog-send").wait_for()
    await shoot(desk, "console-sign")
    if await dialog.get_by_test_id("attest").count():
        await dialog.get_by_test_id("attest").check()
    await dialog.get_by_test_id("dialog-send").click()
    await phone.get_by_test_id("after-pdf").wait_for(timeout=60_000)
    await shoot(phone, "patient-after")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as server:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=False, args=list(ARGUMENTS))
            await take(server, browser)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
