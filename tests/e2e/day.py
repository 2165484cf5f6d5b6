"""What people do in a clinic's day, at real browsers: the coordinator books, the physician writes, closes and signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from e2e.demo import Demo
from e2e.morning import Console

CLINIC = ZoneInfo("America/Caracas")
PHYSICIAN_NAME = "Dr. Andrés Blanco"
"""Of the demo's clinic: nobody has an appointment with him yet."""


@dataclass(frozen=True)
class Booked:
    """A new patient with an appointment now."""

    name: str
    born: str
    """As a coordinator types it: day/month/year."""
    cedula: str = ""
    phone: str = "0412-5559876"
    companion: str = ""
    reason: str = "Tos seca desde anoche"
    guardian: dict[str, str] = field(default_factory=dict)
    """By the names of the form's fields."""

    @property
    def secrets(self) -> list[str]:
        """What no log and no file of the store may hold in clear."""
        typed = (self.name, self.cedula, self.companion, self.reason, *self.guardian.values())
        return [text for text in typed if len(text) > 4]


async def book(desk: Console, booked: Booked) -> str:
    """At the office's page: take the patient in, book them now, and make the link; the link."""
    await desk.press("book")
    await desk.fill("find", booked.name)
    await desk.press("new-patient")
    await desk.fill("patient-birth_date", booked.born)
    await desk.fill("patient-phones", booked.phone)
    if booked.cedula:
        await desk.fill("patient-cedula", booked.cedula)
    if booked.guardian:
        await desk.page.get_by_test_id("patient-has_guardian").check()
    for name, text in booked.guardian.items():
        await desk.fill(f"patient-{name}", text)
    await desk.press("patient-send")
    await desk.until_shown("chosen")
    option = desk.page.get_by_test_id("with").locator("option", has_text=PHYSICIAN_NAME)
    await option.wait_for(state="attached")
    await desk.pick("with", await option.get_attribute("value") or "")
    now = datetime.now(CLINIC)
    await desk.fill("at-day", now.date().isoformat())
    await desk.fill("at-time", now.strftime("%H:%M"))
    await desk.fill("reason", booked.reason)
    if booked.companion:
        await desk.fill("companions", booked.companion)
    await desk.press("booking-form-send")
    await desk.press("make-link")
    message = await desk.value("message")
    return next(word for word in message.split() if "/join/" in word)


async def write_record(physician: Console, words: str, diagnosis: str = "faringitis aguda") -> None:
    """All that the closing gate asks for, with the diagnosis found in the list."""
    page = physician.page
    await page.locator("#record-reason").fill(words)
    await page.get_by_test_id("diagnosis").fill(diagnosis)
    await page.locator("[role=option]").first.wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("add-medication").click()
    prescription = {"medication": "Paracetamol 500 mg", "dose": "1 tableta", "route": "oral", "frequency": "cada 8 h",
                    "duration": "3 días"}  # fmt: skip
    for name, value in prescription.items():
        await page.locator(f".rx input[name={name}]").fill(value)
    await page.locator("#record-instructions").fill(f"Reposo y líquidos. {words}")
    await page.get_by_test_id("action-discharge").check()
    await page.locator("[data-state=saved] > [data-testid=record-state]").wait_for()


async def close_and_sign(physician: Console) -> None:
    await physician.press("record-complete")
    dialog = physician.page.get_by_test_id("record-dialog")
    await dialog.get_by_test_id("dialog-send").wait_for()
    if await dialog.get_by_test_id("attest").count():
        await dialog.get_by_test_id("attest").check()
    await dialog.get_by_test_id("dialog-send").click()
    await physician.page.locator(".record-banner", has_text="firmada por").wait_for()


async def reloaded_desk(physician: Console) -> None:
    """The console after a reload, with the visit chosen again that was open."""
    await physician.page.reload()
    await physician.page.wait_for_selector("[data-testid=queue-row]")


def forbid(server: Demo, booked: Booked, *more: str) -> None:
    """None of it may be in the log."""
    server.secrets.extend([*booked.secrets, *more])
