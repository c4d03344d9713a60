"""Logging in with a password: slowed-down guessing that locks nobody out, sessions that end, the first password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from office import access
from office.store.tables import History
from tests.stored import everything_in
from tests.web.conftest import PASSWORD, Desk, hidden

NEW = "tredive grønne køer"
LIMITED = {
    "INDGANG_RATE_LIMITS": "on",
    "INDGANG_RATE_LOGINS": "1000/minute",
    "INDGANG_RATE_LOGINS_PER_NAME": "3/5minutes",
}


async def logged(database):
    async with database.reading() as uow:
        rows = await uow.session.scalars(select(History).where(History.actor != "system").order_by(History.id))
        return [(row.actor, row.action) for row in rows]


async def log_out(desk):
    page = await desk.page("/desk/konto")
    await desk.client.post("/desk/logout", data={"csrf": hidden(page, "csrf")})


# --- guessing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed_settings", [LIMITED])
@pytest.mark.parametrize("name", ["bo", "findes-ikke"])
async def test_guessing_at_one_name_is_slowed_down_whether_it_exists_or_not(client, parts, name):
    desk = Desk(client, parts)
    await desk.add_user()
    answers = [await desk.log_in(name, f"gæt {n}") for n in range(4)]
    assert [answer.status for answer in answers] == [422, 422, 422, 429]
    assert "Vent" in await answers[-1].text()


@pytest.mark.parametrize("changed_settings", [LIMITED])
async def test_writing_the_name_in_another_way_gives_no_more_guesses(client, parts):
    desk = Desk(client, parts)
    await desk.add_user()
    assert [(await desk.log_in(name, "gæt")).status for name in ("bo", "BO", " bo", "Bo")] == [422, 422, 422, 429]


@pytest.mark.parametrize("changed_settings", [LIMITED])
async def test_who_has_logged_in_here_before_is_not_kept_out_by_strangers_guesses(client, parts, stranger):
    desk = Desk(client, parts)
    await desk.add_user()
    assert (await desk.log_in()).status == 303
    await log_out(desk)
    assert [(await stranger.log_in("bo", f"gæt {n}")).status for n in range(4)][-1] == 429
    assert (await desk.log_in()).status == 303


@pytest.mark.parametrize("changed_settings", [LIMITED])
async def test_a_browser_known_for_one_name_gives_no_more_guesses_at_another(client, parts):
    desk = Desk(client, parts)
    await desk.add_user()
    await desk.add_user("ea", "Ea", None)
    await desk.log_in("ea")
    await log_out(desk)
    assert [(await desk.log_in("bo", f"gæt {n}")).status for n in range(4)][-1] == 429


async def test_refused_log_ins_are_in_the_audit_log_without_what_was_typed(client, parts, database):
    desk = Desk(client, parts)
    await desk.add_user()
    await desk.log_in("bo", "min hemmelige kode")
    await desk.log_in("min hemmelige kode", "bo")
    assert await logged(database) == [("bo", "login_refused"), ("ukendt", "login_refused")]
    assert "hemmelige" not in await everything_in(database)


async def test_a_user_without_password_cannot_log_in_with_one(client, parts, database):
    desk = Desk(client, parts)
    await desk.add_user()
    async with database.writing() as uow:
        (await access.by_username(uow, "bo")).password_hash = ""
        await uow.commit()
    for password in ("", PASSWORD):
        assert (await desk.log_in("bo", password)).status == 422


# --- sessions -----------------------------------------------------------------------------------------------


async def test_log_in_and_log_out_are_in_the_audit_log(desk, database):
    await log_out(desk)
    assert await logged(database) == [("bo", "logged_in"), ("bo", "logged_out")]


async def test_a_session_that_is_not_used_ends_and_one_that_is_used_goes_on(desk, client, clock):
    for _ in range(3):
        clock.forward(minutes=110)
        assert (await client.get("/desk", allow_redirects=False)).status == 200
    clock.forward(minutes=121)
    assert (await client.get("/desk", allow_redirects=False)).status == 303


async def test_what_an_open_page_asks_for_by_itself_keeps_no_session_alive(desk, client, clock):
    for _ in range(2):
        clock.forward(minutes=70)
        response = await client.get("/desk", headers={"Sec-Fetch-Mode": "cors"}, allow_redirects=False)
    assert response.status == 303


async def test_a_session_in_use_ends_all_the_same_after_its_hours(desk, client, clock):
    for _ in range(6):
        clock.forward(minutes=99)
        assert (await client.get("/desk", allow_redirects=False)).status == 200
    clock.forward(minutes=10)
    assert (await client.get("/desk", allow_redirects=False)).status == 303


async def test_a_new_log_in_gives_a_new_session_and_ends_the_one_before(client, parts, database):
    def secret():
        return client.session.cookie_jar.filter_cookies(client.make_url("/desk"))["indgang_desk"].value

    desk = Desk(client, parts)
    await desk.add_user()
    token = hidden(await (await client.get("/desk/login")).text(), "token")
    await desk.log_in()
    old = secret()
    await client.post("/desk/login", data={"username": "bo", "password": PASSWORD, "token": token})
    assert secret() != old
    async with database.reading() as uow:
        assert await access.session_of(uow, old, parts.now()) is None


# --- the account --------------------------------------------------------------------------------------------


async def test_the_account_says_who_i_am_and_where_i_am_logged_in(desk, stranger):
    stranger.client.session.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    await stranger.log_in()
    page = await desk.page("/desk/konto")
    for shown in ("Bo Byggesen", "Sagsbehandler", "Firefox på Windows", "Denne browser"):
        assert shown in page, shown


async def test_i_end_another_log_in_of_mine_and_keep_this_one(desk, client, stranger):
    await stranger.log_in()
    page = await desk.page("/desk/konto")
    handle = page.partition('name="session" value="')[2].partition('"')[0]
    csrf = hidden(page, "csrf")
    response = await client.post("/desk/konto/afslut", data={"csrf": csrf, "session": handle})
    assert "Log-ind er afsluttet" in await response.text()
    assert (await stranger.client.get("/desk", allow_redirects=False)).status == 303
    assert (await client.get("/desk", allow_redirects=False)).status == 200


async def test_i_cannot_end_the_log_in_of_somebody_else(desk, client, stranger, database):
    await desk.add_user("ea", "Ea", None)
    await stranger.log_in("ea")
    page = await stranger.page("/desk/konto")
    async with database.reading() as uow:
        ea = await access.by_username(uow, "ea")
        [session] = await access.sessions_of(uow, ea, desk.parts.now(), timedelta(hours=1))
    csrf = hidden(await desk.page("/desk/konto"), "csrf")
    await client.post("/desk/konto/afslut", data={"csrf": csrf, "session": session.token_hash[:16]})
    assert "Denne browser" in page
    assert (await stranger.client.get("/desk/konto", allow_redirects=False)).status == 200


async def change(client, page, **typed):
    fields = {"csrf": hidden(page, "csrf"), "old": PASSWORD, "new": NEW, "repeated": NEW, **typed}
    return await client.post("/desk/konto/adgangskode", data=fields, allow_redirects=False)


async def test_i_change_my_password_and_am_logged_out_everywhere_else(desk, client, stranger):
    await stranger.log_in()
    response = await change(client, await desk.page("/desk/konto"))
    assert (response.status, response.headers["Location"]) == (303, "/desk/konto?gemt=adgangskode")
    assert "Din adgangskode er skiftet" in await desk.page("/desk/konto?gemt=adgangskode")
    assert (await stranger.client.get("/desk", allow_redirects=False)).status == 303
    assert (await stranger.log_in()).status == 422
    assert (await stranger.log_in(password=NEW)).status == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "forkert"}, "Det er ikke din nuværende adgangskode"),
        ({"new": "kort", "repeated": "kort"}, "mindst 12 tegn"),
        ({"new": "password1234", "repeated": "password1234"}, "for let at gætte"),
        ({"repeated": "noget andet"}, "er ikke ens"),
    ],
)
async def test_a_password_that_will_not_do_is_said_and_shown_nowhere(desk, client, typed, said):
    response = await change(client, await desk.page("/desk/konto"), **typed)
    page = await response.text()
    assert response.status == 422
    assert said in page
    assert PASSWORD not in page
    assert NEW not in page


async def test_a_password_from_somebody_else_must_be_changed_before_anything_else(client, parts, database):
    desk = Desk(client, parts)
    await desk.add_user()
    async with database.writing() as uow:
        (await access.by_username(uow, "bo")).must_change_password = True
        await uow.commit()
    await desk.log_in()
    for path in ("/desk", "/desk/sager/EK-2026-000001", "/desk/udbakke"):
        response = await client.get(path, allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (303, "/desk/konto"), path
    page = await desk.page("/desk/konto")
    assert "Vælg din egen adgangskode" in page
    assert (await change(client, page)).status == 303
    assert (await client.get("/desk", allow_redirects=False)).status == 200
