"""/desk/brugere: adding, changing, disabling; a password is shown once."""

from __future__ import annotations

import re

import pytest

from office import access
from tests.web.conftest import PASSWORD, Desk, hidden

NEW_USER = {"username": "ea", "name": "Ea Redaktør", "role": "editor", "person": ""}


@pytest.fixture
async def admin(client, parts):
    """The administrator, logged in."""
    desk = Desk(client, parts)
    await desk.add_user("admin", "Administrator", None, "administrator")
    await desk.add_user()
    await desk.log_in("admin")
    return desk


@pytest.fixture
async def bo(admin, database):
    """Where Bo is."""
    async with database.reading() as uow:
        return f"/desk/brugere/{(await access.by_username(uow, 'bo')).id}"


async def add(admin, **fields):
    csrf = hidden(await admin.page("/desk/brugere/ny"), "csrf")
    return await admin.client.post("/desk/brugere/ny", data={"csrf": csrf, **NEW_USER, **fields})


def password_in(page):
    return re.search(r'class="desk-secret">([^<]+)<', page)[1]


async def user(database, username):
    async with database.reading() as uow:
        return await access.by_username(uow, username)


async def test_the_list_shows_name_role_person_and_last_log_in(admin):
    page = await admin.page("/desk/brugere")
    for shown in ("Bo Byggesen", "Sagsbehandler", "Administrator", "24.11.2026 kl. 10.00", "Ikke endnu"):
        assert shown in page, shown


async def test_a_new_user_logs_in_with_the_password_that_is_shown_once(admin, stranger, database):
    response = await add(admin)
    page = await response.text()
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    ea = await user(database, "ea")
    assert password_in(page) not in await admin.page(f"/desk/brugere/{ea.id}")
    assert (await stranger.log_in("ea", password_in(page))).status == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "bo"}, "allerede en bruger"),
        ({"username": "ø"}, "Brug 2-100 af tegnene"),
        ({"name": ""}, "Skriv brugerens navn"),
        ({"role": "chef"}, "Vælg en rolle"),
    ],
)
async def test_what_cannot_be_a_user_is_said_and_nothing_typed_is_lost(admin, fields, said):
    response = await add(admin, **fields)
    page = await response.text()
    assert response.status == 422
    assert said in page
    for name in ("username", "name"):
        assert f'value="{({**NEW_USER, **fields})[name]}"' in page


async def test_name_role_and_person_are_changed_and_the_role_counts_at_once(admin, bo, client, parts, database):
    page = await admin.page(bo)
    fields = {"name": "Bo Brandt", "role": "editor", "person": ""}
    response = await admin.send(page, f"{bo}/ret", allow_redirects=True, **fields)
    page = await response.text()
    assert "Brugeren er ændret" in page
    assert "Bruger ændret: rolle: Sagsbehandler → Redaktør" in page
    found = await user(database, "bo")
    assert (found.name, found.role, found.person) == ("Bo Brandt", "editor", None)


async def test_a_page_that_has_stood_open_while_another_changed_the_user_changes_nothing(admin, bo, database):
    page = await admin.page(bo)
    await admin.send(page, f"{bo}/ret", name="Bo Brandt", role="caseworker", person="")
    response = await admin.send(page, f"{bo}/ret", name="Bo Bach", role="editor", person="")
    shown = await response.text()
    assert response.status == 422
    assert "En anden har ændret brugeren" in shown
    assert "Bo Bach" in shown
    assert (await user(database, "bo")).name == "Bo Brandt"


async def test_a_new_password_is_shown_once_and_the_same_form_gives_no_second_one(admin, bo, stranger):
    page = await admin.page(bo)
    given = await (await admin.send(page, f"{bo}/adgangskode")).text()
    again = await admin.send(page, f"{bo}/adgangskode")
    assert again.status == 422
    assert "desk-secret" not in await again.text()
    assert (await stranger.log_in("bo", PASSWORD)).status == 422
    assert (await stranger.log_in("bo", password_in(given))).status == 303


async def test_a_user_is_disabled_and_enabled_again(admin, bo, database):
    response = await admin.send(await admin.page(bo), f"{bo}/luk", allow_redirects=True)
    assert "Brugeren er lukket" in await response.text()
    assert (await user(database, "bo")).disabled_at is not None
    response = await admin.send(await admin.page(bo), f"{bo}/aabn", allow_redirects=True)
    assert "Brugeren er åbnet igen" in await response.text()
    assert (await user(database, "bo")).disabled_at is None


async def test_a_user_is_logged_out_everywhere(admin, bo, parts, database):
    async with database.writing() as uow:
        entered = await access.begin_session(uow, await access.by_username(uow, "bo"), parts.now(), 1)
        await uow.commit()
    await admin.send(await admin.page(bo), f"{bo}/afslut")
    async with database.reading() as uow:
        assert await access.session_of(uow, entered.token, parts.now()) is None


async def test_the_last_administrator_stays(admin, database):
    own = f"/desk/brugere/{(await user(database, 'admin')).id}"
    for action, fields in (("luk", {}), ("ret", {"name": "A", "role": "editor", "person": ""})):
        response = await admin.send(await admin.page(own), f"{own}/{action}", **fields)
        assert response.status == 422
        assert "sidste administrator" in await response.text()


async def test_a_user_that_does_not_exist_is_not_found(admin):
    assert (await admin.client.get("/desk/brugere/999")).status == 404
