"""Others are asked while the contact person keeps the case (promises S06, S09, S15)."""

import pytest

from office.errors import NotAllowed
from office.involvement import answer_involvement, close_involvement, involve, involvements_of


async def ask(cases, ticket, area="trafik-vej", person=None):
    return await cases.do(involve, ticket, area, "Kan lastbiler dreje her?", "mette", person=person)


async def questions(cases, ticket):
    async with cases.database.reading() as uow:
        return await involvements_of(uow, ticket)


async def answer(cases, ticket):
    async def command(uow, _knowledge, stored, now):
        (question,) = await involvements_of(uow, stored)
        await answer_involvement(uow, stored, question, "Ja, med en ny indkørsel.", "bertil", now)

    return await cases.do(command, ticket)


async def close(cases, ticket):
    async def command(uow, _knowledge, stored, now):
        (question,) = await involvements_of(uow, stored)
        await close_involvement(uow, stored, question, "mette", now, "Projektet er ændret")

    return await cases.do(command, ticket)


async def test_asking_somebody_leaves_the_contact_person_where_it_is(cases):
    ticket = await cases.open("anvendelse-af-adresse")
    person = ticket.contact_person
    ticket = await ask(cases, ticket, person="bertil-vejsande")
    assert ticket.contact_person == person
    assert "trafik-vej" in ticket.areas
    (question,) = await questions(cases, ticket)
    assert (question.person, question.asked_by, question.closed_at) == ("bertil-vejsande", "mette", None)


async def test_an_answer_closes_the_question_and_is_in_the_history(cases):
    ticket = await answer(cases, await ask(cases, await cases.open()))
    (question,) = await questions(cases, ticket)
    assert (question.answer, question.closed_at) == ("Ja, med en ny indkørsel.", cases.now)
    (row,) = await cases.history(ticket, "involved_answered")
    assert (row.actor, row.field, row.new) == ("bertil", "trafik-vej", "Ja, med en ny indkørsel.")


async def test_a_question_can_be_closed_without_an_answer_but_not_without_a_reason(cases):
    ticket = await close(cases, await ask(cases, await cases.open()))
    (question,) = await questions(cases, ticket)
    assert (question.answer, question.closed_at) == (None, cases.now)
    assert [row.why for row in await cases.history(ticket, "involved_closed")] == ["Projektet er ændret"]


@pytest.mark.parametrize("again", [answer, close])
async def test_a_closed_question_stays_closed(cases, again):
    ticket = await answer(cases, await ask(cases, await cases.open()))
    with pytest.raises(NotAllowed, match="allerede lukket"):
        await again(cases, ticket)


async def test_a_state_authority_is_involved_as_an_authority(cases):
    ticket = await ask(cases, await cases.open(), "politi")
    assert "politi" in ticket.authorities
    assert "politi" not in ticket.areas


@pytest.mark.parametrize(
    ("area", "person"), [("astrologi", None), ("trafik-vej", "mette-ravnsholt"), ("plan", "ukendt")]
)
async def test_nobody_is_asked_about_what_they_do_not_work_with(cases, area, person):
    with pytest.raises(NotAllowed):
        await ask(cases, await cases.open(), area, person)


async def test_a_cpr_number_in_a_question_is_masked(cases):
    ticket = await cases.do(involve, await cases.open(), "plan", "Hvem er 010190-1234?", "mette")
    (question,) = await questions(cases, ticket)
    assert "1234" not in question.question
