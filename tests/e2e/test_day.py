"""A clinic's day at real browsers: booked, consented, waited, called, written, signed, printed; a reload at every step.
Afterwards nothing that anybody typed is in the store's files in clear, and the audit is whole."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from e2e.axe import assert_accessible
from e2e.chromium import Chromiums
from e2e.day import Booked, book, close_and_sign, forbid, reloaded_desk, write_record
from e2e.demo import ROOT, Demo
from e2e.meeting import until_both_hear_and_see
from e2e.morning import Console
from e2e.participant import Participant
from e2e.picture import BLUE, GREEN, RED
from e2e.voice import COMPANION, PATIENT, PHYSICIAN

pytestmark = pytest.mark.e2e
WORDS = "Garganta enrojecida sin fiebre"
ADULT = Booked("Isabel Mendoza", "12/4/1988", cedula="V-19.876.543")
CHILD = Booked(
    "Tomás Mendoza", "3/9/2019",
    guardian={"guardian_name": "Isabel Mendoza", "guardian_cedula": "V-19.876.543", "ordinal": "1"},
    companion="Rosa Mendoza",
)  # fmt: skip


async def office(browsers: Chromiums, server: Demo, booked: Booked) -> str:
    """The link that the coordinator made."""
    tab = await browsers.open(COMPANION, GREEN, phone=False)
    desk = Console(tab, f"{server.origin}/office", COMPANION, GREEN)
    await tab.goto(f"{server.staff_url}#/office")
    await desk.until_shown("sign-in-name")
    await desk.fill("sign-in-name", "yelitza")
    await desk.fill("sign-in-password", server.password)
    await desk.press("sign-in-send")
    await tab.page.wait_for_selector("[data-testid=diary-title]:not(:empty)")
    link = await book(desk, booked)
    await assert_accessible(tab, "office: booked")
    return link


async def enters(patient: Participant, booked: Booked) -> None:
    """From the link to the waiting room, with a reload on each page on the way."""
    await patient.open()
    await patient.open()
    await patient.press("join")
    await patient.open()
    await patient.press("join")
    if booked.guardian:
        await patient.press("consent-accept")  # refused by the page: it does not say yet who consents
        await patient.tab.fill("guardian-name", booked.guardian["guardian_name"])
        await patient.tab.fill("guardian-document", booked.guardian["guardian_cedula"])
        await patient.tab.evaluate(
            "() => { const at = document.querySelector('[data-testid=guardian-relation]'); at.value = 'MTH'; }"
        )
        await patient.tab.click("guardian-present")
    await assert_accessible(patient.tab, "patient: consent")
    await patient.press("consent-accept")
    await patient.until_state("waiting")
    await patient.tab.goto(patient.url)
    await patient.until_state("waiting")
    await assert_accessible(patient.tab, "patient: waiting")


@pytest.mark.parametrize("booked", [ADULT, CHILD], ids=["adult", "child-with-guardian"])
async def test_from_the_booking_to_the_printed_prescription(
    browsers: Chromiums, server: Demo, booked: Booked, tmp_path: Path
) -> None:
    forbid(server, booked, WORDS, "Me arde al tragar")
    link = await office(browsers, server, booked)
    server.secrets.append(link.rsplit("/", 1)[1])
    tab, desk = await asyncio.gather(browsers.open(PATIENT, RED), browsers.open(PHYSICIAN, BLUE, phone=False))
    patient = Participant(tab, link, PATIENT, RED)
    physician = Console(desk, server.staff_url, PHYSICIAN, BLUE)
    await physician.sign_in(server, "andres")
    await enters(patient, booked)

    await physician.until_queued("waiting")
    await physician.press("next-patient")
    await asyncio.gather(patient.until_in_call(), physician.until_in_call())
    await until_both_hear_and_see(patient, physician)
    await patient.say("Me arde al tragar")
    await patient.reload()
    await until_both_hear_and_see(patient, physician)

    await physician.press("tab-record")
    await physician.press("record-complete")
    await physician.until_shown("missing")
    await assert_accessible(desk, "console: the gate refuses")
    await physician.page.locator("#record-reason").fill(WORDS)
    await physician.page.locator("[data-state=saved] > [data-testid=record-state]").wait_for()
    await reloaded_desk(physician)
    await physician.until_in_call()
    await physician.press("tab-record")
    await physician.page.wait_for_function(
        "(words) => document.querySelector('#record-reason')?.value === words", arg=WORDS
    )
    await write_record(physician, WORDS)
    await physician.end_consultation()
    await asyncio.gather(patient.until_state("ended"), physician.until_state("ended"))
    await close_and_sign(physician)
    await assert_accessible(desk, "console: signed")

    await patient.tab.goto(patient.url)
    await patient.until_state("ended")
    await tab.page.get_by_text("Paracetamol 500 mg").first.wait_for()
    await assert_accessible(tab, "patient: after the visit")
    async with tab.page.expect_download() as saving:
        await patient.press("after-pdf")
    paper = tmp_path / "paper.pdf"
    await (await saving.value).save_as(paper)
    text = "\n".join(page.extract_text() for page in PdfReader(paper).pages)
    for said in (booked.name, "Paracetamol 500 mg", WORDS, "Dr. Andrés Blanco"):
        assert said in text

    check_files(server, [*booked.secrets, WORDS, "Me arde al tragar", "Paracetamol"])
    check_audit(server)


def check_files(server: Demo, secrets: list[str]) -> None:
    """No file of the embedded store holds any of it in clear."""
    files = [path for path in server.data_dir.rglob("*") if path.is_file() and path.name != "master.key"]
    assert any("aof" in path.name for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"{path.name} holds {secret!r}"


def check_audit(server: Demo) -> None:
    """As the administrator does it, while the server runs."""
    command = [sys.executable, "-m", "signaling.cli", "audit", "verify", "--data-dir", str(server.data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
