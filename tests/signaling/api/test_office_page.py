"""A coordinator's day in a real browser: book, share the link, move, cancel, import; on a phone and at a desk."""

from __future__ import annotations

import pytest
from api_under_test import Api, signed_in
from booking_desk import ana, physician, tomorrow, wanted
from import_files import file, line
from office_page import DESK, PHONE, OfficePage, chromium, office_page
from playwright.async_api import ViewportSize

from tests.e2e.axe import assert_accessible as accessible

pytestmark = pytest.mark.e2e


async def take_in(desk: OfficePage, name: str, cedula: str) -> None:
    """A new patient, from the empty search to the form of the appointment."""
    await desk.press("book")
    await desk.look("find")
    await desk.type("find", name)
    await desk.sees("found", "Nadie")
    await desk.press("new-patient")
    await desk.type("patient-birth_date", "17/05/1980")
    await desk.type("patient-phones", "+57 310 5551234")
    await desk.look("new patient")
    await desk.press("patient-send")
    await desk.page.wait_for_selector("[aria-invalid=true]")
    await desk.look("new patient: without a document")
    await desk.type("patient-cedula", cedula)
    await desk.press("patient-send")
    await desk.sees("chosen", name)


async def at(desk: OfficePage, api: Api, time: str) -> None:
    await desk.choose("with", "Name of physician")
    await desk.type("at-day", tomorrow(api)[:10])
    await desk.type("at-time", time)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_book_share_move_and_cancel(api: Api, size: ViewportSize) -> None:
    async with chromium() as browser, office_page(browser, api, size, accessible) as desk:
        await desk.sign_in("coordinator")
        await desk.look("empty day")
        await take_in(desk, "مريم 🌺 Ana Núñez", "v 12 345 678")
        await desk.look("when")
        await at(desk, api, "09:30")
        await desk.type("reason", "sangrado")
        await desk.type("companions", "Luz Paz")
        await desk.press("booking-form-send")
        await desk.sees("sheet-name", "مريم 🌺 Ana Núñez")
        assert "sangrado" not in await desk.text("sheet")
        await desk.look("sheet")
        await desk.press("make-link")
        message = await desk.page.get_by_test_id("message").first.input_value()
        assert "/join/" in message
        assert "9:30 a. m." in message  # by the clinic's clock: the browser is in Madrid
        await desk.look("link")
        await desk.press("move")
        await desk.type("at-time", "11:00")
        await desk.look("move")
        await desk.press("move-send")
        await desk.sees("sheet", "11:00 a. m.")
        await desk.sees("link-state", "Enlace creado")
        await desk.press("revoke-link")
        await desk.look("revoke?")
        await desk.press("ask-confirm")
        await desk.page.get_by_test_id("revoke-link").wait_for(state="detached")
        await desk.press("correct")
        await desk.page.get_by_test_id("patient-phones").wait_for()
        await desk.look("correct")
        await desk.type("patient-phones", "0412-1234567")
        await desk.press("correct-send")
        await desk.sees("sheet", "0412-1234567")
        await desk.press("cancel-it")
        await desk.look("cancel")
        await desk.press("cancel-send")
        await desk.sees("sheet", "Cancelada por el paciente")
        await desk.close()
        await desk.type("day", tomorrow(api)[:10])
        await desk.sees("slot", "Cancelada por el paciente")
        await desk.press("view-week")
        await desk.look("week")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_who_loses_a_slot_sees_who_has_it_and_takes_a_free_one(api: Api, size: ViewportSize) -> None:
    other = await signed_in(api, "coordinator", name="yelitza")
    await ana(api.staff["coordinator"], cedula="V-9.876.543", name="Eva Díaz", birth_date="1/1/1970")
    async with chromium() as browser, office_page(browser, api, size, accessible) as desk:
        await desk.sign_in("coordinator")
        await desk.press("book")
        await desk.type("find", "9876543")
        await desk.sees("found-one", "Eva Díaz")
        await desk.look("found")
        await desk.press("found-one")
        await at(desk, api, "09:00")
        await other.ask("POST", "/api/v1/appointments", wanted(api, await ana(other)), status=201)
        await desk.press("booking-form-send")
        await desk.sees("clash", "La reservó Name of yelitza.")
        assert "9:00 a. m. – 9:20 a. m." in await desk.text("clash")
        await desk.look("clash")
        await desk.press("free", has_text="9:20 a. m.")
        await desk.sees("sheet", "9:20 a. m. – 9:40 a. m.")
        await desk.close()
        await desk.type("day", tomorrow(api)[:10])
        await desk.sees("slot", "Eva Díaz")
        await desk.look("day")


async def test_who_may_be_here_already_is_shown_before_another_is_made(api: Api) -> None:
    await ana(api.staff["coordinator"])
    async with chromium() as browser, office_page(browser, api, PHONE, accessible) as desk:
        await desk.sign_in("coordinator")
        await take_in_again(desk, "V-12.345.678", "18/05/1980")
        await desk.sees("alike", "La fecha de nacimiento es distinta")
        await desk.look("known, with another birth date")
        await desk.close()
        await take_in_again(desk, "V-8.765.432", "17/05/1980")
        await desk.sees("alike", "parecidos")
        await desk.look("alike")
        await desk.press("none-of-these")
        await desk.sees("chosen", "V-8.765.432")


async def take_in_again(desk: OfficePage, cedula: str, born: str) -> None:
    await desk.press("book")
    await desk.press("new-patient")
    await desk.type("patient-name", "Ana Paz")
    await desk.type("patient-birth_date", born)
    await desk.type("patient-cedula", cedula)
    await desk.press("patient-send")


async def test_a_child_comes_through_the_guardian(api: Api) -> None:
    async with chromium() as browser, office_page(browser, api, PHONE, accessible) as desk:
        await desk.sign_in("coordinator")
        await desk.press("book")
        await desk.press("new-patient")
        await desk.type("patient-name", "Luis Paz")
        await desk.type("patient-birth_date", "29/02/2020")
        await desk.page.get_by_test_id("patient-has_guardian").check()
        await desk.type("patient-guardian_name", "Ana Paz")
        await desk.type("patient-guardian_cedula", "12345678")
        await desk.type("patient-ordinal", "1")
        await desk.press("patient-send")
        await desk.page.wait_for_selector("[data-testid=patient-guardian_cedula][aria-invalid=true]")
        await desk.look("guardian")
        await desk.type("patient-guardian_cedula", "V-12345678")
        await desk.press("patient-send")
        await desk.sees("chosen", "V-12.345.678 / 1")


async def test_a_no_show_is_marked_with_whose_it_was(api: Api) -> None:
    person = api.staff["coordinator"]
    body = wanted(api, await ana(person), starts_at=api.office.now().isoformat())
    await person.ask("POST", "/api/v1/appointments", body, status=201)
    async with chromium() as browser, office_page(browser, api, PHONE, accessible) as desk:
        await desk.sign_in("coordinator")
        await desk.press("slot")
        await desk.press("missed")
        await desk.choose("absence", "Falló la luz o la conexión")
        await desk.look("no-show")
        await desk.press("missed-send")
        await desk.sees("sheet", "Falló la conexión")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_file_is_looked_at_and_imported(api: Api, size: ViewportSize) -> None:
    data = file(line(api, 0), line(api, 1, Cédula="V-12"), line(api, 2, Teléfono="310 555 1234"), line(api, 3))
    upload = {"name": "citas.csv", "mimeType": "text/csv", "buffer": data}
    async with chromium() as browser, office_page(browser, api, size, accessible) as desk:
        await desk.sign_in("coordinator")
        await desk.press("import")
        await desk.look("choose a file")
        async with desk.page.expect_download() as downloading:
            await desk.press("template")
        assert (await downloading.value).suggested_filename == "citas.csv"
        await desk.page.get_by_test_id("csv").set_input_files(upload)
        await desk.sees("preview", "Listas para reservar: 2. Con problemas: 2.")
        assert "+57 310 5551234" in await desk.text("problems")
        await desk.look("preview")
        await desk.press("import-now")
        await desk.sees("imported", "Citas reservadas: 2")
        await desk.look("imported")
        await desk.close()
        await desk.type("day", tomorrow(api)[:10])
        await desk.page.get_by_test_id("slot").nth(1).wait_for()
        assert physician(api) not in await desk.text("diary")


async def test_a_physician_reads_why_the_patient_comes(api: Api) -> None:
    person = api.staff["coordinator"]
    await person.ask("POST", "/api/v1/appointments", wanted(api, await ana(person), reason="tos"), status=201)
    async with chromium() as browser, office_page(browser, api, DESK, accessible, "en") as desk:
        await desk.sign_in("physician")
        await desk.type("day", tomorrow(api)[:10])
        await desk.press("slot")
        await desk.sees("sheet", "tos")
        await desk.look("sheet, in English")
