"""The page of one case in a real browser: without JavaScript, on a phone, and for people who do not see it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from office import conversations, tickets
from office.contact import follow_up_link
from office.intake import Facts
from office.material import ask_for_material
from office.meetings import Proposal, propose_meeting
from office.store.tables import Ticket
from office.survey import invite
from tests.office.made_files import PDF
from tests.web.browser.real_site import Site, running_site

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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def link(site: Site) -> str:
    """A case with everything on its page: a meeting to answer, material that is missing, messages, things not known."""

    async def work(uow: Any, parts: Any) -> str:
        now = parts.now()
        conversation, _ = await conversations.start(uow, now)
        facts = Facts(company="Café Nul ApS", phone="00005999")
        inquiry = tickets.Inquiry(conversation.id, "Vi vil åbne café i en tidligere butik.", facts, "cafe-i-butik")
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, now)
        by = ("Mette Ravnsholt", "mette", now)
        proposal = Proposal([now + timedelta(days=days) for days in (2, 3)], 45, "Rådhustorvet 1, mødelokale 4")
        await propose_meeting(uow, parts.knowledge, ticket, proposal, *by)
        await ask_for_material(uow, parts.knowledge, ticket, ["Plantegning med flugtveje og toiletter"], "Hej.", *by)
        return follow_up_link(ticket, parts.signing_key, "")

    return str(site.do(work))


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_page(path: str, viewport: Any = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


def close(site: Site, link: str) -> None:
    async def work(uow: Any, parts: Any) -> None:
        ticket = await tickets.by_reference(uow, link.split("/")[2])
        assert isinstance(ticket, Ticket)
        ticket.status = "closed"
        await invite(uow, ticket, parts.now())

    site.do(work)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_is_for_everybody_at_every_width(visit, link, viewport):
    page = visit(link, viewport)
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_questions_after_closing_are_for_everybody_at_every_width(visit, site, link, viewport):
    close(site, link)
    page = visit(f"{link}/tilfredshed", viewport)
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0


def test_what_must_be_mended_is_announced_focused_and_tied_to_its_field(visit, link):
    page = visit(link)
    page.get_by_role("button", name="Send beskeden").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv en besked, før du sender.")
    expect(page.get_by_label("Skriv til din kontaktperson")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []


def test_a_whole_case_without_javascript(visit, site, link):
    page = visit(link, PHONE, java_script_enabled=False)
    page.get_by_label("fredag den 27. november 2026 kl. 10.00").check()
    page.get_by_role("button", name="Ja tak til mødet").click()
    expect(page.get_by_role("status")).to_contain_text("Mødet er aftalt")
    page.get_by_label("Plantegning med flugtveje og toiletter").check()
    page.get_by_label("Vælg filer").set_input_files({"name": "Plan.pdf", "mimeType": "text/html", "buffer": PDF})
    page.get_by_role("button", name="Send materialet").click()
    expect(page.get_by_role("status")).to_contain_text("Vi har fået det, du sendte")
    with page.expect_download() as download:
        page.get_by_role("link", name="Plan.pdf").click()
    assert download.value.suggested_filename == "Plan.pdf"
    page.get_by_text("Fortæl os mere").click()
    page.get_by_label("Dit navn").fill("Lise Holm")
    page.get_by_role("button", name="Send oplysningerne").click()
    expect(page.get_by_text("Dit navn: Lise Holm")).to_be_visible()
    page.get_by_text("Træk henvendelsen tilbage").first.click()
    page.get_by_role("button", name="Træk henvendelsen tilbage").click()
    expect(page.get_by_role("status")).to_contain_text("Henvendelsen er trukket tilbage")


def test_the_questions_are_answered_without_javascript(visit, site, link):
    close(site, link)
    page = visit(link, PHONE, java_script_enabled=False)
    page.get_by_role("link", name="Sig din mening").click()
    page.get_by_role("group", name="Vores service i det hele").get_by_label("Meget tilfreds").check()
    page.get_by_role("group", name="Tiden, sagen tog").get_by_label("Tilfreds", exact=True).check()
    page.get_by_role("button", name="Send dine svar").click()
    expect(page.get_by_role("heading", name="Tak for dit svar")).to_be_visible()
