"""Log-in, account, users and log in a real browser: for everybody at every width, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from office import access
from office.history import record
from tests.web.browser.real_site import Site, log_in_as, running_site
from tests.web.browser.test_follow_up_page import DESKTOP, PHONE, WIDER, browser, pytestmark, violations

__all__ = ["browser", "pytestmark"]  # the same browser, and the same reasons to be without one
PASSWORD = "korrekt hest batteri"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        site.do(fill)
        yield site


async def fill(uow: Any, parts: Any) -> None:
    now = parts.now()
    await access.create_user(uow, "admin", "Administrator", "administrator", PASSWORD, now)
    bo = await access.create_user(
        uow,
        "bo.byggesen-med-et-langt-navn@lindhavn.example",
        "Bo Byggesen",
        "caseworker",
        PASSWORD,
        now,
        "mette-ravnsholt",
    )
    bo.must_change_password = True
    await access.begin_session(uow, bo, now, 10, "Firefox på Windows")
    record(uow, None, now, "admin", "user_changed", "role", "editor", "caseworker", about=bo.username)
    await access.record_refused(uow, "findes ikke", now)


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts = []

    def log_in(path: str, viewport: Any = DESKTOP, username: str = "admin", **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        log_in_as(page, site, username, PASSWORD)
        page.goto(path)
        return page

    yield log_in
    for context in contexts:
        context.close()


def is_for_everybody(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "path",
    [
        "/desk/konto",
        "/desk/brugere",
        "/desk/brugere/ny",
        "/desk/brugere/2",
        "/desk/log",
        "/desk/log?fra=i+går",
        "/desk/log?bruger=x",
    ],
)
def test_every_page_is_for_everybody_at_every_width(visit: Callable[..., Page], path: str, viewport: Any) -> None:
    is_for_everybody(visit(path, viewport))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_log_in_and_its_refusal_are_for_everybody(browser: Browser, site: Site, viewport: Any) -> None:
    context = browser.new_context(viewport=viewport, base_url=site.url)
    page = context.new_page()
    page.goto("/desk/login")
    is_for_everybody(page)
    page.get_by_label("Brugernavn").fill("admin")
    page.get_by_label("Adgangskode").fill("forkert")
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("alert")).to_contain_text("passer ikke")
    is_for_everybody(page)
    context.close()


def test_a_user_is_made_and_chooses_a_password_without_javascript(
    visit: Callable[..., Page], browser: Browser, site: Site
) -> None:
    page = visit("/desk/brugere", java_script_enabled=False)
    page.get_by_role("link", name="Opret bruger").click()
    page.get_by_label("Brugernavn").fill("ea")
    page.get_by_role("button", name="Opret bruger").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv brugerens navn")
    page.get_by_label("Navn", exact=True).fill("Ea Redaktør")
    page.get_by_label("Rolle").select_option("Redaktør")
    page.get_by_role("button", name="Opret bruger").click()
    password = page.locator(".desk-secret").inner_text()
    page.get_by_role("button", name="Log ud").click()
    page.get_by_label("Brugernavn").fill("ea")
    page.get_by_label("Adgangskode").fill(password)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", name="Min konto")).to_be_visible()
    page.get_by_label("Nuværende adgangskode").fill(password)
    page.get_by_label("Ny adgangskode", exact=True).fill("tredive grønne køer")
    page.get_by_label("Ny adgangskode igen").fill("tredive grønne køer")
    page.get_by_role("button", name="Skift adgangskode").click()
    expect(page.get_by_role("status")).to_contain_text("Din adgangskode er skiftet")


def test_what_must_be_mended_in_a_password_is_announced_and_tied_to_its_field(visit: Callable[..., Page]) -> None:
    page = visit("/desk/konto", PHONE)
    page.get_by_role("button", name="Skift adgangskode").click()
    expect(page.get_by_role("alert")).to_contain_text("Adgangskoden er ikke skiftet")
    expect(page.get_by_label("Nuværende adgangskode")).to_have_attribute("aria-invalid", "true")
    is_for_everybody(page)
