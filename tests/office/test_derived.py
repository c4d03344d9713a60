"""What is kept beside a case for quick lists always says what the case says."""

import pytest
from sqlalchemy import select

from knowledge import load
from office import closing
from office.deadlines import owed
from office.finding import Wanted, find
from office.lifecycle import ENDED_STATUSES, STATUS_NAMES
from office.store.derived import NOT_OUR_TURN, words_in
from office.store.tables import SearchWord
from tests.office.case_work import Cases, at

KNOWLEDGE = load()


@pytest.fixture
def cases(database):
    return Cases(database, KNOWLEDGE, at("2026-11-24 10:00"))


def test_it_is_not_the_offices_turn_while_the_business_is_asked_and_when_all_has_ended():
    assert set(NOT_OUR_TURN) == {"waiting_for_business", *ENDED_STATUSES}
    assert set(NOT_OUR_TURN) < set(STATUS_NAMES)


async def test_the_next_deadline_follows_every_step_of_a_case(cases):
    ticket = await cases.open()
    steps = [
        lambda: cases.stored(ticket),
        lambda: cases.reply(ticket),
        lambda: cases.write(ticket),
        lambda: cases.ask(ticket),
        lambda: cases.write(ticket),
        lambda: cases.do(closing.withdraw, ticket, "mette"),
        lambda: cases.write(ticket),
    ]
    for step in steps:
        await step()
        stored = await cases.stored(ticket)
        running = owed(stored, KNOWLEDGE.office.promises)
        assert stored.next_due == (running[0].due if running else None)
        cases.forward(minutes=20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café på Havnen 7B", ["café", "på", "havnen", "7b"]),
        ("EK-2026-000123", ["ek-2026-000123"]),
        ("lise@nul.example", ["lise@nul.example", "lise", "nul", "example"]),
        ("a - . !", []),
        ("Ølbryggeri_2", ["ølbryggeri"]),
    ],
)
def test_words_are_small_letters_without_signs(text, words):
    assert words_in(text) == words


async def test_words_are_found_by_their_beginning_whatever_the_alphabet_says(cases, database):
    ticket = await cases.open(text="Ærø Bryghus vil åbne på Ågade")
    async with database.reading() as uow:
        for typed, there in (("ær", True), ("åga", True), ("gade", False), ("bryg åb", True), ("bryg skilt", False)):
            found = await find(uow, Wanted(words=typed, status="all"))
            assert (ticket.id in [t.id for t in found.tickets]) == there, typed


async def test_a_case_with_nothing_owed_comes_after_those_with_a_deadline(cases, database):
    waiting, pressing = await cases.open(), await cases.open()
    await cases.ask(waiting)
    async with database.reading() as uow:
        found = await find(uow, Wanted())
    assert [ticket.id for ticket in found.tickets] == [pressing.id, waiting.id]
    assert (found.count, found.more) == (2, False)


async def test_a_case_is_found_by_its_text_its_company_and_its_number(cases, database):
    ticket = await cases.open(text="skiltning")
    async with database.reading() as uow:
        words = set(await uow.session.scalars(select(SearchWord.word).where(SearchWord.ticket_id == ticket.id)))
    assert {"skiltning", "nul", "aps", ticket.reference.lower()} <= words
