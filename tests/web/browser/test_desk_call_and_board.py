"""The call form and the board in a real browser: by keyboard alone, on a phone, and for people who do not see them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from office import access, conversations, tickets
from office.intake import Facts
from office.store.tables import Ticket
from tests.web.browser.real_site import Site, running_site
from tests.web.browser.test_follow_up_page import DESKTOP, PHONE, WIDER, browser, pytestmark, violations  # noqa: F401
from tests.web.standin_engine import TOKEN, StandinEngine, matter

PASSWORD = "korrekt hest batteri"


@pytest.fixture(scope="module")
def engine_port() -> Iterator[int]:
    """An engine that takes every text for a wish to build."""
    engine, loop = StandinEngine(), asyncio.new_event_loop()
    engine.intent, engine.understanding = matter("udvidelse-produktionshal", "byggetilladelse", "lokalplan")
    runner = web.AppRunner(engine.app())

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, engine_port: int) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    settings = {"INDGANG_ENGINE_PORT": str(engine_port), "INDGANG_ENGINE_TOKEN": TOKEN}
    with running_site(folder, **settings) as site:

        async def add_user(uow: Any, parts: Any) -> None:
            await access.create_user(uow, "anker", "Anker", "caseworker", PASSWORD, parts.now(), "anker-tranehede")

        site.do(add_user)
        yield site


@pytest.fixture
def case(site: Site) -> str:
    """An open case in Afklaring. Returns its reference."""

    async def work(uow: Any, parts: Any) -> str:
        conversation, _ = await conversations.start(uow, parts.now())
        inquiry = tickets.Inquiry(conversation.id, "hal", Facts(company="Nul ApS", phone="00001122"), "andet")
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        ticket.phase = "afklaring"
        return str(ticket.reference)

    return str(site.do(work))


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:  # noqa: F811
    contexts = []

    def open_page(path: str, viewport: Any = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="da-DK", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.url}/desk/login")
        page.fill("[name=username]", "anker")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk")
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def phase_of(site: Site, reference: str) -> str:
    async def work(uow: Any, _parts: Any) -> str:
        ticket = await tickets.by_reference(uow, reference)
        assert isinstance(ticket, Ticket)
        return str(ticket.phase)

    return str(site.do(work))


# --- the call -----------------------------------------------------------------------------------------------


def test_a_phone_call_is_registered_by_keyboard_alone(desk: Callable[..., Page]) -> None:
    page = desk("/desk/ny")
    keys = page.keyboard
    keys.type("Nul ApS på Industrivej 12 vil bygge en hal mere.")
    expect(page.locator("#suggestion dd").first).to_have_text("Udvidelse af produktionshal")
    expect(page.locator("#suggestion-status")).to_contain_text("Udvidelse af produktionshal")
    for key in ("Tab", "Tab", "Tab"):  # past "Find forslag" and the company, which the text names, to the name
        keys.press(key)
    keys.type("Lise Holm")
    keys.press("Tab")
    keys.type("00 00 11 22")
    keys.press("Control+Enter")
    page.wait_for_url("**/desk/ny/EK-*")
    expect(page.locator("h1")).to_contain_text("EK-2026-")
    expect(page.locator(".call-aloud")).to_contain_text("er jeres kontaktperson")
    page.get_by_role("link", name="Gå til sagen").press("Enter")
    expect(page.locator("main")).to_contain_text("Lise Holm")
    expect(page.locator("main")).to_contain_text("Nul ApS")


def test_an_answer_is_chosen_and_counted_by_keyboard_alone(desk: Callable[..., Page]) -> None:
    page = desk("/desk/ny")
    page.keyboard.type("Skal jeg have byggetilladelse til et skur?")
    answer = page.locator("#article-byggetilladelse")
    expect(answer).to_be_visible()
    answer.focus()
    page.keyboard.press("Space")
    expect(answer).to_be_checked()
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".alert")).to_contain_text("talt med som besvaret (telefon)")


def test_areas_set_by_hand_stay_while_somebody_types_on(desk: Callable[..., Page]) -> None:
    page = desk("/desk/ny")
    page.keyboard.type("Vi vil bygge")
    box = page.locator("[data-area=bevilling]")
    expect(page.locator("[data-area=byggesag]")).to_be_checked()
    page.locator("#change summary").click()
    box.check()
    with page.expect_response("**/desk/ny/forslag"):
        page.locator("#text").press_sequentially(" mere")
    expect(box).to_be_checked()


def test_the_form_does_its_work_without_javascript(desk: Callable[..., Page]) -> None:
    page = desk("/desk/ny", java_script_enabled=False)
    page.fill("#text", "Vi vil bygge en hal")
    page.fill("#phone", "00001122")
    page.get_by_role("button", name="Find forslag").click()
    expect(page.locator("#suggestion")).to_contain_text("Udvidelse af produktionshal")
    page.get_by_role("button", name="Opret sag").click()
    expect(page.locator("h1")).to_contain_text("EK-2026-")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_call_form_has_no_accessibility_errors_and_fits(desk: Callable[..., Page], viewport: Any) -> None:
    page = desk("/desk/ny", viewport)
    page.fill("#text", "Vi vil bygge en hal")
    expect(page.locator("#suggestion")).to_contain_text("Udvidelse af produktionshal")
    assert page.evaluate(WIDER) == 0
    assert violations(page) == []
    page.get_by_role("button", name="Opret sag").click()
    expect(page.locator(".alert-error")).to_be_visible()
    assert violations(page) == []


def test_the_saved_page_has_no_accessibility_errors_and_fits_a_phone(desk: Callable[..., Page], case: str) -> None:
    page = desk(f"/desk/ny/{case}", PHONE)
    assert page.evaluate(WIDER) == 0
    assert violations(page) == []


# --- the board ----------------------------------------------------------------------------------------------


def test_a_case_is_moved_by_keyboard_and_the_move_is_announced(
    desk: Callable[..., Page], site: Site, case: str
) -> None:
    page = desk("/desk/tavle")
    page.locator(f"#{case} [data-open]").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#board-status")).to_contain_text("står nu i Sagsbehandling")
    expect(page.locator(f"[data-phase=sagsbehandling] #{case} [data-open]")).to_be_focused()
    assert phase_of(site, case) == "sagsbehandling"


def test_arrow_keys_alone_move_only_the_focus(desk: Callable[..., Page], site: Site, case: str) -> None:
    page = desk("/desk/tavle")
    page.locator(f"#{case} [data-open]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#board-status")).to_contain_text("Tiltrækning er tom")
    assert phase_of(site, case) == "afklaring"


def test_a_case_is_moved_by_dragging(desk: Callable[..., Page], site: Site, case: str) -> None:
    page = desk("/desk/tavle", {"width": 1280, "height": 2400})  # all of it in sight: nothing scrolls under the hand
    page.drag_and_drop(f"#{case} .board-who", "[data-phase=sagsbehandling] h2")
    expect(page.locator(f"[data-phase=sagsbehandling] #{case}")).to_be_visible()
    assert phase_of(site, case) == "sagsbehandling"


def test_a_case_that_somebody_else_has_changed_is_not_moved_and_that_is_said(
    desk: Callable[..., Page], site: Site, case: str
) -> None:
    page = desk("/desk/tavle")

    async def change(uow: Any, parts: Any) -> None:
        ticket = await tickets.by_reference(uow, case)
        await tickets.change(uow, ticket, {"company": "Ny ApS"}, "bo", parts.now())

    site.do(change)
    page.locator(f"#{case} [data-open]").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".alert-error")).to_contain_text("er ændret af en anden imens")
    page.locator(f"#{case} [data-open]").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(f"[data-phase=sagsbehandling] #{case}")).to_be_visible()


def test_a_case_is_moved_without_javascript(desk: Callable[..., Page], site: Site, case: str) -> None:
    page = desk("/desk/tavle", java_script_enabled=False)
    page.locator(f"#{case}").get_by_role("button", name="Til Tiltrækning").click()
    expect(page.locator(".alert")).to_contain_text(f"{case} står nu i Tiltrækning")
    assert phase_of(site, case) == "tiltraekning"


@pytest.mark.parametrize("path", ["/desk/tavle", "/desk/tavle/ark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_board_has_no_accessibility_errors_and_fits(
    desk: Callable[..., Page], case: str, viewport: Any, path: str
) -> None:
    page = desk(path, viewport)
    expect(page.locator("main")).to_contain_text(case)
    assert page.evaluate(WIDER) == 0
    assert violations(page) == []
