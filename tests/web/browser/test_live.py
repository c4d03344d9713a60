"""A live talk with two browsers: a visitor in the chat of the site, and a caseworker at the desk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from office import access
from tests.web.browser.real_site import Site, running_site
from tests.web.standin_engine import StandinEngine, words

WEB = Path(__file__).parents[3] / "web"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
    pytest.mark.skipif(not AXE.exists(), reason="web/node_modules is missing: run npm ci in web/"),
]
expect.set_options(timeout=15000)  # a loaded machine is no failure
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Per module: while Playwright's synchronous interface is open, no asynchronous test can run.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    engine = StandinEngine()
    engine.replies = [words("Selvfølgelig. Du kan ringe nu på 00 00 10 10. Eller lad mig tage imod her.", "human")]
    with running_site(tmp_path, engine) as site:

        async def add_user(uow: Any, parts: Any) -> None:
            now = parts.now()
            await access.create_user(uow, "mette", "Mette Ravnsholt", "caseworker", "hemmeligt", now, "mette-ravnsholt")
            await access.create_user(uow, "gorm", "Gorm Stenklit", "caseworker", "hemmeligt", now, "gorm-stenklit")

        site.do(add_user)
        yield site


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages as different people; at the end no page may have broken the site's own rules."""
    contexts, wrongs = [], []

    def open_page(path: str, viewport: Any = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(site.url) else wrongs.append(sent.url))
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrongs == []


def log_in(page: Page, username: str = "mette") -> None:
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill("hemmeligt")
    page.get_by_role("button", name="Log ind").click()


def wait_for_person(page: Page) -> None:
    page.locator(".launcher").click()
    page.locator("textarea").fill("Må vi få et skilt? Jeg vil tale med et menneske")
    page.locator("textarea").press("Enter")
    page.get_by_role("button", name="Tal med en medarbejder nu").click()


def violations(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


def test_a_visitor_and_a_caseworker_talk_and_it_becomes_a_case(visit):
    desk = visit("/desk/live")
    log_in(desk)
    desk.goto(desk.url.partition("/desk")[0] + "/desk/live")
    expect(desk.get_by_text("Ingen venter lige nu.")).to_be_visible()
    visitor = visit("/")
    wait_for_person(visitor)
    bar = visitor.locator(".live")
    expect(bar).to_contain_text("I kø til en medarbejder Du er nummer 1 i køen. Der sidder en medarbejder klar.")
    assert violations(visitor) == []
    expect(desk.get_by_role("button", name="Overtag")).to_be_visible()  # unasked
    assert violations(desk) == []
    desk.get_by_role("button", name="Overtag").click()
    expect(bar).to_contain_text("Du skriver med Mette Ravnsholt")
    expect(desk.get_by_text("Den besøgende er her.")).to_be_visible()

    desk.get_by_label("Skriv til den besøgende").press_sequentially("Hej!")
    expect(visitor.locator(".typing")).to_contain_text("Mette Ravnsholt skriver")
    desk.get_by_label("Skriv til den besøgende").press("Enter")
    expect(visitor.locator(".message.caseworker .bubble")).to_have_text("Hej!")
    expect(desk.get_by_label("Skriv til den besøgende")).to_have_value("")
    expect(visitor.locator(".message.caseworker .author")).to_contain_text("Mette Ravnsholt")

    visitor.locator("textarea").press_sequentially("Vi er Nul ApS, 00 00 77 31")
    expect(desk.get_by_text("Den besøgende skriver …")).to_be_visible()
    visitor.locator("textarea").press("Enter")
    expect(desk.locator("#live-log")).to_contain_text("Vi er Nul ApS, 00 00 77 31")
    assert violations(visitor) == []

    desk.get_by_text("Gør samtalen til en sag").click()
    expect(desk.get_by_label("Telefon")).to_have_value("00007731")
    assert violations(desk) == []
    desk.get_by_role("button", name="Opret sagen").click()
    expect(desk.get_by_role("link", name="Se sag EK-2026-000001")).to_be_visible()
    expect(visitor.locator(".card.ticket")).to_contain_text("EK-2026-000001")
    expect(bar).to_be_hidden()


def test_the_talk_works_without_javascript_and_fits_a_phone(visit):
    visitor = visit("/")
    wait_for_person(visitor)
    expect(visitor.locator(".live")).to_contain_text("Du er nummer 1 i køen.")
    desk = visit("/desk/live", PHONE, java_script_enabled=False)
    log_in(desk)
    desk.goto(desk.url.partition("/desk")[0] + "/desk/live")
    desk.get_by_role("button", name="Overtag").click()
    desk.get_by_label("Skriv til den besøgende").fill("Hej fra Mette")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator("#live-log")).to_contain_text("Hej fra Mette")
    expect(visitor.locator(".message.caseworker .bubble")).to_have_text("Hej fra Mette")
    assert desk.evaluate(WIDER) <= 0
    visitor.locator(".live").get_by_role("button", name="Tilbage til assistenten").click()
    expect(visitor.locator(".live")).to_be_hidden()
    desk.get_by_role("link", name="Hent nye beskeder").click()
    expect(desk.get_by_text("Samtalen er slut.")).to_be_visible()


def test_a_talk_is_passed_on_and_the_visitor_is_never_without_a_person(visit):
    visitor = visit("/")
    wait_for_person(visitor)
    mette, gorm = visit("/desk/live"), visit("/desk/live")
    for desk, username in ((mette, "mette"), (gorm, "gorm")):
        log_in(desk, username)
        desk.goto(desk.url.partition("/desk")[0] + "/desk/live")
    mette.get_by_role("button", name="Overtag").click()
    mette.get_by_role("button", name="Tilbyd Gorm Stenklit").click()
    expect(mette.locator("#live-pass")).to_contain_text("Du har samtalen, indtil Gorm Stenklit siger ja.")
    expect(gorm.locator("#live-news")).to_have_text("Én samtale venter på dig.")  # unasked
    expect(gorm.get_by_role("region", name="Tilbudt dig")).to_contain_text("Mette Ravnsholt vil give dig samtalen")
    assert violations(gorm) == []
    expect(visitor.locator(".live")).to_contain_text("Du skriver med Mette Ravnsholt")
    gorm.get_by_role("button", name="Tag samtalen").click()
    expect(visitor.locator(".live")).to_contain_text("Du skriver med Gorm Stenklit")
    expect(visitor.locator("[role=log]")).to_contain_text("Du taler nu med Gorm Stenklit")
    gorm.get_by_label("Skriv til den besøgende").fill("Hej fra Gorm")
    gorm.get_by_label("Skriv til den besøgende").press("Enter")
    expect(visitor.locator(".message.caseworker .bubble")).to_have_text("Hej fra Gorm")
    expect(mette.get_by_label("Skriv til den besøgende")).to_have_count(0)  # the page found out by itself
    expect(mette.locator("#live-status")).to_contain_text("Gorm Stenklit har samtalen.")
