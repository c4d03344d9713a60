"""Every page and state of the desk in a real browser, on a wide screen, at 200 % and on a phone; and days away from end to end.

The pages are those that the routes name, so that a new page is looked at without being named here; one whose address has a
parameter makes a test fail until PAGES says what to put there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, expect

from office import access, tickets
from office.contact import follow_up_link
from office.store.tables import Ticket
from tests.web.browser.full_desk import ADMIN, EDITOR, PASSWORD, FullDesk, fill_desk, open_case
from tests.web.browser.real_site import TUESDAY_MORNING, Site, log_in_as, running_site
from tests.web.browser.test_desk_day import AXE, HEAVIEST, WEIGHT, WIDER, browser, pytestmark
from web.desk.routes import ROOMS
from web.desk.sections import SECTIONS

__all__ = ["browser", "pytestmark"]  # the same browser, and the same reasons to be without one
DESKTOP, TWICE, PHONE = ({"width": width, "height": height} for width, height in ((1280, 1024), (640, 512), (320, 640)))

AXE_SCRIPT = AXE.read_text(encoding="utf-8") if AXE.exists() else ""

# What stands for a page whose address has a parameter, or shows more with a query; each is one of its states.
PAGES: dict[str, tuple[str, ...]] = {
    "/desk/sager/{reference}": tuple(
        f"/desk/sager/{{cases[{state}]}}" for state in ("new", "screened", "waiting", "refused", "closed", "busy")
    ),
    "/desk/sager": ("/desk/sager?vis=alle",),
    "/desk/ny/{reference}": ("/desk/ny/{cases[new]}",),
    r"/desk/live/{number:\d{1,9}}": tuple(f"/desk/live/{{talks[{talk}]}}" for talk in ("waiting", "mine", "offered")),
    r"/desk/udbakke/{number:\d{1,9}}": ("/desk/udbakke/{mail}",),
    r"/desk/brugere/{user:\d{1,9}}": ("/desk/brugere/2",),
    "/desk/folk/fravaer": (
        "/desk/folk/fravaer?person=mette-ravnsholt&first=2026-11-24&last=2026-11-26&substitute=jeppe-klitvang",
        "/desk/folk/fravaer?person=mette-ravnsholt&first=2026-11-26&last=2026-11-24",
    ),
    "/desk/folk/fravaer/slut": ("/desk/folk/fravaer/slut?nr={absence}",),
    "/desk/folk/vagt": ("/desk/folk/vagt?dag=2026-11-25",),
    "/desk/kontor": (
        "/desk/kontor",
        "/desk/kontor?form=aabningstid&dag=monday&tider=09.00-12.00",
        "/desk/kontor?form=lukkedag&fra=2026-11-25&til=2026-11-27&navn=Flytning",
    ),
}
# Files, streams, pieces of a page, and the way to another house.
NO_PAGES = {
    "/desk/login/kommunen",
    "/desk/login/retur",
    "/desk/sager/{reference}/aendret",
    r"/desk/sager/{reference}/filer/{number:\d{1,9}}",
    "/desk/live/events",
    "/desk/tavle/aabne-sager.{kind:csv|xlsx}",
    "/desk/resultater/tal.csv",
    "/desk/log/log.csv",
}
PATTERNS = sorted({route.path for room in ROOMS for route in room.routes if route.method == "GET"} - NO_PAGES)
ADDRESSES = [address for pattern in PATTERNS for address in PAGES.get(pattern, (pattern,))]
# Rooms without a page of their own: they answer to forms only.
ONLY_FORMS = {"/desk/logout", "/desk/viden/artikel"}

# What is out of sight to the right or left, or cut off within its box, and can be reached by no scrolling.
CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth;
  const hidden = (style) => ["hidden", "clip"].includes(style.overflowX);
  const reachable = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (["auto", "scroll"].includes(style.overflowX) || style.clipPath !== "none" || style.position === "fixed") return true;
    }
    return false;
  };
  return [...document.querySelectorAll("header *, aside *, main *")].filter((element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 2 || element.closest("svg, .sr-only, dialog, input, textarea, select")) return false;
    const outside = box.right > wide + 1 || box.left < -1;
    const cut = hidden(getComputedStyle(element)) && element.scrollWidth > element.clientWidth + 1;
    return (outside || cut) && !reachable(element);
  }).map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`);
}"""


# --- every page and state -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def light_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("office.access._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, light_passwords: None) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def full(site: Site) -> FullDesk:
    return fill_desk(site, 20, 30)


@pytest.fixture(scope="module")
def admin(browser: Browser, site: Site, full: FullDesk) -> Iterator[BrowserContext]:
    """A browser in which somebody is logged in who may enter every room."""
    context = logged_in(browser, site, ADMIN)
    yield context
    context.close()


@pytest.fixture(scope="module")
def tab(admin: BrowserContext, site: Site) -> Page:
    tab = admin.new_page()
    # Weighed as by somebody who comes for the first time: what is known already counts for nothing.
    admin.new_cdp_session(tab).send("Network.setCacheDisabled", {"cacheDisabled": True})
    return watched(tab, site)


@pytest.fixture
def page(tab: Page) -> Page:
    """The one tab of all tests, as wide as a desk's screen."""
    tab.set_viewport_size(DESKTOP)
    tab.foreign.clear()  # type: ignore[attr-defined]
    return tab


def logged_in(browser: Browser, site: Site, username: str) -> BrowserContext:
    context = browser.new_context(viewport=DESKTOP, locale="da-DK", base_url=site.url)
    page = context.new_page()
    log_in_as(page, site, username, PASSWORD)
    page.close()
    return context


def watched(page: Page, site: Site) -> Page:
    """Note what the page asks other hosts for."""
    page.foreign = []  # type: ignore[attr-defined]
    own = (site.url, "data:", "blob:")
    page.on("request", lambda sent: None if sent.url.startswith(own) else page.foreign.append(sent.url))  # type: ignore[attr-defined]
    return page


def violations(page: Page) -> list[str]:
    """Open what is folded and return what breaks a rule; only that is looked into, for half the time of a full report."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({ resultTypes: ['violations'], elementRef: false })")["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found]


def is_for_everybody(page: Page) -> None:
    """Check what is shown: the rules for access, its weight, and that it holds together at every width."""
    assert page.locator("h1").count() == 1
    assert page.title().partition(" – ")[0].strip()
    assert violations(page) == []
    assert page.evaluate(WEIGHT) < HEAVIEST
    assert page.foreign == []  # type: ignore[attr-defined]
    for viewport in (TWICE, PHONE):
        page.set_viewport_size(viewport)
        assert page.evaluate(WIDER) <= 0, viewport
        assert page.evaluate(CUT_OFF) == [], viewport


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_for_everybody_at_every_width_and_light(page: Page, full: FullDesk, address: str) -> None:
    response = page.goto(address.format(**vars(full)))
    assert response is not None
    assert response.status in (200, 422)
    is_for_everybody(page)


def test_every_room_of_the_desk_is_looked_at() -> None:
    seen = [address.partition("?")[0] for address in ADDRESSES]
    assert [room.path for room in SECTIONS if room.path not in ONLY_FORMS and not any(map(room.covers, seen))] == []


@pytest.mark.parametrize("path", ["/desk/findes-ikke", "/desk/sager/EK-2026-999999", "/findes-ikke"])
def test_a_page_that_is_not_there_is_for_everybody(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response is not None
    assert response.status == 404
    is_for_everybody(page)


def test_a_room_that_is_not_for_one_is_for_everybody(browser: Browser, site: Site, full: FullDesk) -> None:
    context = logged_in(browser, site, EDITOR)
    page = watched(context.new_page(), site)
    response = page.goto("/desk/sager")
    assert response is not None
    assert response.status == 403
    is_for_everybody(page)
    context.close()


@pytest.mark.parametrize("path", ["/resultater", "{link}"])
def test_what_the_desk_shows_the_public_is_for_everybody(page: Page, full: FullDesk, path: str) -> None:
    page.goto(path.format(link=full.link))
    is_for_everybody(page)


def test_log_in_that_is_refused_is_for_everybody(browser: Browser, site: Site, full: FullDesk) -> None:
    context = browser.new_context(viewport=DESKTOP, base_url=site.url)
    page = watched(context.new_page(), site)
    page.goto("/desk/login")
    page.get_by_label("Brugernavn").fill("ukendt")
    page.get_by_label("Adgangskode").fill("forkert")
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("alert")).to_be_visible()
    is_for_everybody(page)
    context.close()


def test_a_file_that_is_refused_at_a_case_is_told_of_to_everybody(page: Page, full: FullDesk) -> None:
    page.goto(f"/desk/sager/{full.cases['busy']}")
    page.get_by_label("Dit svar").fill("Et langt svar")
    page.get_by_label("Vedhæft filer").set_input_files({"name": "Plan.exe", "mimeType": "x/y", "buffer": b"MZ"})
    page.get_by_role("button", name="Send svaret").click()
    expect(page.get_by_role("alert")).to_contain_text("Vi kan ikke tage imod “Plan.exe”")
    expect(page.get_by_label("Dit svar")).to_have_value("Et langt svar")
    is_for_everybody(page)


def test_the_draft_of_an_article_is_for_everybody(page: Page) -> None:
    page.goto("/desk/viden")
    page.get_by_role("button", name="Lav en artikel af dette").first.click()
    expect(page.get_by_label("Titel")).not_to_be_empty()
    is_for_everybody(page)


# --- days away ----------------------------------------------------------------------------------------------


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = TUESDAY_MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def office(tmp_path: Any, hands: Hands, light_passwords: None) -> Iterator[Site]:
    """An office of its own, whose clock the test moves."""
    with running_site(tmp_path, clock=hands) as site:
        site.do(_add_coordinator)
        yield site


async def _add_coordinator(uow: Any, parts: Any) -> None:
    await access.create_user(uow, "karla", "Karla Koordinator", "coordinator", PASSWORD, parts.now())


@pytest.fixture
def cases(office: Site) -> tuple[str, str]:
    """Two open cases of Mette's."""
    first, second = (
        office.do(lambda uow, parts, name=name: open_case(uow, parts, name)) for name in ("Nul ApS", "Presset I/S")
    )
    return first.reference, second.reference


@pytest.fixture
def coordinator(browser: Browser, office: Site) -> Iterator[Callable[[], Page]]:
    contexts = []

    def log_in() -> Page:
        contexts.append(logged_in(browser, office, "karla"))
        page = contexts[-1].new_page()
        page.goto("/desk/folk")
        return page

    yield log_in
    for context in contexts:
        context.close()


def look_through(page: Page, first: datetime, last: datetime) -> None:
    """Fill in that Mette is away and Jeppe stands in, and ask what would happen."""
    page.get_by_label("Hvem er væk?").select_option(label="Mette Ravnsholt")
    page.get_by_label("Første dag").fill(f"{first:%Y-%m-%d}")
    page.get_by_label("Sidste dag").fill(f"{last:%Y-%m-%d}")
    page.get_by_label("Afløser").select_option(label="Jeppe Klitvang")
    page.get_by_role("button", name="Se, hvad der sker").click()


def link_to(site: Site, reference: str) -> str:
    async def work(uow: Any, parts: Any) -> str:
        ticket = await tickets.by_reference(uow, reference)
        assert isinstance(ticket, Ticket)
        return follow_up_link(ticket, parts.signing_key, "")

    return str(site.do(work))


def test_absence_is_looked_through_and_set_and_the_cases_have_another_contact_person(
    office: Site, cases: tuple[str, str], coordinator: Callable[[], Page], hands: Hands
) -> None:
    page = coordinator()
    look_through(page, hands.now, hands.now + timedelta(days=2))
    expect(page.get_by_role("heading", name="Sæt fravær for Mette Ravnsholt")).to_be_visible()
    expect(page.locator("#main-content")).to_contain_text(
        "2 sager, regnet med de sager, der er åbne nu. Det sker, så snart"
    )
    for reference in cases:
        row = page.get_by_role("row").filter(has_text=reference)
        expect(row).to_contain_text("Jeppe Klitvang")
        expect(row).to_contain_text("Afløser")
    page.get_by_role("button", name="Gem fraværet").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "2 sager har skiftet hænder, og virksomhederne har fået besked"
    )
    expect(page.get_by_role("row").filter(has_text="Mette Ravnsholt").first).to_contain_text("Væk i dag")

    page.goto("/desk/sager?vis=alle")
    expect(page.get_by_role("row").filter(has_text=cases[0])).to_contain_text("Jeppe Klitvang")
    page.locator(f'a[href="/desk/sager/{cases[0]}"]').first.click()
    person = page.locator("#kontaktperson")
    expect(person).to_contain_text("Jeppe Klitvang")
    expect(person).to_contain_text("Afløser for Mette Ravnsholt.")
    page.locator("#historik summary").click()
    expect(page.locator(".desk-history")).to_contain_text(
        "Afløser trådt til: kontaktperson fra “Mette Ravnsholt” til “Jeppe Klitvang”"
    )
    page.goto(link_to(office, cases[0]))
    expect(page.locator("main address")).to_contain_text("Jeppe Klitvang")
    expect(page.locator("#beskeder")).to_contain_text("Jeppe Klitvang")


def test_absence_set_beforehand_moves_the_cases_when_the_office_opens_and_back_when_it_ends(
    office: Site, cases: tuple[str, str], coordinator: Callable[[], Page], hands: Hands
) -> None:
    tomorrow = hands.now + timedelta(days=1)
    page = coordinator()
    look_through(page, tomorrow, tomorrow)
    expect(page.locator("#main-content")).to_contain_text("Det sker, når kontoret åbner onsdag den 25. november 2026")
    page.get_by_role("button", name="Gem fraværet").click()
    expect(page.get_by_role("status").first).to_have_text("Fraværet er gemt.")
    assert office.sweep().moved == 0
    for moved_to in ("Jeppe Klitvang", "Mette Ravnsholt"):
        hands.now += timedelta(days=1)
        assert office.sweep().moved == 2
        page = coordinator()
        page.goto(f"/desk/sager/{cases[1]}")
        expect(page.locator("#kontaktperson p").first).to_contain_text(moved_to)
