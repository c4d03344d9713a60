"""What holds for the whole door: headers, cookies, limits, logs, health, pages and settings."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession, web

from office.keys import signing_key
from office.privacy import MASK
from office.settings import SettingError, read_settings
from office.store.migrate import downgrade
from tests.web.conftest import SATURDAY, Chat, free_port
from web.errors import ERRORS, PublicError
from web.language import guess, leading
from web.limits import Limiter, address_of
from web.logs import AccessLogger, WithoutWords
from web.markup import as_html
from web.visitor_text import for_engine

PAGES = (
    "/",
    "/lokaler",
    "/skriv",
    "/resultater",
    "/desk/login",
    "/findes-ikke",
    "/healthz",
    "/api/v1/openapi.json",
    "/static/chat.js",
)


# --- headers and cookies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
async def test_every_response_carries_the_security_headers_and_no_cookie(client, path):
    response = await client.get(path)
    policy = response.headers["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"]
    assert response.headers["Permissions-Policy"]
    assert "aiohttp" not in response.headers["Server"]
    assert "Set-Cookie" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_answers_of_the_api_are_not_kept_by_caches(chat):
    await chat.read()
    assert chat.response_headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("changed_settings", [{"INDGANG_PUBLIC_URL": "https://lindhavn.example"}])
async def test_behind_https_browsers_are_told_to_stay_there(client):
    assert "Strict-Transport-Security" in (await client.get("/")).headers


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/dkfds/../../../package.json"])
async def test_no_file_outside_the_static_folders_is_served(client, path):
    assert (await client.get(path)).status in (403, 404)


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/lokaler", "/skriv", "/resultater", "/findes-ikke"])
async def test_every_page_has_one_heading_a_language_and_the_contact_data(client, path):
    page = await (await client.get(path)).text()
    assert page.count("<h1") == 1
    assert '<html lang="da">' in page
    assert "00 00 50 50" in page


async def test_a_page_that_is_missing_says_so_and_where_to_go(client):
    response = await client.get("/findes-ikke")
    assert response.status == 404
    assert "Siden findes ikke" in await response.text()


async def test_after_hours_the_front_page_tells_when_the_office_opens(client, clock):
    clock.now = SATURDAY
    assert "åbner igen mandag den 30. november 2026 kl. 09.00" in await (await client.get("/")).text()


# --- limits -------------------------------------------------------------------------------------------------

LIMITED = {"INDGANG_RATE_LIMITS": "on"}


@pytest.mark.parametrize("changed_settings", [{**LIMITED, "INDGANG_RATE_MESSAGES": "2/minute"}])
async def test_too_many_messages_are_told_when_to_go_on_and_other_conversations_are_not_touched(client, chat, engine):
    for text in ("en", "to"):
        await chat.say(text)
        assert chat.status == 200
    body = await chat.say("tre")
    assert (chat.status, body["error"]["code"]) == (429, "too_many")
    assert 1 <= int(chat.response_headers["Retry-After"]) <= 61
    assert len(engine.received) == 2
    other = Chat(client)
    await other.begin()
    await other.say("en")
    assert other.status == 200


@pytest.mark.parametrize("changed_settings", [{**LIMITED, "INDGANG_RATE_CONVERSATIONS": "2/hour"}])
async def test_too_many_conversations_from_one_address_are_refused(client):
    chat = Chat(client)
    for expected in (201, 201, 429):
        await chat.begin()
        assert chat.status == expected


@pytest.mark.parametrize("changed_settings", [{**LIMITED, "INDGANG_RATE_REQUESTS": "3/minute"}])
async def test_too_many_requests_get_a_page_or_json_but_files_and_health_are_free(client):
    for _ in range(3):
        assert (await client.get("/")).status == 200
    refused = await client.get("/")
    assert refused.status == 429
    assert "Vent et øjeblik" in await refused.text()
    assert (await client.get("/api/v1/openapi.json")).status == 429
    assert (await client.get("/static/chat.js")).status == 200
    assert (await client.get("/healthz")).status == 200


@pytest.mark.parametrize("changed_settings", [{**LIMITED, "INDGANG_RATE_STORAGE": f"redis://127.0.0.1:{free_port()}"}])
async def test_a_storage_of_limits_that_is_down_closes_nothing(client, caplog):
    assert (await client.get("/")).status == 200
    assert "rate limits cannot be counted" in caplog.text


@pytest.mark.parametrize("name", ["INDGANG_RATE_MESSAGES", "INDGANG_RATE_STORAGE"])
def test_a_limit_that_cannot_be_used_is_named(name):
    with pytest.raises(SettingError, match=name):
        Limiter(read_settings({name: "sometimes"}))


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "9.9.9.9, 10.0.0.2", "9.9.9.9"),
        (2, "9.9.9.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_the_forwarded_address_counts_only_as_far_as_our_own_proxies_wrote_it(trusted, forwarded, seen):
    headers = SimpleNamespace(getall=lambda _name, _default: [forwarded] if forwarded else [])
    assert address_of(SimpleNamespace(headers=headers, remote="10.0.0.1"), trusted) == seen


# --- health -------------------------------------------------------------------------------------------------


async def test_ready_when_engine_actions_and_database_answer(client):
    response = await client.get("/readyz")
    assert response.status == 200
    assert (await response.json())["parts"] == {"engine": "ok", "actions": "ok", "database": "ok"}


@pytest.mark.parametrize("changed_settings", [{"INDGANG_ENGINE_PORT": str(free_port())}])
async def test_a_missing_engine_is_named(client):
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["missing"] == ["engine"]
    assert (await client.get("/healthz")).status == 200


@pytest.mark.parametrize("changed_settings", [{"INDGANG_ACTIONS_PORT": str(free_port())}])
async def test_a_missing_action_server_is_named(client):
    assert (await (await client.get("/readyz")).json())["missing"] == ["actions"]


async def test_a_database_that_lacks_a_migration_is_named(client, database):
    await downgrade(database, "base")
    body = await (await client.get("/readyz")).json()
    assert body["missing"] == ["database"]
    assert body["parts"]["database"] == "migrations missing"


@pytest.mark.parametrize("changed_settings", [{"INDGANG_ENGINE_PORT": str(free_port())}])
async def test_an_engine_that_is_not_there_at_all_is_taken_over_at_once(chat):
    assert (await chat.say("hej"))["outcome"] == {"kind": "failed"}


# --- logs ---------------------------------------------------------------------------------------------------


async def test_no_log_line_holds_words_tokens_numbers_or_queries(client, chat, engine, caplog):
    caplog.set_level(logging.DEBUG)
    access = logging.getLogger("test.access")
    await chat.say("ring på 22 33 44 55")
    engine.status = 500
    await chat.say("lise@nul.example")
    response = await client.get("/sag/EK-2026-000001/hemmelig?q=22334455")
    request = SimpleNamespace(method="GET", path="/sag/EK-2026-000001/hemmelig")
    AccessLogger(access, "").log(request, response, 0.01)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("web", "test.access")))
    assert "the engine failed" in ours
    for secret in ("22 33 44 55", "22334455", "lise@nul", chat.token, "hemmelig"):
        assert secret not in ours


@pytest.mark.parametrize("path", ["/sag/EK-2026-000001/hemmelig", "/nix?tlf=22334455"])
async def test_the_access_log_names_the_pattern_of_an_address_only(aiohttp_server, caplog, path):
    async def page(_request):
        return web.Response()

    app = web.Application()
    app.router.add_get("/sag/{reference}/{token}", page)
    server = await aiohttp_server(app, access_log_class=AccessLogger, access_log=logging.getLogger("test.access"))
    caplog.set_level(logging.INFO, "test.access")
    async with ClientSession() as session, session.get(server.make_url(path)):
        pass
    (line,) = [record.getMessage() for record in caplog.records if record.name == "test.access"]
    assert line.startswith(("GET /sag/{reference}/{token} 200", "GET (no route) 404"))


def test_what_the_server_says_of_a_broken_request_quotes_nothing_of_it(caplog):
    broken = logging.getLogger("test.server")
    broken.addFilter(WithoutWords())
    try:
        raise ValueError("Authorization: Bearer hemmelig")
    except ValueError:
        broken.exception("Error handling request from %s", "10.0.0.1")
    assert "ValueError" in caplog.text
    assert "hemmelig" not in caplog.text
    assert "10.0.0.1" not in caplog.text


# --- small things -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_words_in_both_languages_that_name_their_values(code):
    values = {"limit": 2000, "length": 2001, "name": "after", "wait": {"da": "et minut", "en": "a minute"}}
    error = PublicError(code, **values)
    assert error.message("da") != error.message("en")
    assert "{limit}" not in error.message("da")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "da"),
        ("da", "da"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("da,en;q=0.9", "da"),
        ("de,en;q=0.9", "da"),
        ("en;q=0.2,da;q=0.8", "da"),
        ("*", "da"),
        ("en;q=x", "da"),
    ],
)
def test_english_only_when_it_leads(header, language):
    assert leading(header) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("we want to open a café", "en"),
        ("vi vil åbne en café", "da"),
        ("Roberto 22334455", "da"),
        ("", "da"),
    ],
)
def test_a_language_is_guessed_from_its_small_words(text, language):
    assert guess(text, "da") == language


@pytest.mark.parametrize(
    ("text", "sent"), [("/a", "a"), ("a/b", "a/b"), ("/", ""), (" / \u200b/", ""), ("½ pris", "½ pris")]
)
def test_only_leading_slashes_are_taken_from_what_the_engine_gets(text, sent):
    assert for_engine(text) == sent


def test_the_longer_answer_cannot_bring_html_or_dangerous_links():
    html = as_html("# Top\n<img src=x onerror=alert(1)>\n\n[klik](javascript:alert(1)) [ok](https://a.example)")
    assert "<h3>Top</h3>" in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert '<a href="https://a.example">ok</a>' in html


def test_the_signing_key_is_made_once_and_kept_for_its_owner_only(tmp_path):
    settings = read_settings({"INDGANG_DATA_DIR": str(tmp_path / "data")})
    key = signing_key(settings)
    assert len(key) >= 32
    assert signing_key(settings) == key
    (file,) = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_signing_key_in_the_settings_is_the_one(tmp_path):
    settings = read_settings({"INDGANG_DATA_DIR": str(tmp_path), "INDGANG_SECRET_KEY": "fra-indstillingerne"})
    assert signing_key(settings) == "fra-indstillingerne"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (f"Mit cpr-nummer er {MASK}. Skal jeg melde mig til moms?", "Skal jeg melde mig til moms?"),
        (f"cpr nr.: {MASK} må man hænge et skilt op", "må man hænge et skilt op"),
        (f"My CPR number is {MASK} and I need a permit", "and I need a permit"),
        (f"{MASK} og hvad med moms", "og hvad med moms"),
        (f"mit cpr er {MASK}", f"mit cpr er {MASK}"),
        ("hvorfor må jeg ikke skrive mit cpr her?", "hvorfor må jeg ikke skrive mit cpr her?"),
    ],
)
def test_the_engine_does_not_hear_of_a_cpr_number_unless_nothing_else_was_said(text, sent):
    assert for_engine(text) == sent
