"""The desk: log-in, the list by deadline, one case, answering, changing the level, and who may do any of it."""

from __future__ import annotations

import asyncio
import re
import threading
from types import SimpleNamespace

import pytest
from argon2.exceptions import VerificationError
from sqlalchemy import select

from office import correspondence, tickets
from office.handover import hand_over
from office.intake import Facts
from office.store.tables import History, Ticket
from tests.web.conftest import PASSWORD, Desk, hidden, open_ticket
from tests.web.standin_engine import answer, words
from web.desk.sections import section_of
from web.desk.session import OPEN_TO_ALL

# --- guards -------------------------------------------------------------------------------------------------


def desk_routes(client):
    return [
        (route.method, route.resource.canonical.replace("{reference}", "EK-2026-000001"))
        for route in client.app.router.routes()
        if route.resource.canonical.startswith("/desk") and route.method != "HEAD"
    ]


async def test_every_desk_route_except_log_in_needs_log_in(client, chat, parts):
    await open_ticket(parts, chat.id)
    routes = [(method, path) for method, path in desk_routes(client) if path not in OPEN_TO_ALL]
    assert len(routes) >= 5
    for method, path in [*routes, ("GET", "/desk/whatever-comes-later")]:
        response = await client.request(method, path, allow_redirects=False)
        assert (response.status, response.headers.get("Location")) in ((303, "/desk/login"), (401, None)), path
        assert "Nul ApS" not in await response.text()


async def test_every_route_that_changes_something_at_the_desk_needs_the_csrf_secret(desk, client, chat, parts):
    await open_ticket(parts, chat.id)
    changing = [path for method, path in desk_routes(client) if method != "GET" and path != "/desk/login"]
    assert len(changing) >= 3
    for path in changing:
        for fields in ({}, {"csrf": "wrong"}, {"csrf": "ø"}):
            response = await client.post(path, data={**fields, "text": "x", "version": "1"}, allow_redirects=False)
            assert response.status == 403, path


async def test_every_page_form_that_changes_something_refuses_other_sites(client):
    posting = {
        route.resource.canonical
        for route in client.app.router.routes()
        if route.method == "POST" and not route.resource.canonical.startswith("/api/")
    }
    for path in posting:
        response = await client.post(path, headers={"Sec-Fetch-Site": "cross-site"}, allow_redirects=False)
        assert response.status in (403, 404), path


# --- log-in -------------------------------------------------------------------------------------------------


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, parts):
    desk = Desk(client, parts)
    await desk.add_user()
    cookie = (await desk.log_in()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/desk" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("changed_settings", [{"INDGANG_PUBLIC_URL": "https://lindhavn.example"}])
async def test_behind_https_the_cookie_is_secure(client, parts):
    desk = Desk(client, parts)
    await desk.add_user()
    assert "Secure" in (await desk.log_in()).headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("username", "password"), [("bo", "forkert"), ("ukendt", PASSWORD), ("", ""), ("bo", "\u0000")]
)
async def test_a_wrong_name_or_password_is_told_without_saying_which(client, parts, username, password):
    desk = Desk(client, parts)
    await desk.add_user()
    response = await desk.log_in(username, password)
    assert response.status == 422
    assert "Brugernavn eller adgangskode passer ikke" in await response.text()
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("changed_settings", [{"INDGANG_RATE_LIMITS": "on", "INDGANG_RATE_LOGINS": "3/15minutes"}])
async def test_guessing_passwords_is_slowed_down(client, parts):
    desk = Desk(client, parts)
    await desk.add_user()
    statuses = [(await desk.log_in("bo", f"gæt {n}")).status for n in range(4)]
    assert statuses == [422, 422, 422, 429]
    assert (await desk.log_in()).status == 429


async def test_checking_a_password_does_not_hold_up_the_others(client, parts, monkeypatch):
    hashing, may_end = threading.Event(), threading.Event()

    def slow(*_args):
        hashing.set()
        assert may_end.wait(10)
        raise VerificationError

    monkeypatch.setattr("office.access._hasher", SimpleNamespace(verify=slow))
    logging_in = asyncio.create_task(Desk(client, parts).log_in("bo", "forkert"))
    assert await asyncio.to_thread(hashing.wait, 10)
    assert (await client.get("/healthz")).status == 200
    may_end.set()
    assert (await logging_in).status == 422


async def test_a_session_ends_by_time_and_by_logging_out(desk, client, clock):
    page = await desk.page("/desk")
    response = await client.post("/desk/logout", data={"csrf": hidden(page, "csrf")}, allow_redirects=False)
    assert response.headers["Location"] == "/desk/login"
    assert (await client.get("/desk", allow_redirects=False)).status == 303
    await desk.log_in()
    assert (await client.get("/desk", allow_redirects=False)).status == 200
    clock.forward(hours=11)
    assert (await client.get("/desk", allow_redirects=False)).status == 303


async def test_words_written_when_the_session_has_ended_are_given_back(desk, client, clock, chat, parts):
    reference = await open_ticket(parts, chat.id)
    page = await desk.page(f"/desk/sager/{reference}")
    clock.forward(hours=11)
    response = await desk.send(page, f"/desk/sager/{reference}/svar", text="Et langt svar")
    assert response.status == 401
    assert "Et langt svar" in await response.text()


# --- the list -----------------------------------------------------------------------------------------------


async def test_the_list_shows_the_next_deadline_first_and_says_what_is_overdue(desk, chat, parts, clock):
    first = await open_ticket(parts, chat.id)
    clock.forward(days=1, hours=2)
    second = await open_ticket(parts, chat.id)
    await desk.log_in()
    page = await desk.page("/desk/sager?vis=alle")
    page = page[page.index('id="results"') :]
    assert page.index(first) < page.index(second)
    assert "2 sager" in page
    row = page[page.index(first) : page.index(second)]
    assert "Overskredet" in row


async def test_mine_shows_only_the_cases_of_the_contact_person(desk, chat, parts, client):
    mine = await open_ticket(parts, chat.id)
    other = await open_for(parts, chat.id, "mille-miljoe")
    page = await desk.page("/desk/sager")
    assert mine in page
    assert other not in page
    assert other in await desk.page("/desk/sager?vis=alle")


async def open_for(parts, conversation_id, person):
    async with parts.database.writing() as uow:
        inquiry = tickets.Inquiry(conversation_id, "Støj", Facts(email="a@b.example"))
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        if ticket.contact_person != person:
            await hand_over(uow, parts.knowledge, ticket, person, "test", parts.now(), "test")
        await uow.commit()
    return ticket.reference


async def test_somebody_who_is_no_contact_person_sees_all_cases_at_first(client, chat, parts):
    reference = await open_ticket(parts, chat.id)
    desk = Desk(client, parts)
    await desk.add_user("admin", "Administrator", None)
    await desk.log_in("admin")
    assert reference in await desk.page("/desk/sager")
    assert reference not in await desk.page("/desk/sager?vis=mine")


# --- one case -----------------------------------------------------------------------------------------------


@pytest.fixture
async def reference(chat, parts):
    await chat.say("hvem klipper hækken?")
    return await open_ticket(parts, chat.id)


async def test_a_case_shows_facts_transcript_reasons_deadlines_checklist_and_history(desk, reference):
    page = await desk.page(f"/desk/sager/{reference}")
    for shown in (
        "Udvidelse af produktionshal",
        "Nul ApS",
        "00005999",
        "hvem klipper hækken?",
        "Artikel: Hæk og hegn mellem erhvervsgrunde",
        "En udvidelse kræver som regel flere tilladelser",
        "Bo Byggesen arbejder med byggesag",
        "24 timer, hvor kun arbejdsdage tæller",
        "Tegninger af de nuværende og nye bygninger",
        "Startmøde",
        "Oprettet",
    ):
        assert shown in page, shown


async def test_reading_a_case_is_written_in_the_audit_log_once_a_day(desk, reference, database, clock):
    for _ in range(2):
        await desk.page(f"/desk/sager/{reference}")
    assert await viewed(database) == ["bo"]
    clock.forward(hours=15)
    await desk.log_in()
    await desk.page(f"/desk/sager/{reference}")
    assert await viewed(database) == ["bo", "bo"]


async def viewed(database):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(History.actor).where(History.action == "viewed")))


async def test_a_reply_reaches_the_chat_with_name_and_counts_as_first_answer(desk, reference, chat, database):
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/svar", text="Jeg ringer i morgen kl. 9.")
    assert response.status == 303
    last = (await chat.read())[-1]
    assert (last["author"], last["author_name"]) == ("caseworker", "Bo Byggesen")
    assert last["text"] == "Jeg ringer i morgen kl. 9."
    ticket = await stored(database, reference)
    assert ticket.first_answered_at is not None
    assert (ticket.status, ticket.answered_at) == ("with_contact_person", None)
    assert "Svar med indhold senest" in await desk.page(f"/desk/sager/{reference}")


async def test_what_the_business_answers_in_the_chat_goes_to_the_case(desk, reference, chat, engine, database):
    page = await desk.page(f"/desk/sager/{reference}")
    await desk.send(page, f"/desk/sager/{reference}/svar", text="Må jeg ringe kl. 9?")
    engine.replies = [words("Det forstod jeg ikke.", "unsure")]
    for text in ("ja tak", "eller hellere kl. 10"):
        body = await chat.say(text)
        assert f"lagt din besked på sag {reference}" in body["messages"][0]["text"]
        assert body["outcome"] == {"kind": "human"}
    engine.replies = [answer()]
    assert (await chat.say("hvem klipper hækken?"))["outcome"]["kind"] == "answer"
    engine.replies = [words("Det forstod jeg ikke.", "unsure")]
    assert (await chat.say("øh"))["outcome"] == {"kind": "unsure"}
    async with database.reading() as uow:
        said = await correspondence.messages_of(uow, await tickets.by_reference(uow, reference))
    assert [m.text for m in said if m.author == "visitor"] == [
        "ja tak",
        "eller hellere kl. 10",
        "hvem klipper hækken?",
    ]


async def test_the_answer_to_the_case_leaves_no_deadline(desk, reference, database):
    page = await desk.page(f"/desk/sager/{reference}")
    await desk.send(page, f"/desk/sager/{reference}/svar", text="Her er svaret.", answers_case="1")
    ticket = await stored(database, reference)
    assert ticket.status == "answered"
    assert ticket.answered_at == ticket.first_answered_at
    assert "Sagen er besvaret" in await desk.page(f"/desk/sager/{reference}")
    assert "Intet er overskredet" in await desk.page("/desk")


async def test_two_who_answer_at_once_are_told_and_nothing_is_lost(desk, reference, chat):
    page = await desk.page(f"/desk/sager/{reference}")
    assert (await desk.send(page, f"/desk/sager/{reference}/svar", text="Den første")).status == 303
    response = await desk.send(page, f"/desk/sager/{reference}/svar", text="Den anden", answers_case="1")
    again = await response.text()
    assert response.status == 409
    assert "En anden har ændret sagen" in again
    assert re.search(r"<textarea[^>]*>\s*Den anden</textarea>", again)
    assert "checked" in again
    assert "Den anden" not in [m["text"] for m in await chat.read()]
    assert (await desk.send(again, f"/desk/sager/{reference}/svar", text="Den anden")).status == 303


@pytest.mark.parametrize(("text", "said"), [("  ", "Skriv et svar"), ("a" * 2001, "2001 tegn")])
async def test_an_unusable_reply_is_told_and_kept(desk, reference, text, said):
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/svar", text=text)
    assert response.status == 422
    shown = await response.text()
    assert said in shown
    assert text.strip() in shown


async def test_changing_the_level_is_logged_with_the_reason(desk, reference, database):
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/niveau", level="medium", why="Kun ét skilt")
    assert response.status == 303
    assert (await stored(database, reference)).level == "medium"
    shown = await desk.page(f"/desk/sager/{reference}")
    assert "Ændret niveau fra “Større” til “Middel”" in shown
    assert "Kun ét skilt" in shown


@pytest.mark.parametrize(
    ("level", "why", "said"),
    [
        ("medium", "", "Skriv kort, hvorfor"),
        ("nonsense", "fordi", "Vælg et niveau"),
        ("complex", "fordi", "har allerede det niveau"),
    ],
)
async def test_a_level_needs_a_reason_and_must_be_another(desk, reference, database, level, why, said):
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/niveau", level=level, why=why)
    assert response.status == 422
    assert said in await response.text()
    assert (await stored(database, reference)).level == "complex"


async def test_html_written_by_a_visitor_is_text_at_the_desk(desk, chat, reference):
    await chat.say("<script>alert(1)</script>")
    page = await desk.page(f"/desk/sager/{reference}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_an_unknown_case_is_a_404(desk, client):
    assert (await client.get("/desk/sager/EK-2026-999999")).status == 404


async def stored(database, reference):
    async with database.reading() as uow:
        return await uow.session.scalar(select(Ticket).where(Ticket.reference == reference))


# --- the plan -----------------------------------------------------------------------------------------------

PLAN = {"steps": "Startmøde\nAnsøgning", "permits": "Byggetilladelse", "time": "Et halvt år.", "cost": "Efter tid."}


async def test_a_new_expected_day_is_saved_and_told_to_the_business(desk, reference, chat):
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/plan", **PLAN, expected="2027-05-03")
    assert response.status == 303
    assert (await chat.read())[-1]["text"] == "Vi venter, at din sag er klar mandag den 3. maj 2027."
    shown = await desk.page(f"/desk/sager/{reference}")
    assert 'value="2027-05-03"' in shown
    assert "Startmøde\nAnsøgning</textarea>" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expected": "i morgen"}, "Skriv datoen som"),
        ({"expected": "2020-01-01"}, "allerede gået"),
        ({"expected": "2027-06-01"}, "Skriv hvorfor"),
        ({"expected": "2027-05-03"}, "den samme som før"),
    ],
)
async def test_a_plan_that_cannot_be_saved_is_told_and_kept(desk, reference, changes, said):
    page = await desk.page(f"/desk/sager/{reference}")
    await desk.send(page, f"/desk/sager/{reference}/plan", **PLAN, expected="2027-05-03")
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/plan", **{**PLAN, **changes})
    assert response.status == 422
    shown = await response.text()
    assert said in shown
    assert "Startmøde\nAnsøgning</textarea>" in shown


async def test_an_answer_that_does_not_say_everything_promised_is_not_sent(desk, chat, parts):
    reference = await open_for(parts, chat.id, "karla-koord")
    page = await desk.page(f"/desk/sager/{reference}")
    response = await desk.send(page, f"/desk/sager/{reference}/svar", text="Her er svaret.", answers_case="1")
    assert response.status == 422
    assert "noget om tilladelser, forløb, tid og pris" in await response.text()
    await desk.send(page, f"/desk/sager/{reference}/plan", **PLAN)
    page = await desk.page(f"/desk/sager/{reference}")
    await desk.send(page, f"/desk/sager/{reference}/svar", text="Her er svaret.", answers_case="1")
    assert "Tilladelser (1): Byggetilladelse." in (await chat.read())[-1]["text"]


async def test_no_permits_needed_can_be_said(desk, chat, parts):
    reference = await open_for(parts, chat.id, "karla-koord")
    page = await desk.page(f"/desk/sager/{reference}")
    fields = {**PLAN, "permits": "", "no_permits": "1"}
    assert (await desk.send(page, f"/desk/sager/{reference}/plan", **fields)).status == 303
    assert "Svaret på sagen skal også sige noget" not in await desk.page(f"/desk/sager/{reference}")


# --- roles --------------------------------------------------------------------------------------------------


async def test_every_desk_route_lies_in_a_room_that_says_who_may_enter(client):
    for method, path in desk_routes(client):
        if path not in OPEN_TO_ALL:
            assert section_of(path) is not None, f"{method} {path} lies in no room of web/desk/sections.py"


async def test_a_role_is_kept_out_of_rooms_that_are_not_its_own_and_is_not_shown_their_door(client, chat, parts):
    await open_ticket(parts, chat.id)
    desk = Desk(client, parts)
    await desk.add_user("ea", "Ea Redaktør", None, role="editor")
    await desk.log_in("ea")
    response = await client.get("/desk/sager/EK-2026-000001")
    assert response.status == 403
    page = await response.text()
    assert "Din rolle giver ikke adgang" in page
    assert "Nul ApS" not in page
