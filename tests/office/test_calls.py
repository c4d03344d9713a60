"""Inquiries that a caseworker takes in: they become cases, or are answered at once, and are counted by the way they came."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from office import calls, conversations
from office.calls import Call
from office.conversations import Utterance
from office.errors import NotAllowed
from office.intake import Facts
from office.statistics import Month, added_up, inquiries, outcomes
from office.store.tables import History, Message, User
from office.suggesting import Understood, suggest
from office.tickets import Decided
from tests.office.cases import KNOWLEDGE
from tests.stored import everything_in

BO = User(username="bo", name="Bo Byggesen", role="caseworker")
LISE = Facts(company="Nul ApS", phone="00001122")
NOVEMBER = Month.of(2026, 11)


def call(**fields) -> Call:
    given = {"id": "c1", "channel": "phone", "text": "Vi vil bygge en hal mere", "facts": LISE}
    return Call(**{**given, "case_type": "udvidelse-produktionshal", **fields})


async def take_in(database, now, **fields):
    async with database.writing() as uow:
        ticket = await calls.open_case(uow, KNOWLEDGE, call(**fields), BO, now)
        await uow.commit()
    return ticket


async def answer(database, now, article="haek-i-skel", **fields):
    async with database.writing() as uow:
        found = KNOWLEDGE.articles.get(article)
        said = Utterance("Sådan er det.", "answer", "da", {"article": {"id": article}})
        await calls.answer_at_once(uow, call(**fields), said, found, BO, now)
        await uow.commit()


async def history(database, action):
    async with database.reading() as uow:
        return list(await uow.session.scalars(select(History).where(History.action == action).order_by(History.id)))


async def counted(database):
    async with database.reading() as uow:
        return added_up(await inquiries(uow, KNOWLEDGE, NOVEMBER), "channel", "level")


# --- a case -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", calls.TAKEN_IN_BY)
async def test_a_case_is_counted_by_the_way_it_came(database, now, channel):
    ticket = await take_in(database, now, channel=channel)
    assert await counted(database) == {(channel, ticket.level): 1}


async def test_nobody_takes_chats_in(database, now):
    with pytest.raises(ValueError, match="chat"):
        await take_in(database, now, channel="chat")


async def test_a_case_has_contact_person_and_dates_as_any_other(database, now):
    ticket = await take_in(database, now)
    assert ticket.contact_person in KNOWLEDGE.people
    assert now < ticket.first_answer_due < ticket.answer_due
    assert ticket.subject == "Vi vil bygge en hal mere"


async def test_the_note_says_whose_it_is(database, now):
    ticket = await take_in(database, now)
    async with database.reading() as uow:
        [note] = await conversations.since(uow, ticket.conversation_id)
    assert (note.author, note.author_name, note.ticket_id) == ("visitor", "Noteret af Bo Byggesen", ticket.id)


async def test_nobody_answers_the_note_in_the_caseworkers_place(database, now):
    await take_in(database, now)
    async with database.reading() as uow:
        assert await conversations.left_unanswered(uow, now.replace(year=2027)) == []


async def test_without_a_way_to_answer_it_is_no_case(database, now):
    with pytest.raises(ValueError, match="without e-mail or phone"):
        await take_in(database, now, facts=Facts(company="Nul ApS"))


async def test_the_same_form_sent_twice_opens_one_case(database, now):
    await take_in(database, now)
    with pytest.raises(IntegrityError):
        await take_in(database, now)


async def test_a_level_that_the_caseworker_sets_is_in_the_history_with_the_reason(database, now):
    ticket = await take_in(database, now, decided=Decided(level="simple", why="Kun et spørgsmål"))
    [row] = await history(database, "changed")
    assert (ticket.level, row.field, row.new, row.why, row.actor) == (
        "simple",
        "level",
        "simple",
        "Kun et spørgsmål",
        "bo",
    )


async def test_a_case_set_to_simple_is_answered_within_a_day(database, now):
    ticket = await take_in(database, now, decided=Decided(level="simple", why="Kun et spørgsmål"))
    assert ticket.answer_due == ticket.first_answer_due


async def test_areas_that_the_caseworker_sets_lead_to_their_own_contact_person(database, now):
    ticket = await take_in(database, now, decided=Decided(areas=("beredskab", "politi")))
    assert (ticket.areas, ticket.authorities) == (["beredskab"], ["politi"])
    assert "beredskab" in KNOWLEDGE.people[ticket.contact_person].areas


async def test_the_caseworker_may_choose_the_contact_person(database, now):
    ticket = await take_in(database, now, decided=Decided(contact_person="mette-ravnsholt"))
    assert ticket.contact_person == "mette-ravnsholt"
    assert "valgt af" in ticket.assignment_reason


async def test_nobody_unknown_becomes_contact_person(database, now):
    with pytest.raises(NotAllowed, match="på arbejde"):
        await take_in(database, now, decided=Decided(contact_person="ingen"))


# --- answered at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", calls.TAKEN_IN_BY)
async def test_what_is_answered_at_once_is_counted_as_a_simple_inquiry_in_the_area_of_its_article(
    database, now, channel
):
    await answer(database, now, channel=channel)
    async with database.reading() as uow:
        [found] = await inquiries(uow, KNOWLEDGE, NOVEMBER)
    area = KNOWLEDGE.articles["haek-i-skel"].areas[0]
    assert (found.channel, found.level, found.area, found.count) == (channel, "simple", area, 1)


async def test_an_answer_in_own_words_is_counted_too(database, now):
    await answer(database, now, article=None)
    assert await counted(database) == {("phone", "simple"): 1}


async def test_it_is_kept_which_version_of_which_article_was_read_aloud(database, now):
    await answer(database, now)
    [row] = await history(database, "answered_at_once")
    assert row.new == f"haek-i-skel {KNOWLEDGE.articles['haek-i-skel'].version}"


async def test_the_words_said_are_the_caseworkers(database, now):
    await answer(database, now)
    async with database.reading() as uow:
        said = await uow.session.scalar(select(Message).where(Message.author != "visitor"))
    assert (said.author, said.author_name, said.kind) == ("caseworker", "Bo Byggesen", "answer")


async def test_what_was_typed_about_the_business_is_not_kept_when_nobody_calls_back(database, now):
    await answer(database, now)
    assert "00001122" not in await everything_in(database)


async def test_what_caseworkers_answer_says_nothing_of_the_assistant(database, now):
    await answer(database, now)
    async with database.reading() as uow:
        assert await outcomes(uow, NOVEMBER) == {}


# --- the suggestion -----------------------------------------------------------------------------------------


def understanding(**changes):
    certain = {"text": "", "decision": "answer", "articles": [["haek-i-skel", 0.9], ["stoej", 0.1]]}
    given = {
        "questions": [certain],
        "articles": [["haek-i-skel", 0.9], ["stoej", 0.1]],
        "cases": [["cafe-i-butik", 0.6]],
        "intents": [["answer", 0.8], ["case", 0.1]],
    }
    return {**given, **changes}


def test_a_certain_answer_comes_first_and_is_no_case():
    assert Understood.read(KNOWLEDGE, "answer", understanding()) == Understood(("haek-i-skel", "stoej"), True, None)


def test_a_question_that_may_be_a_matter_has_its_case_type_too():
    found = Understood.read(KNOWLEDGE, "answer", understanding(intents=[["answer", 0.6], ["case", 0.3]]))
    assert (found.is_certain, found.case_type) == (True, "cafe-i-butik")


def test_an_answer_to_be_asked_back_about_is_not_certain():
    unsure = {"text": "", "decision": "clarify", "articles": [["stoej", 0.4]]}
    assert not Understood.read(KNOWLEDGE, "answer", understanding(questions=[unsure])).is_certain


def test_a_matter_has_its_type_and_articles_to_read_but_no_certain_answer():
    found = Understood.read(KNOWLEDGE, "case", understanding(questions=[]))
    assert found == Understood(("haek-i-skel", "stoej"), False, "cafe-i-butik")


def test_what_this_process_does_not_know_is_left_out():
    articles = [["findes-ikke", 0.9], ["stoej", 0.1]]
    found = Understood.read(KNOWLEDGE, "case", understanding(articles=articles, cases=[["findes-ikke", 1.0]]))
    assert found == Understood(("stoej",), False, None)


@pytest.mark.parametrize("intent", ["smalltalk", "abuse", None])
def test_of_small_talk_nothing_is_proposed(intent):
    assert Understood.read(KNOWLEDGE, intent, understanding()) == Understood()


async def propose(database, now, facts=LISE, **decided):
    async with database.reading() as uow:
        understood = Understood((), False, "udvidelse-produktionshal")
        return await suggest(uow, KNOWLEDGE, understood, "Vi vil bygge en hal", facts, now, Decided(**decided))


async def test_the_contact_person_proposed_is_the_one_who_gets_the_case(database, now):
    proposed = await propose(database, now)
    assert proposed.contact.person == (await take_in(database, now)).contact_person


async def test_the_same_business_is_proposed_the_person_it_has(database, now):
    before = await take_in(database, now, decided=Decided(contact_person="mette-ravnsholt"))
    assert (await propose(database, now)).contact.person == before.contact_person


async def test_somebody_of_whom_nothing_is_known_is_proposed_a_person_too(database, now):
    assert (await propose(database, now, Facts())).contact.person in KNOWLEDGE.people


async def test_areas_set_by_the_caseworker_count_in_the_proposal(database, now):
    proposed = await propose(database, now, areas=("beredskab",))
    assert proposed.triage.areas == ("beredskab",)
    assert "beredskab" in KNOWLEDGE.people[proposed.contact.person].areas
