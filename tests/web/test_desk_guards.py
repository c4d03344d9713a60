"""Promises about every page there is: who may open it, and that it says what it is. A new page is covered without being named.

Every address is asked for on the real application with a case, a user and a row of the outbox in it. An address with a new kind
of parameter makes the tests fail until `SAMPLE` says what to put there.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from office import tickets
from office.contact import follow_up_link
from office.material import ask_for_material
from office.roles import ROLES
from tests.office.cases import send_file
from tests.web.conftest import Desk, open_ticket
from web.desk.sections import SECTIONS, may_enter, section_of
from web.desk.session import OPEN_TO_ALL


class Headings(HTMLParser):
    """Reads what a page says it is: the words of its title and of every h1."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: dict[str, list[str]] = {"title": [], "h1": []}
        self._inside = ""
        self._in_picture = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._in_picture = self._in_picture or tag == "svg"  # a picture has a title of its own
        if tag in self.words and not self._in_picture:
            self.words[tag].append("")
            self._inside = tag

    def handle_endtag(self, tag):
        self._in_picture = self._in_picture and tag != "svg"
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.words[self._inside][-1] += data


@pytest.fixture
async def known(client, chat, parts):
    """What stands for the parameters of addresses: a case with all that hangs on it, in a running system."""
    await chat.say("hvem klipper hækken?")
    reference = await open_ticket(parts, chat.id)
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await ask_for_material(uow, parts.knowledge, ticket, ["Tegninger"], None, "Bo", "bo", parts.now())
        await uow.commit()
    await send_file(parts.database, parts.settings, ticket, parts.now())
    link = follow_up_link(ticket, parts.signing_key, "")
    return SAMPLE | {"reference": reference, "token": link.rpartition("/")[2], "link": link}


SAMPLE = {"number": "1", "user": "1", "article": "haek-i-skel", "kind": "csv"}


# Addresses that give a part of a page to a script.
FRAGMENTS = {"/desk/sager/{reference}/aendret"}


def routes_of(client, method=None):
    """Return method and pattern of every route, files aside."""
    for route in client.app.router.routes():
        path = route.resource.canonical
        if route.method != "HEAD" and not path.startswith("/static") and method in (None, route.method):
            yield route.method, path


def desk_routes(client, method=None):
    return [(verb, path) for verb, path in routes_of(client, method) if path == "/desk" or path.startswith("/desk/")]


def filled_in(pattern, known):
    missing = set(re.findall(r"{(\w+)}", pattern)) - set(known)
    assert not missing, f"{pattern}: say in SAMPLE what to put for {missing}"
    return re.sub(r"{(\w+)}", lambda name: known[name[1]], pattern)


async def log_in_as(client, parts, role):
    desk = Desk(client, parts)
    await desk.add_user(role, role.capitalize(), "bo-byg" if role == "caseworker" else None, role)
    response = await desk.log_in(role)
    assert response.status == 303
    return desk


# --- who may enter ------------------------------------------------------------------------------------------


async def test_no_address_of_the_desk_opens_without_log_in(client, known):
    for method, pattern in desk_routes(client):
        if pattern in OPEN_TO_ALL:
            continue
        response = await client.request(method, filled_in(pattern, known), allow_redirects=False)
        assert (response.status, response.headers.get("Location")) in ((303, "/desk/login"), (401, None)), pattern


@pytest.mark.parametrize("role", ROLES)
async def test_every_address_of_the_desk_opens_for_the_roles_of_its_room_and_for_no_other(client, parts, known, role):
    await log_in_as(client, parts, role)
    for method, pattern in desk_routes(client):
        if pattern in OPEN_TO_ALL:
            continue
        path = filled_in(pattern, known)
        if may_enter(role, path):
            if method == "GET":
                async with client.get(path, allow_redirects=False) as response:
                    assert response.status not in (401, 403, 500), f"{role} at {path}"
            continue
        response = await client.request(method, path, allow_redirects=False)
        assert response.status == 403, f"{role} at {method} {path}"
        assert "Nul ApS" not in await response.text()


@pytest.mark.parametrize("role", ROLES)
async def test_the_menu_holds_the_rooms_that_open_and_no_other(client, parts, role):
    desk = await log_in_as(client, parts, role)
    page = await desk.page("/desk/konto")
    menu = page.partition('class="desk-nav"')[2].partition("</nav>")[0]
    for room in SECTIONS:
        if room.title:
            assert (f'href="{room.path}"' in menu) == (role in room.roles), room.path


async def test_every_address_of_the_desk_lies_in_a_room(client, known):
    for _, pattern in desk_routes(client):
        if pattern not in OPEN_TO_ALL:
            assert section_of(filled_in(pattern, known)) is not None, pattern


async def test_nothing_at_the_desk_changes_without_the_csrf_secret(client, parts, known):
    await log_in_as(client, parts, "administrator")
    changing = [pattern for method, pattern in desk_routes(client) if method != "GET" and pattern not in OPEN_TO_ALL]
    assert len(changing) >= 10
    for pattern in changing:
        for fields in ({}, {"csrf": "en andens"}):
            response = await client.post(filled_in(pattern, known), data=fields, allow_redirects=False)
            assert response.status == 403, pattern


# --- what a page says of itself -----------------------------------------------------------------------------


async def shown(client, path):
    """Return the page at the address; None when there is none to look at: a file, data, a stream, or the way elsewhere."""
    response = await client.get(path, allow_redirects=False)
    is_page = response.content_type == "text/html" and response.status == 200
    page = await response.text() if is_page else None
    response.close()
    return page


def check_page(path, page):
    words = Headings(page).words
    assert len(words["title"]) == 1, f"{path} has {len(words['title'])} titles"
    own = words["title"][0].partition(" – ")[0].strip()
    assert own, f"{path} does not say in its title what it is"
    assert len(words["h1"]) == 1, f"{path} has {len(words['h1'])} h1"
    assert words["h1"][0].strip(), f"{path} has an empty h1"
    assert len(page.encode()) < 300_000, f"{path} is {len(page.encode())} bytes"


async def test_every_page_of_the_desk_states_its_title_and_has_one_h1(client, parts, known):
    check_page("/desk/login", await shown(client, "/desk/login"))
    await log_in_as(client, parts, "administrator")
    pages = {}
    for _, pattern in desk_routes(client, "GET"):
        path = filled_in(pattern, known)
        page = await shown(client, path)
        if page is not None and pattern not in FRAGMENTS:
            pages[path] = page
    assert len(pages) >= 8
    for path, page in pages.items():
        check_page(path, page)


async def test_every_public_page_states_its_title_and_has_one_h1(client, known):
    pages = {}
    for _, pattern in routes_of(client, "GET"):
        if not pattern.startswith(("/desk", "/api/")):
            path = filled_in(pattern, known)
            page = await shown(client, path)
            if page is not None:
                pages[path] = page
    assert known["link"] in pages
    for path, page in pages.items():
        check_page(path, page)


async def test_pages_that_say_no_are_pages_too(client, parts):
    await log_in_as(client, parts, "editor")
    for path, status in (("/desk/sager/EK-2026-000001", 403), ("/findes-ikke", 404)):
        response = await client.get(path)
        assert response.status == status
        check_page(path, await response.text())
