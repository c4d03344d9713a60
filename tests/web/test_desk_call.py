"""Ny henvendelse at the desk: a suggestion while somebody types, a case or an answer at once, with or without the engine."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from office.statistics import Month, inquiries
from office.store.tables import Conversation, History, Message, Ticket
from tests.stored import everything_in
from tests.web.conftest import hidden
from tests.web.standin_engine import matter, question

TEXT = "Vi vil bygge en produktionshal mere"
LISE = {"text": TEXT, "company": "Nul ApS", "name": "Lise Holm", "phone": "00001122", "channel": "phone"}


@pytest.fixture
def matter_of_a_hall(engine):
    engine.intent, engine.understanding = matter("udvidelse-produktionshal", "haek-i-skel")


@pytest.fixture
def simple_question(engine):
    engine.intent, engine.understanding = question("haek-i-skel", "frisoer-i-egen-bolig")


async def send(desk, path="/desk/ny", **fields):
    """Send the form as a fresh page gives it."""
    page = await desk.page("/desk/ny")
    hidden_fields = {name: hidden(page, name) for name in ("csrf", "token")}
    return await desk.client.post(path, data={**hidden_fields, **fields}, allow_redirects=False)


async def suggestion(desk, **fields):
    response = await send(desk, "/desk/ny/forslag", **fields)
    assert response.status == 200
    return await response.text()


async def stored_ticket(parts):
    async with parts.database.reading() as uow:
        return await uow.session.scalar(select(Ticket).order_by(Ticket.id.desc()))


async def number_of(parts, model):
    async with parts.database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(model))


def checked(page):
    """The names and values of what is ticked or chosen in the page."""
    return re.findall(r'<input[^>]*? name="(\w[\w-]*)" value="([^"]*)"[^>]*? checked', page)


# --- the suggestion -----------------------------------------------------------------------------------------


async def test_the_answer_to_read_aloud_comes_with_source_and_review_date(desk, parts, simple_question):
    article = parts.knowledge.articles["haek-i-skel"]
    page = await suggestion(desk, text="hvor høj må hækken være")
    assert f'<blockquote class="call-aloud">{article.summary}' in page
    assert article.sources[0].text in page
    assert "Gennemgået" in page
    assert ("article", "haek-i-skel") in checked(page)


async def test_type_level_areas_and_contact_person_are_suggested_with_the_reason(desk, parts, matter_of_a_hall):
    case = parts.knowledge.cases["udvidelse-produktionshal"]
    page = await suggestion(desk, text=TEXT)
    for shown in (case.title, case.why, *parts.knowledge.area_titles(case.areas)):
        assert shown in page
    assert "har plads" in page


async def test_no_answer_is_chosen_for_the_caseworker_when_none_is_certain(desk, engine):
    engine.intent, engine.understanding = question("haek-i-skel", certain=False)
    assert [name for name, _ in checked(await suggestion(desk, text="hæk"))] == []


async def test_asking_for_a_suggestion_stores_nothing_and_disturbs_no_conversation(
    desk, engine, parts, simple_question
):
    await suggestion(desk, text="hvor høj må hækken være her på Testvej")
    assert engine.understood == ["hvor høj må hækken være her på Testvej"]
    assert engine.received == []
    assert "hækken" not in await everything_in(parts.database)


async def test_a_cpr_number_is_not_sent_to_the_engine(desk, engine, simple_question):
    await suggestion(desk, text="jeg hedder Lise, 010190-1234, og vil have en hæk")
    assert "1234" not in engine.understood[0]


async def test_what_begins_with_a_slash_is_no_command_to_the_engine(desk, engine, simple_question):
    await suggestion(desk, text="/restart hæk")
    assert engine.understood == ["restart hæk"]


async def test_a_suggested_answer_follows_the_text_while_a_chosen_one_stays(desk, simple_question):
    followed = await suggestion(
        desk, text="hæk", article="frisoer-i-egen-bolig", article_suggested="frisoer-i-egen-bolig"
    )
    stays = await suggestion(desk, text="hæk", article="frisoer-i-egen-bolig", article_suggested="haek-i-skel")
    assert ("article", "haek-i-skel") in checked(followed)
    assert ("article", "frisoer-i-egen-bolig") in checked(stays)


async def test_areas_are_ticked_as_suggested_until_the_caseworker_sets_them(desk, matter_of_a_hall):
    suggested = re.search(r'data-areas="([^"]*)"', await suggestion(desk, text=TEXT))[1]
    set_before = await suggestion(desk, text=TEXT, areas_suggested=suggested, area_plan="1")
    assert len(suggested.split()) > 1
    assert 'data-areas="plan"' in set_before


async def test_without_a_script_the_button_shows_the_suggestion_and_keeps_what_was_typed(desk, simple_question):
    response = await send(desk, **LISE, do="suggest")
    page = await response.text()
    assert response.status == 200
    assert TEXT in page
    assert 'value="Lise Holm"' in page
    assert "call-aloud" in page


# --- a case -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["phone", "email", "visit"])
async def test_the_inquiry_becomes_a_case_of_the_suggested_type_counted_by_its_channel(
    desk, parts, matter_of_a_hall, channel
):
    response = await send(desk, **{**LISE, "channel": channel}, do="case")
    ticket = await stored_ticket(parts)
    assert response.headers["Location"] == f"/desk/ny/{ticket.reference}"
    assert (ticket.case_type, ticket.channel, ticket.phone) == ("udvidelse-produktionshal", channel, "00001122")
    assert ticket.subject == TEXT


async def test_after_saving_the_number_stands_large_with_person_and_both_dates_to_say(desk, parts, matter_of_a_hall):
    response = await send(desk, **LISE, do="case")
    page = await desk.page(response.headers["Location"])
    ticket = await stored_ticket(parts)
    assert f'<h1 class="call-reference">{ticket.reference}</h1>' in page
    assert parts.knowledge.people[ticket.contact_person].name in page
    assert "I hører fra os senest onsdag den 25. november 2026 kl. 10.00" in " ".join(page.split())
    assert "svar med indhold senest tirsdag den 1. december 2026" in " ".join(page.split())
    assert f'href="/desk/sager/{ticket.reference}"' in page


async def test_somebody_who_wants_letters_in_english_is_spoken_to_in_english(desk, parts, matter_of_a_hall):
    response = await send(desk, **LISE, language="en", do="case")
    assert "Your case number is" in await desk.page(response.headers["Location"])
    assert (await stored_ticket(parts)).language == "en"


async def test_that_the_saved_case_was_shown_is_in_the_audit_log(desk, parts, matter_of_a_hall):
    response = await send(desk, **LISE, do="case")
    await desk.page(response.headers["Location"])
    async with parts.database.reading() as uow:
        assert await uow.session.scalar(select(History.actor).where(History.action == "viewed")) == "bo"


async def test_numbers_said_in_passing_need_not_be_typed_twice(desk, parts, matter_of_a_hall):
    text = "Nul ApS, CVR 10150817, vil bygge en hal. Ring på 00 00 11 22."
    await send(desk, text=text, channel="phone", do="case")
    ticket = await stored_ticket(parts)
    assert (ticket.company, ticket.cvr, ticket.phone) == ("Nul ApS", "10150817", "00001122")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"text": ""}, "Skriv, hvad det drejer sig om."),
        ({"phone": ""}, "Spørg efter en e-mail eller et telefonnummer"),
        ({"phone": "12"}, "Telefonnummeret kan ikke læses."),
        ({"email": "lise@"}, "E-mailen mangler noget."),
        ({"company": "10150818"}, "CVR-nummeret passer ikke."),
        ({"level": "complex"}, "Skriv kort, hvorfor niveauet skal være et andet."),
        ({"areas_suggested": "byggesag"}, "Vælg mindst ét fagområde i kommunen."),
        ({"token": "gammel"}, "Siden har stået åben længe."),
    ],
)
async def test_what_must_be_mended_is_said_and_nothing_typed_is_lost(desk, parts, matter_of_a_hall, changes, complaint):
    response = await send(desk, **{**LISE, **changes}, do="case")
    page = await response.text()
    assert response.status == 422
    assert complaint in page
    assert 'value="Lise Holm"' in page
    assert await number_of(parts, Ticket) == 0


async def test_the_caseworker_may_set_type_level_areas_and_contact_person(desk, parts, matter_of_a_hall):
    changes = {"case_type": "andet", "level": "complex", "why": "Tre myndigheder", "area_plan": "1"}
    person = next(iter(parts.knowledge.people))
    await send(desk, **LISE, **changes, contact_person=person, do="case")
    ticket = await stored_ticket(parts)
    assert (ticket.case_type, ticket.level, ticket.areas) == ("andet", "complex", ["plan"])
    assert ticket.contact_person == person


async def test_why_the_level_is_another_is_read_in_the_history_of_the_case(desk, parts, matter_of_a_hall):
    await send(desk, **LISE, level="simple", why="Kun et spørgsmål", do="case")
    ticket = await stored_ticket(parts)
    assert "Kun et spørgsmål" in await desk.page(f"/desk/sager/{ticket.reference}")


async def test_the_page_of_the_case_says_how_it_came_and_who_noted_it(desk, parts, matter_of_a_hall):
    await send(desk, **LISE, do="case")
    page = await desk.page(f"/desk/sager/{(await stored_ticket(parts)).reference}")
    assert "Noteret af Bo Byggesen" in page
    assert "Telefon," in page


async def test_pressing_twice_opens_one_case(desk, parts, matter_of_a_hall):
    page = await desk.page("/desk/ny")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), **LISE, "do": "case"}
    sent = [await desk.client.post("/desk/ny", data=form, allow_redirects=False) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert await number_of(parts, Ticket) == 1


# --- answered at once ---------------------------------------------------------------------------------------


async def test_an_answer_read_aloud_is_counted_with_article_and_version(desk, parts, simple_question):
    response = await send(desk, text="hvor høj", channel="visit", article="haek-i-skel", do="answered")
    assert response.headers["Location"] == "/desk/ny?besvaret=visit&kanal=visit"
    async with parts.database.reading() as uow:
        [counted] = await inquiries(uow, parts.knowledge, Month.of(2026, 11))
        said = await uow.session.scalar(select(Message).where(Message.author == "caseworker"))
    article = parts.knowledge.articles["haek-i-skel"]
    assert (counted.channel, counted.level, counted.area) == ("visit", "simple", article.areas[0])
    assert (said.text, said.payload["article"]["version"]) == (article.summary, article.version)


async def test_an_answer_in_own_words_is_kept_as_it_was_given(desk, parts):
    await send(desk, text="hvem er chef", said="Det er Karla.", do="answered")
    async with parts.database.reading() as uow:
        assert await uow.session.scalar(select(Message.text).where(Message.author == "caseworker")) == "Det er Karla."


async def test_another_article_counts_before_the_suggested_one(desk, parts, simple_question):
    await send(desk, text="hæk", article="haek-i-skel", other_article="frisoer-i-egen-bolig", do="answered")
    async with parts.database.reading() as uow:
        [counted] = await inquiries(uow, parts.knowledge, Month.of(2026, 11))
    assert counted.area == parts.knowledge.articles["frisoer-i-egen-bolig"].areas[0]


async def test_nothing_counts_as_answered_without_an_answer(desk, parts, simple_question):
    response = await send(desk, text="hvor høj", do="answered")
    assert response.status == 422
    assert "Vælg den artikel, du læste op" in await response.text()
    assert await number_of(parts, Conversation) == 0


async def test_pressing_twice_counts_once(desk, parts, simple_question):
    page = await desk.page("/desk/ny")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "text": "hæk", "article": "haek-i-skel"}
    for _ in range(2):
        response = await desk.client.post("/desk/ny", data={**form, "do": "answered"}, allow_redirects=False)
        assert response.status == 303
    assert await number_of(parts, Conversation) == 1


async def test_the_next_inquiry_begins_on_the_same_channel_with_an_empty_form(desk):
    page = await desk.page("/desk/ny?besvaret=visit&kanal=visit")
    assert "talt med som besvaret (personligt)" in page
    assert ("channel", "visit") in checked(page)


# --- without the engine -------------------------------------------------------------------------------------


@pytest.fixture
def engine_down(engine):
    engine.status = 500


async def test_without_the_engine_the_form_says_so(desk, engine_down):
    assert "Assistenten svarer ikke" in await suggestion(desk, text="hæk")


async def test_without_the_engine_a_case_is_opened_all_the_same(desk, parts, engine_down):
    response = await send(desk, **LISE, do="case")
    assert response.status == 303
    assert (await stored_ticket(parts)).title == "Henvendelse til en medarbejder"


async def test_when_the_engine_goes_down_midway_the_type_shown_last_stands(desk, parts, engine_down):
    await send(desk, **LISE, suggested_type="udvidelse-produktionshal", do="case")
    assert (await stored_ticket(parts)).case_type == "udvidelse-produktionshal"


async def test_an_answer_that_is_no_understanding_is_a_failure_too(desk, engine):
    engine.understanding = None
    assert "Assistenten svarer ikke" in await suggestion(desk, text="hæk")


async def test_the_page_stays_small(desk, simple_question):
    assert len(await (await send(desk, **LISE, do="suggest")).text()) < 300_000
