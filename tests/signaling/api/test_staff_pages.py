"""The staff's pages in a real browser, against a real clinic: set-up, sign-in, second factor, adding staff, keys."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from api_under_test import PASSWORD, Api, api
from playwright.async_api import Browser, Page, async_playwright, expect

from clinic.people.totp import code_at, step_of
from e2e.chromium import ARGUMENTS, CHROMIUM

NEW = "cinco palabras que nadie mas junta"
WAIT_MS = 20_000


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield made
        await made.close()


@pytest.fixture
async def clinic(redis_url: str) -> AsyncIterator[Api]:
    async with api(redis_url) as people:
        yield people


@asynccontextmanager
async def tab(browser: Browser) -> AsyncIterator[Page]:
    """A person's browser, which must not complain and not be wider than a phone."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="es-VE")
    context.set_default_timeout(WAIT_MS)
    page, faults = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        yield page
        assert faults == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        await context.close()


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.get_by_test_id("sign-in-name").fill(name)
    await page.get_by_test_id("sign-in-password").fill(password)
    await page.get_by_test_id("sign-in-send").click()


async def test_the_clinic_is_founded_by_the_link_of_the_first_start(clinic: Api, browser: Browser) -> None:
    await clinic.office.redis.delete("{clinic}:staff")
    link = await clinic.office.roster.issue_setup_link(clinic.office.now())
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/setup#{link}")
        await page.get_by_test_id("setup-send").click()
        await expect(page.get_by_test_id("setup-name")).to_be_focused()
        await page.get_by_test_id("setup-name").fill("Ana Pérez")
        await page.get_by_test_id("setup-sign-in").fill("ana")
        await page.get_by_test_id("setup-password").fill(NEW)
        await page.get_by_test_id("setup-treats").check()
        await page.get_by_test_id("setup-send").click()
        await page.wait_for_url("**/admin")
        await expect(page.get_by_test_id("today")).to_be_visible()
        await page.goto(f"{clinic.url}/setup#{link}")
        await expect(page.get_by_role("heading", name="Este enlace ya no sirve")).to_be_visible()


async def test_who_is_not_signed_in_comes_back_to_the_page_that_was_asked_for(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/account")
        await sign_in(page, "coordinator", "no es esta palabra")
        await expect(page.get_by_role("alert").filter(has_text="no son correctos")).to_be_visible()
        await sign_in(page, "coordinator")
        await page.wait_for_url("**/account")
        await expect(page.get_by_text("Este equipo")).to_be_visible()
        await page.get_by_test_id("account-menu").click()
        await page.get_by_test_id("sign-out").click()
        await page.wait_for_url("**/enter")


async def test_a_second_factor_is_turned_on_and_asked_for(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/account")
        await sign_in(page, "administrator")
        await page.get_by_test_id("factor").click()
        await page.get_by_test_id("proof").get_by_test_id("proof-password").fill(PASSWORD)
        await page.get_by_test_id("proof-send").click()
        dialog = page.get_by_test_id("factor-dialog")
        await expect(dialog.get_by_role("img")).to_have_js_property("complete", True)
        await dialog.get_by_text("No puedo escanearla").click()
        shown = await page.get_by_test_id("factor-secret").inner_text()
        secret = b32decode(shown.replace(" ", ""))
        await page.get_by_test_id("factor-code").fill(code_at(secret, step_of(clinic.office.now()) - 1))
        await page.get_by_test_id("factor-confirm-send").click()
        await expect(page.get_by_test_id("recovery-codes").get_by_role("listitem")).to_have_count(10)
        await page.context.clear_cookies()
        await page.goto(f"{clinic.url}/enter")
        await sign_in(page, "administrator")
        await page.get_by_test_id("sign-in-code").fill(code_at(secret, step_of(clinic.office.now())))
        await page.get_by_test_id("sign-in-send").click()
        await page.wait_for_url("**/admin")


async def test_staff_is_added_and_sets_a_password_by_the_link(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page, tab(browser) as other:
        await page.goto(f"{clinic.url}/admin#staff")
        await sign_in(page, "administrator")
        await page.wait_for_url("**/admin")
        await page.get_by_test_id("tab-staff").click()
        await page.get_by_test_id("person-add").click()
        await page.get_by_test_id("person-name").fill("Eva Gil")
        await page.get_by_test_id("person-sign-in").fill("eva")
        await page.get_by_test_id("person-send").click()
        await expect(page.get_by_text("Falta.")).to_be_visible()
        await page.get_by_test_id("role-coordinator").check()
        await page.get_by_test_id("person-send").click()
        link = await page.get_by_test_id("password-link").inner_text()
        await other.goto(link)
        await other.get_by_test_id("password-new").fill(NEW)
        await other.get_by_test_id("password-send").click()
        await other.wait_for_url("**/office")
        await other.goto("about:blank")


async def test_a_session_that_ends_in_the_middle_of_work_loses_nothing(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/admin")
        await sign_in(page, "administrator")
        await page.get_by_test_id("tab-clinic").click()
        await page.get_by_test_id("clinic-name").fill("Clínica Los Andes")
        member = clinic.staff["administrator"].member
        assert member is not None
        await clinic.office.redis.delete(f"{{clinic}}:staff:{member.id}:sessions")
        await page.get_by_test_id("profile-send").click()
        again = page.get_by_test_id("sign-in-again")
        await expect(again).to_be_visible()
        await again.get_by_test_id("sign-in-password").fill(PASSWORD)
        await again.get_by_test_id("sign-in-send").click()
        await expect(page.get_by_test_id("voice")).to_have_text("Guardado.")
        assert (await clinic.office.profiles.newest()).profile.name == "Clínica Los Andes"


async def test_a_key_is_made_shown_once_and_the_audit_is_read(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/admin")
        await sign_in(page, "administrator")
        await page.get_by_test_id("tab-keys").click()
        await page.get_by_test_id("key-add").click()
        await page.get_by_test_id("key-label").fill("Sistema de citas")
        await page.get_by_test_id("grant-appointments.read").check()
        await page.get_by_test_id("key-send").click()
        token = await page.get_by_test_id("key-token").inner_text()
        assert await clinic.office.api_keys.find(token, clinic.office.now()) is not None
        await page.get_by_role("button", name="Cerrar").click()
        await page.get_by_test_id("tab-audit").click()
        await expect(page.get_by_test_id("audit").get_by_text("make_api_key")).to_be_visible()


async def test_texts_are_edited_in_both_languages_and_published(clinic: Api, browser: Browser) -> None:
    async with tab(browser) as page:
        await page.goto(f"{clinic.url}/admin")
        await sign_in(page, "administrator")
        await page.get_by_test_id("tab-consent").click()
        await page.get_by_test_id("point-add").click()
        await page.get_by_label("Español").last.fill("La clínica atiende de lunes a viernes.")
        await page.get_by_label("English").last.fill("The clinic is open from Monday to Friday.")
        await page.get_by_test_id("consent-send").click()
        await page.get_by_test_id("ask-confirm").click()
        await expect(page.get_by_text("Edición 2")).to_be_visible()
        await page.get_by_test_id("tab-triage").click()
        await page.get_by_test_id("triage-send").click()
        await page.get_by_test_id("ask-confirm").click()
        await expect(page.get_by_text("Edición 1")).to_be_visible()
    published = await clinic.office.questionnaires.newest("triage")
    assert published is not None
    assert (await clinic.office.consent_texts.newest()).version == 2
