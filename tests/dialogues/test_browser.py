"""What people touch, in a real browser against the real stack: the chat on the municipal page, the form, the case, the desk."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.dialogues.conftest import Stack

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)
expect.set_options(timeout=20000)  # a loaded machine is no failure
EXPANSION = "vi vil udvide vores produktionshal på Industrivej med 800 m2"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser, stack: Stack) -> Page:
    context = await browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 800}, locale="da-DK")
    return await context.new_page()


async def open_chat(page: Page) -> None:
    await page.goto("/")
    await page.locator(".launcher").click()
    await expect(page.locator(".message.bot").first).to_be_visible()


async def ask(page: Page, text: str) -> None:
    before = await page.locator(".message.bot").count()
    await page.locator("en-indgang textarea").fill(text)
    await page.locator("en-indgang textarea").press("Enter")
    await expect(page.locator(".message.bot").nth(before)).to_be_visible()


async def open_case(page: Page) -> str:
    await open_chat(page)
    await ask(page, EXPANSION)
    await ask(page, "Metalværkstedet Nul ApS, Lise Holm")
    await ask(page, "00 00 11 22")
    return await page.locator(".ticket .reference").first.inner_text()


async def log_in(page: Page, stack: Stack) -> None:
    await page.goto("/desk")
    await page.get_by_label("Brugernavn").fill("admin")
    await page.get_by_label("Adgangskode").fill(stack.password)
    await page.get_by_role("button", name="Log ind").click()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Log ind")


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = (await page.evaluate("axe.run()"))["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


async def test_an_answer_stands_as_a_card_with_source_and_review_date(page):
    await open_chat(page)
    await ask(page, "må jeg klippe folk derhjemme i min stue?")
    card = page.locator(".message.bot .card").last
    await expect(card.locator("h3")).to_have_text("Frisørsalon i egen bolig")
    await expect(card).to_contain_text("Planloven")
    await expect(card).to_contain_text("20. november 2026")
    assert await violations(page) == []


async def test_a_case_opened_in_the_chat_is_on_the_desk_and_its_reply_arrives_in_the_chat_unasked(page, browser, stack):
    reference = await open_case(page)
    desk = await (await browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900})).new_page()
    await log_in(desk, stack)
    await desk.goto("/desk/sager?vis=alle")
    await desk.locator(f'a[data-open][href="/desk/sager/{reference}"]').click()
    await expect(desk.get_by_role("heading", level=1)).to_contain_text(reference)
    await expect(desk.locator("main")).to_contain_text(EXPANSION)
    assert await violations(desk) == []
    await desk.get_by_label("Dit svar").fill("Hej Lise, jeg ringer til dig i morgen. Venlig hilsen kommunen")
    await desk.get_by_role("button", name="Send svaret").click()
    await expect(page.locator(".message.caseworker")).to_contain_text("jeg ringer til dig i morgen")


async def test_the_case_page_works_without_script_and_shows_messages_both_ways(page, browser, stack):
    await open_case(page)
    url = await page.locator(".ticket a.button").first.get_attribute("href")
    plain = await (
        await browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    ).new_page()
    await plain.goto(str(url))
    await expect(plain.locator("h1")).to_contain_text("EK-2026-")
    await plain.locator("textarea[name=text]").fill("Vi har tegningerne klar nu.")
    await plain.get_by_role("button", name="Send beskeden").click()
    await expect(plain.locator("main")).to_contain_text("Vi har tegningerne klar nu.")


async def test_the_office_can_be_written_to_without_script(browser, stack):
    context = await browser.new_context(
        base_url=stack.url, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_role("link", name="Skriv til os").first.click()
    await page.locator("textarea[name=text]").fill("Må vi have et pyloneskilt ved vejen?")
    await page.locator("main button[type=submit]").click()
    await expect(page.locator("main")).to_contain_text("telefon")  # what is missing is said, nothing typed is lost
    await expect(page.locator("textarea[name=text]")).to_have_value("Må vi have et pyloneskilt ved vejen?")
    await page.locator("input[name=name]").fill("Lise Holm")
    await page.locator("input[name=phone]").fill("00 00 11 99")
    await page.locator("main button[type=submit]").click()
    await expect(page.locator("main")).to_contain_text("EK-2026-")


async def test_the_conversation_survives_reload_and_page_change(page):
    await open_chat(page)
    await ask(page, "hvordan får jeg et næringsbrev")
    await page.goto("/lokaler")
    if await page.locator(".launcher").is_visible():
        await page.locator(".launcher").click()
    await expect(page.locator(".message.visitor").first).to_contain_text("næringsbrev")
    await expect(page.locator(".message.bot .card h3")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/lokaler", "/skriv", "/desk/login", "/findes-ikke"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_every_page_is_accessible_and_fits_a_phone(page, path, width):
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(path)
    assert await page.locator("h1").count() == 1
    assert await page.title()
    assert await page.evaluate(SIDEWAYS) <= 0
    assert await violations(page) == []


async def test_the_desk_and_the_case_page_are_accessible_and_fit_a_phone(page, browser, stack):
    reference = await open_case(page)
    url = str(await page.locator(".ticket a.button").first.get_attribute("href"))
    desk = await (await browser.new_context(base_url=stack.url, viewport={"width": 320, "height": 800})).new_page()
    await log_in(desk, stack)
    for address in ("/desk", f"/desk/sager/{reference}", url):
        await desk.goto(address)
        assert await desk.evaluate(SIDEWAYS) <= 0, address
        assert await violations(desk) == [], address
