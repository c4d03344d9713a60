"""The caseworker's day in a real browser: from a new case to its survey, two at one case, by keyboard, on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect, sync_playwright

from office import access, conversations, correspondence, involvement, notes, tickets
from office.contact import follow_up_link
from office.intake import Facts
from office.meetings import Proposal, accept_meeting, propose_meeting, times_of
from office.store.tables import Ticket
from tests.web.browser.real_site import Site, log_in_as, running_site

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
WEIGHT = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
PASSWORD = "korrekt hest batteri"
HEAVIEST = 300_000


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("office.access._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        with running_site(tmp_path_factory.mktemp("site")) as site:
            site.do(_add_users)
            yield site


async def _add_users(uow: Any, parts: Any) -> None:
    for username, name, person in (
        ("mette", "Mette Ravnsholt", "mette-ravnsholt"),
        ("gorm", "Gorm Stenklit", "gorm-stenklit"),
    ):
        await access.create_user(uow, username, name, "caseworker", PASSWORD, parts.now(), person)


@pytest.fixture
def reference(site: Site) -> str:
    """A new case of Mette's."""
    return str(site.do(lambda uow, parts: _open(uow, parts, parts.now())))


@pytest.fixture
def busy(site: Site) -> str:
    """A case with something in every part of its page, and a day with something in every part of it."""
    return str(site.do(_busy_case))


async def _open(uow: Any, parts: Any, now: Any, company: str = "Café Nul ApS") -> str:
    conversation, _ = await conversations.start(uow, now)
    facts = Facts(company=company, contact_name="Lise Holm", email="lise@nul.example", address="Havnegade 7")
    await conversations.receive(uow, conversation, "Vi vil åbne café i en tidligere butik.", now)
    inquiry = tickets.Inquiry(conversation.id, "Vi vil åbne café i en tidligere butik.", facts, "cafe-i-butik")
    ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, now)
    ticket.contact_person = "mette-ravnsholt"
    return ticket.reference


async def _busy_case(uow: Any, parts: Any) -> str:
    now, known = parts.now(), parts.knowledge
    await _open(uow, parts, now - timedelta(days=4), "Overset Handel ApS")
    await _open(uow, parts, now - timedelta(hours=20), "Presset Design I/S")
    reference = await _open(uow, parts, now - timedelta(hours=3))
    ticket = await tickets.by_reference(uow, reference)
    assert isinstance(ticket, Ticket)
    by = ("Mette Ravnsholt", "mette", now)
    await correspondence.reply_to_business(uow, known, ticket, "Jeg ser på det i dag.", *by)
    await correspondence.write_from_business(uow, known, ticket, "Tak. Lokalet er på 120 m².", now)
    meeting = await propose_meeting(uow, known, ticket, Proposal([now + timedelta(hours=4)], 45, "Rådhustorvet 1"), *by)
    await accept_meeting(uow, ticket, meeting, times_of(meeting)[0], now)
    await correspondence.write_from_business(uow, known, ticket, "Vi kommer to personer.", now)
    row = await involvement.involve(uow, known, ticket, "miljoe", "Kræver udsugningen noget?", "mette", now)
    await involvement.answer_involvement(uow, ticket, row, "Ja, afkast over tag.", "gorm", now)
    await involvement.involve(uow, known, ticket, "byggesag", "Er det ændret anvendelse?", "mette", now)
    await notes.add_note(uow, ticket, "Ejeren er bedst at fange efter kl. 14.", "mette", now)
    return reference


@pytest.fixture
def log_in(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_desk(username: str = "mette", viewport: Any = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", **options)
        contexts.append(context)
        page = context.new_page()
        log_in_as(page, site, username, PASSWORD)
        page.wait_for_url("**/desk")
        return page

    yield open_desk
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


def unfold(page: Page, words: str) -> None:
    page.locator("summary", has_text=words).first.click()


# --- a day --------------------------------------------------------------------------------------------------


def test_a_day_from_new_case_to_closed_with_survey(site, log_in, reference):
    page = log_in()
    page.locator(f'a[href="/desk/sager/{reference}"][data-open]').click()
    page.locator("#materiale").get_by_label("Plantegning med flugtveje").check()
    page.get_by_role("button", name="Gem tjeklisten").click()
    expect(page.get_by_role("status").first).to_contain_text("Tjeklisten er gemt")
    page.get_by_label("Hvem?").select_option(label="Gorm Stenklit")
    page.get_by_label("Spørgsmål", exact=True).fill("Kræver udsugningen noget?")
    page.get_by_role("button", name="Spørg", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Spørgsmålet er gemt")

    colleague = log_in("gorm")
    colleague.get_by_role("link", name="Mette Ravnsholt:").last.click()
    unfold(colleague, "Skriv svaret")
    colleague.get_by_label("Svar fra Gorm Stenklit (Miljø)", exact=True).fill("Ja, afkast over tag.")
    colleague.get_by_role("button", name="Gem svaret").click()
    expect(colleague.get_by_text("Ja, afkast over tag.")).to_be_visible()

    page.goto(f"{site.url}/desk")
    expect(page.get_by_role("heading", name="Svar fra kolleger")).to_be_visible()
    page.goto(f"{site.url}/desk/sager/{reference}")
    unfold(page, "Plan")
    page.get_by_label("Forløb").fill("Ansøgning\nTilladelse")
    page.get_by_label("Tilladelser", exact=True).fill("Ændret anvendelse")
    page.get_by_label("Tid, med ord").fill("Otte uger.")
    page.get_by_label("Pris").fill("Efter medgået tid.")
    page.get_by_role("button", name="Gem planen").click()
    expect(page.get_by_role("status").first).to_contain_text("Ændringen er gemt")
    page.get_by_label("Dit svar").fill("I skal søge om ændret anvendelse.")
    page.get_by_label("Det er svaret på sagen").check()
    page.get_by_role("button", name="Send svaret").click()
    expect(page.get_by_role("status").first).to_contain_text("Svaret er sendt")
    unfold(page, "Afslutning")
    page.get_by_label("Virksomheden er hjulpet").check()
    page.get_by_label("Hvor ved du fra").fill("Sagt i telefonen")
    page.get_by_role("button", name="Afslut sagen").click()
    expect(page.get_by_role("status").first).to_contain_text("Sagen er afsluttet")

    async def link(uow: Any, parts: Any) -> str:
        return follow_up_link(await tickets.by_reference(uow, reference), parts.signing_key, "")

    page.goto(f"{site.url}{site.do(link)}/tilfredshed")
    expect(page.get_by_role("group", name="Vores service i det hele")).to_be_visible()


def test_two_caseworkers_in_one_case_overwrite_nothing(site, log_in, reference):
    address = f"{site.url}/desk/sager/{reference}"
    mette, gorm = log_in(), log_in("gorm")
    mette.goto(address)
    gorm.goto(address)
    gorm.get_by_label("Dit svar").fill("Gorms svar")
    gorm.get_by_role("button", name="Send svaret").click()
    expect(gorm.get_by_role("status").first).to_contain_text("Svaret er sendt")
    mette.get_by_label("Dit svar").fill("Mettes lange svar")
    mette.get_by_role("button", name="Send svaret").click()
    expect(mette.get_by_role("alert")).to_contain_text("Gorm Stenklit: Svar sendt til virksomheden")
    expect(mette.get_by_label("Dit svar")).to_have_value("Mettes lange svar")
    assert violations(mette) == []
    mette.get_by_role("button", name="Send svaret").click()
    expect(mette.locator(".desk-message--caseworker").last).to_contain_text("Mettes lange svar")


# --- by keyboard --------------------------------------------------------------------------------------------


def test_a_case_is_opened_and_answered_by_keyboard(log_in, busy):
    page = log_in()
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/sager/*")
    page.keyboard.press("r")
    page.keyboard.type("grrr? j")
    expect(page.get_by_label("Dit svar")).to_have_value("grrr? j")
    page.get_by_label("Dit svar").blur()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/sager")


def test_shortcuts_are_explained_and_can_be_switched_off(log_in, reference):
    page = log_in()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Tastaturgenveje")
    expect(sheet).to_be_visible()
    assert violations(page) == []
    sheet.get_by_label("Brug tastaturgenveje").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.reload()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Tastaturgenveje").click()
    sheet.get_by_label("Brug tastaturgenveje").check()


def test_a_deadline_is_explained_on_focus_and_escape_puts_it_aside(log_in, busy):
    page = log_in()
    deadline = page.locator(".desk-rows .desk-why__button").first
    explanation = page.locator(".desk-rows .desk-why__text").first
    expect(explanation).to_be_hidden()
    deadline.focus()
    expect(explanation).to_be_visible()
    page.keyboard.press("Escape")
    expect(explanation).to_be_hidden()
    deadline.hover()
    expect(explanation).to_be_visible()


def test_the_list_is_narrowed_while_typing_and_the_address_says_so(log_in, busy):
    page = log_in()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.keyboard.press("/")
    page.wait_for_url("**/desk/sager")
    page.get_by_label("Søg", exact=True).press_sequentially(busy.lower())
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.wait_for_url(f"**q={busy.lower()}**")
    assert complaints == []


def test_the_list_is_narrowed_without_javascript_too(log_in, busy):
    page = log_in(java_script_enabled=False)
    page.get_by_role("link", name="Sager", exact=True).click()
    page.get_by_label("Søg", exact=True).fill("overset")
    page.get_by_role("button", name="Søg").click()
    expect(page.locator("#results tbody tr").first).to_contain_text("Overset Handel")


# --- for everybody, everywhere ------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/desk", "/desk?vis=alle", "/desk/sager", "/desk/sager/{}"])
def test_every_page_is_for_everybody_at_every_width_and_light(site, log_in, busy, path, viewport):
    page = log_in(viewport=viewport)
    page.goto(site.url + path.format(busy), wait_until="networkidle")
    assert page.evaluate(WEIGHT) < HEAVIEST
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize(
    ("part", "button", "words"),
    [
        ("Afslutning", "Afslut sagen", "Vælg, hvordan sagen endte."),
        ("Ret niveau", "Gem niveau og fagområder", "Skriv kort, hvorfor"),
        ("Giv sagen videre", "Giv sagen videre", "Vælg, hvem der skal have sagen."),
    ],
)
def test_what_must_be_mended_is_announced_and_tied_to_its_field(site, log_in, busy, part, button, words):
    page = log_in(viewport=PHONE)
    page.goto(f"{site.url}/desk/sager/{busy}")
    unfold(page, part)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert violations(page) == []
    assert page.evaluate(WIDER) <= 0
