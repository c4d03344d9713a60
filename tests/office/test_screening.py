"""Screening ends with three results, told to the business (promises C01 to C03)."""

from datetime import date

import pytest

from office import screening
from office.errors import NotAllowed
from office.plans import plan_of

READY = date(2027, 1, 15)


async def screened(cases, missing=(), ticket=None):
    ticket = ticket or await cases.open()
    return await cases.do(screening.finish_screening, ticket, list(missing), READY, "Mette", "mette")


async def test_a_screening_tells_what_is_missing_who_has_the_case_and_when(cases):
    ticket = await screened(cases, ["Tegninger", "Plan over grunden"])
    words, expected = await cases.told(ticket)
    person = cases.knowledge.people[ticket.contact_person].name
    assert f"{person} er din kontaktperson" in words
    assert "Det mangler vi fra dig:\n- Tegninger\n- Plan over grunden" in words
    assert "Det gør vi: " in words
    assert expected == "Vi venter, at din sag er klar fredag den 15. januar 2027."


async def test_a_case_with_something_missing_waits_for_the_business(cases):
    ticket = await screened(cases, ["Tegninger"])
    assert (ticket.status, ticket.missing) == ("waiting_for_business", ["Tegninger"])
    assert (await cases.write(ticket)).status == "with_contact_person"


async def test_a_complete_case_is_in_hand(cases):
    ticket = await cases.do(screening.begin_screening, await cases.open(), "mette")
    assert ticket.status == "screening"
    ticket = await screened(cases, ticket=ticket)
    assert (ticket.status, ticket.missing, ticket.screened_at) == ("with_contact_person", [], cases.now)


async def test_a_screening_is_a_first_answer_and_sets_the_expected_day(cases):
    ticket = await screened(cases)
    assert ticket.first_answered_at == cases.now
    async with cases.database.reading() as uow:
        assert (await plan_of(uow, ticket)).expected == READY


async def test_a_case_is_screened_once(cases):
    ticket = await screened(cases)
    with pytest.raises(NotAllowed, match="allerede screenet"):
        await screened(cases, ticket=ticket)


async def test_an_english_case_is_screened_in_english(cases):
    ticket = await screened(cases, ["Drawings"], await cases.open(language="en"))
    words = (await cases.told(ticket))[0]
    assert "This is what we need from you:\n- Drawings" in words
    assert "The steps are in Danish, as our departments write them." in words
