"""Log-in at the municipality's own provider, against a real one: what it signs is believed, and nothing else is."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from office import access, users
from office.settings import Settings
from office.store.tables import History, User
from tests.web.conftest import PASSWORD, Desk, hidden
from tests.web.oidc_provider import BO, CLIENT_ID, CLIENT_SECRET, Client, Provider
from web.app import build_app

ADDRESS = "http://desk.test"


@pytest.fixture
async def provider(clock):
    provider = Provider(clock, Client(ADDRESS))
    server = TestServer(provider.app())
    await server.start_server()
    provider.issuer = f"http://127.0.0.1:{server.port}"
    yield provider
    await server.close()


@pytest.fixture
def wanted():
    """Settings that a test wants otherwise."""
    return {}


@pytest.fixture
def changed_settings(provider, wanted):
    return {
        "INDGANG_PUBLIC_URL": ADDRESS,
        "INDGANG_OIDC_ISSUER": provider.issuer,
        "INDGANG_OIDC_CLIENT_ID": CLIENT_ID,
        "INDGANG_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "INDGANG_OIDC_ROLES": "IT = administrator; Sag = caseworker",
        **wanted,
    }


async def leave(client):
    """Click on "Log ind med kommunens login" and return the provider's address."""
    response = await client.get("/desk/login/kommunen", allow_redirects=False)
    assert response.status == 303, await response.text()
    return response.headers["Location"]


async def at_provider(address):
    """Log in there and return where it sends the browser: path and query."""
    async with aiohttp.ClientSession() as browser, browser.get(address, allow_redirects=False) as response:
        assert response.status == 302, await response.text()
        back = urlsplit(response.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == ADDRESS
    return f"{back.path}?{back.query}"


async def come_back(client, address):
    return await client.get(address, allow_redirects=False)


async def log_in(client):
    return await come_back(client, await at_provider(await leave(client)))


async def everybody(database):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(User).order_by(User.id)))


async def logged(database, action):
    async with database.reading() as uow:
        rows = await uow.session.scalars(select(History).where(History.action == action))
        return [row.actor for row in rows]


async def is_told(response, status, words):
    text = await response.text()
    assert response.status == status, text
    assert "Du er ikke logget ind" in text
    assert words in text
    assert "indgang_desk" not in response.headers.get("Set-Cookie", "")


# --- it works -----------------------------------------------------------------------------------------------


async def test_the_log_in_page_offers_the_provider_and_the_password(client):
    page = await (await client.get("/desk/login")).text()
    assert 'href="/desk/login/kommunen"' in page
    assert 'name="password"' in page


async def test_the_first_log_in_makes_a_user_with_the_role_and_the_person_that_the_provider_names(client, database):
    response = await log_in(client)
    assert (response.status, response.headers["Location"]) == (303, "/desk")
    [user] = await everybody(database)
    assert (user.username, user.name, user.role) == ("bo", "Bo Byggesen", "caseworker")
    assert (await client.get("/desk")).status == 200
    assert await logged(database, "logged_in") == ["bo"]


async def test_who_has_the_same_e_mail_in_people_yml_gets_their_cases(client, provider, database, sample):
    provider.user["email"] = sample.people["mille-miljoe"].email.upper()
    await log_in(client)
    assert [user.person for user in await everybody(database)] == ["mille-miljoe"]


async def test_a_mail_that_is_not_verified_names_nobody(client, provider, database, sample):
    provider.user |= {"email": sample.people["mille-miljoe"].email, "email_verified": False}
    await log_in(client)
    assert [user.person for user in await everybody(database)] == [None]


async def test_name_and_role_follow_the_provider_and_the_user_stays_the_same(client, provider, database):
    await log_in(client)
    provider.user |= {"name": "Bo Brandt", "preferred_username": "bobr", "roles": ["Sag", "IT"]}
    await log_in(client)
    [user] = await everybody(database)
    assert (user.username, user.name, user.role) == ("bo", "Bo Brandt", "administrator")


async def test_the_browser_leaves_with_pkce_state_and_nonce(client):
    asked = parse_qs(urlsplit(await leave(client)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len({asked["state"][0], asked["nonce"][0], asked["code_challenge"][0]}) == 3


@pytest.mark.parametrize("wanted", [{"INDGANG_OIDC_CLIENT_SECRET": ""}])
async def test_a_client_without_a_secret_is_secured_by_pkce_alone(client, provider):
    provider.client.auth_method = "none"
    assert (await log_in(client)).status == 303


async def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(client, provider):
    provider.client.auth_method = "client_secret_post"
    assert (await log_in(client)).status == 303


async def test_what_the_token_leaves_out_is_asked_for(client, provider, database):
    provider.only_userinfo = ("name", "roles")
    await log_in(client)
    assert [(user.name, user.role) for user in await everybody(database)] == [("Bo Byggesen", "caseworker")]


@pytest.mark.parametrize("wanted", [{"INDGANG_OIDC_ROLE_CLAIM": "realm_access.roles"}])
async def test_a_role_may_lie_deep_in_the_token(client, provider, database):
    provider.user |= {"realm_access": {"roles": ["andet", "IT"]}, "roles": []}
    await log_in(client)
    assert [user.role for user in await everybody(database)] == ["administrator"]


async def test_keys_that_the_provider_has_changed_are_asked_for_again(client, provider, monkeypatch):
    await log_in(client)
    provider.new_key()
    monkeypatch.setattr("web.provider._KEYS_AGAIN_SECONDS", -1.0)
    assert (await log_in(client)).status == 303


async def test_a_session_from_before_ends_when_somebody_logs_in_anew(client, parts, database):
    desk = Desk(client, parts)
    await desk.add_user("ea", "Ea", None)
    await desk.log_in("ea")
    old = client.session.cookie_jar.filter_cookies(client.make_url("/desk"))["indgang_desk"].value
    await log_in(client)
    async with database.reading() as uow:
        assert await access.session_of(uow, old, parts.now()) is None


# --- logging out --------------------------------------------------------------------------------------------


async def test_logging_out_ends_the_session_at_the_provider_too(client, provider):
    await log_in(client)
    page = await (await client.get("/desk")).text()
    response = await client.post("/desk/logout", data={"csrf": hidden(page, "csrf")}, allow_redirects=False)
    assert "Du er logget ud her" in await response.text()
    address = response.headers["Refresh"].partition("url=")[2]
    assert await at_provider(address) == "/desk/login?"
    assert provider.logged_out == [BO["sub"]]
    assert (await client.get("/desk", allow_redirects=False)).status == 303


async def test_logging_out_works_when_the_provider_is_down(client, provider, monkeypatch):
    await log_in(client)
    page = await (await client.get("/desk")).text()
    provider.up = False
    monkeypatch.setattr("web.provider._REMEMBER_SECONDS", -1.0)
    response = await client.post("/desk/logout", data={"csrf": hidden(page, "csrf")}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/login")


# --- what is not believed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "en andens"},
        {"aud": "et andet system"},
        {"aud": [CLIENT_ID, "et andet system"]},
        {"iss": "https://en-anden.example"},
        {"exp": 1},
        {"iat": 4102444800},
        {"at_hash": "en andens"},
        {"sub": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
async def test_a_token_that_is_wrong_in_one_claim_lets_nobody_in(client, provider, database, lie):
    provider.lie = lie
    await is_told(await log_in(client), 502, "kunne ikke bekræftes")
    assert await everybody(database) == []


async def test_a_token_that_was_right_an_hour_ago_lets_nobody_in(client, provider, clock):
    now = clock.now
    provider.clock = lambda: now - timedelta(hours=1)
    await is_told(await log_in(client), 502, "kunne ikke bekræftes")


async def test_a_token_signed_with_a_key_that_is_not_the_providers_lets_nobody_in(client, provider):
    provider.new_key(published=False)
    await is_told(await log_in(client), 502, "kunne ikke bekræftes")


async def test_a_wrong_state_lets_nobody_in(client, provider):
    back = await at_provider(await leave(client))
    wrong = re.sub(r"state=[^&]+", "state=en-andens", back)
    await is_told(await come_back(client, wrong), 400, "begyndt i et andet vindue")


async def test_a_browser_that_did_not_begin_is_not_let_in(client, stranger):
    back = await at_provider(await leave(client))
    await is_told(await come_back(stranger.client, back), 400, "begyndt i et andet vindue")


async def test_somebody_elses_code_is_of_no_use(client, stranger):
    """PKCE: a code that was given to another attempt does not fit the verifier of this one."""
    mine = await at_provider(await leave(client))
    theirs = await at_provider(await leave(stranger.client))
    code = re.search(r"code=[^&]+", theirs)[0]
    await is_told(await come_back(client, re.sub(r"code=[^&]+", code, mine)), 502, "kunne ikke bekræftes")


async def test_a_code_works_once(client, provider):
    back = await at_provider(await leave(client))
    code = parse_qs(urlsplit(back).query)["code"][0]
    del provider.codes[code]
    await is_told(await come_back(client, back), 502, "kunne ikke bekræftes")


async def test_log_in_that_takes_too_long_must_be_begun_again(client, clock):
    back = await at_provider(await leave(client))
    clock.forward(minutes=11)
    await is_told(await come_back(client, back), 400, "tog for lang tid")


async def test_who_gives_up_at_the_provider_is_told(client):
    state = parse_qs(urlsplit(await leave(client)).query)["state"][0]
    back = f"/desk/login/retur?error=access_denied&state={state}"
    await is_told(await come_back(client, back), 403, "Du blev ikke logget ind hos kommunens login")


async def test_an_answer_in_the_name_of_another_issuer_is_not_believed(client):
    back = await at_provider(await leave(client))
    await is_told(await come_back(client, f"{back}&iss=https://en-anden.example"), 502, "kunne ikke bekræftes")


async def test_a_provider_that_is_down_is_told_without_a_trace(client, provider):
    provider.up = False
    await is_told(await client.get("/desk/login/kommunen", allow_redirects=False), 503, "svarer ikke lige nu")


async def test_a_provider_that_goes_down_midway_is_told(client, provider):
    back = await at_provider(await leave(client))
    provider.up = False
    await is_told(await come_back(client, back), 503, "svarer ikke lige nu")


# --- who may not enter --------------------------------------------------------------------------------------


async def test_somebody_without_a_role_is_told_whom_to_ask_and_gets_no_user(client, provider, database):
    provider.user["roles"] = ["Kantine"]
    await is_told(await log_in(client), 403, "du har ingen rolle i Én Indgang")
    assert await everybody(database) == []
    assert await logged(database, "login_refused") == ["ukendt"]


async def test_who_has_lost_the_role_is_logged_out_everywhere(client, stranger, provider):
    await log_in(client)
    provider.user["roles"] = []
    await is_told(await log_in(stranger.client), 403, "ingen rolle")
    assert (await client.get("/desk", allow_redirects=False)).status == 303


async def test_who_is_disabled_here_stays_out(client, database, parts):
    await log_in(client)
    async with database.writing() as uow:
        await users.disable(uow, await access.by_username(uow, "bo"), "admin", parts.now())
        await uow.commit()
    await is_told(await log_in(client), 403, "Din adgang til Én Indgang er lukket")


async def test_nobody_becomes_a_user_with_a_password_by_having_the_same_name(client, parts, database):
    await Desk(client, parts).add_user("bo")
    await is_told(await log_in(client), 403, "allerede en bruger med dit brugernavn")
    assert [user.provider_id for user in await everybody(database)] == [None]


async def test_a_user_whom_the_administrator_has_handed_over_is_known_by_name(client, parts, database):
    await Desk(client, parts).add_user("bo")
    async with database.writing() as uow:
        await users.hand_to_provider(uow, await access.by_username(uow, "bo"), "admin", parts.now())
        await uow.commit()
    assert (await log_in(client)).status == 303
    [user] = await everybody(database)
    assert user.provider_id.endswith(f" {BO['sub']}")
    assert user.person == "bo-byg"


async def test_a_newcomer_does_not_get_the_name_of_somebody_else_at_the_provider(client, provider, database):
    await log_in(client)
    provider.user["sub"] = "en ny Bo"
    await log_in(client)
    assert [user.username for user in await everybody(database)] == ["bo", "bo-2"]


# --- without passwords --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [{"INDGANG_PASSWORD_LOGIN": "off"}])
async def test_passwords_can_be_turned_off(client, parts):
    desk = Desk(client, parts)
    await desk.add_user("ea")
    page = await (await client.get("/desk/login")).text()
    assert 'name="password"' not in page
    response = await client.post("/desk/login", data={"username": "ea", "password": PASSWORD}, allow_redirects=False)
    assert response.status == 404
    assert (await log_in(client)).status == 303


async def test_without_a_provider_there_is_no_such_way_in(settings, database, sample, clock):
    plain = Settings({**settings.values, "oidc_issuer": ""})
    async with TestClient(TestServer(build_app(plain, database, sample, clock))) as client:
        assert "kommunens login" not in await (await client.get("/desk/login")).text()
        for path in ("/desk/login/kommunen", "/desk/login/retur"):
            assert (await client.get(path, allow_redirects=False)).status == 404
