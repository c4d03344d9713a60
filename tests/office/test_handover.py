"""Cases change hands without a gap, and the business hears who (promises S06, S09 to S11)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.model import Absence
from office.absence_preview import of_setting
from office.clock import local
from office.errors import NotAllowed
from office.handover import cover_absences, hand_back, hand_over
from office.people import away_until, set_absence
from office.screening import finish_screening
from office.store.follow_up_tables import Meeting
from tests.office.test_people import away

ANKER, NANNA, VIGGO = "anker-tranehede", "nanna-pilebjerg", "viggo-askesoe"


async def ankers_case(cases):
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    if ticket.contact_person != ANKER:
        await cases.do(hand_over, ticket, ANKER, "mette", why="Til testen")
    return await cases.stored(ticket)


async def test_a_case_goes_to_the_substitute_and_the_business_is_told_who(cases):
    ticket = await ankers_case(cases)
    await away(cases, ANKER, substitute=NANNA)
    assert [t.id for t in await cases.run(cover_absences)] == [ticket.id]
    ticket = await cases.stored(ticket)
    assert (ticket.contact_person, ticket.stands_in_for) == (NANNA, ANKER)
    words = (await cases.told(ticket))[-1]
    assert words.startswith("Anker Tranehede er væk i en periode. Imens tager Nanna Pilebjerg sig af din sag")
    assert "00 00 10 22" in words
    assert await cases.run(cover_absences) == []


async def test_the_case_returns_and_the_business_is_told(cases):
    ticket = await ankers_case(cases)
    await away(cases, ANKER, substitute=NANNA)
    await cases.run(cover_absences)
    cases.to("2026-11-30 09:05")
    await cases.run(cover_absences)
    ticket = await cases.stored(ticket)
    assert (ticket.contact_person, ticket.stands_in_for) == (ANKER, None)
    assert (await cases.told(ticket))[-1].startswith("Anker Tranehede er tilbage og har din sag igen")
    assert await cases.run(cover_absences) == []


# --- what can wait for somebody who is back soon ------------------------------------------------------------


async def ankers_quiet_case(cases):
    """A case that is screened and waits for nothing but its answer, due on Tuesday the 1st of December."""

    async def screen(uow, knowledge, ticket, now):
        await finish_screening(uow, knowledge, ticket, [], date(2027, 2, 1), "Anker", ANKER, now)

    return await cases.do(screen, await ankers_case(cases))


async def test_a_day_away_moves_no_case_that_can_wait(cases):
    ticket = await ankers_quiet_case(cases)
    told = await cases.told(ticket)
    await away(cases, ANKER, last=date(2026, 11, 24), substitute=NANNA)
    assert await cases.run(cover_absences) == []
    assert (await cases.stored(ticket)).contact_person == ANKER
    assert await cases.told(ticket) == told


@pytest.mark.parametrize(("back", "holder"), [(date(2026, 12, 1), ANKER), (date(2026, 12, 2), NANNA)])
async def test_an_answer_due_before_the_person_is_back_moves_the_case(cases, back, holder):
    ticket = await ankers_quiet_case(cases)
    assert local(ticket.answer_due).date() == date(2026, 12, 1)
    await away(cases, ANKER, last=back - timedelta(days=1), substitute=NANNA)
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == holder


async def test_a_weekend_and_the_next_absence_count_as_away(cases):
    ticket = await ankers_quiet_case(cases)
    await away(cases, ANKER, last=date(2026, 11, 27), substitute=NANNA)
    assert await cases.run(cover_absences) == []
    await away(cases, ANKER, date(2026, 11, 30), date(2026, 12, 1), NANNA)
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == NANNA


async def test_a_business_that_writes_while_its_person_is_away_has_the_substitute_at_once(cases):
    ticket = await ankers_quiet_case(cases)
    await away(cases, ANKER, last=date(2026, 11, 24), substitute=NANNA)
    await cases.run(cover_absences)
    await cases.write(ticket)
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == NANNA
    assert (await cases.told(ticket))[-1].startswith("Anker Tranehede er væk i en periode. Imens tager Nanna")


async def test_a_meeting_while_the_person_is_away_moves_the_case(cases):
    ticket, other = await ankers_quiet_case(cases), await ankers_quiet_case(cases)

    async def agree(uow, knowledge, ticket, now):
        uow.session.add(Meeting(ticket_id=ticket.id, uid="m", proposed=[], start=now, minutes=30, place="Hos os"))

    await cases.do(agree, ticket)
    await away(cases, ANKER, last=date(2026, 11, 24), substitute=NANNA)
    assert [moved.id for moved in await cases.run(cover_absences)] == [ticket.id]
    assert (await cases.stored(other)).contact_person == ANKER


async def test_the_day_a_case_is_expected_ready_moves_it(cases):
    ticket = await cases.ask(await ankers_quiet_case(cases))  # expected ready on Monday the 1st of February
    cases.to("2027-01-29 09:05")
    await away(cases, ANKER, date(2027, 1, 29), date(2027, 1, 31), NANNA)
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == ANKER
    await away(cases, ANKER, date(2027, 1, 29), date(2027, 2, 1), NANNA)
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == NANNA


async def test_a_case_that_waits_for_the_business_waits_for_its_person_too(cases):
    ticket = await cases.ask(await ankers_case(cases))
    await away(cases, ANKER, last=date(2026, 12, 18), substitute=NANNA)
    assert await cases.run(cover_absences) == []
    assert (await cases.stored(ticket)).contact_person == ANKER


async def test_who_is_back_when_and_who_can_be_asked_meanwhile_is_known(cases):
    await away(cases, ANKER, substitute=NANNA)
    async with cases.database.reading() as uow:
        anker = await away_until(uow, cases.knowledge, ANKER, cases.now)
        assert (anker.back, anker.meanwhile.id) == (date(2026, 11, 30), NANNA)
        assert await away_until(uow, cases.knowledge, NANNA, cases.now) is None


async def test_with_the_substitute_away_too_the_one_on_duty_can_be_asked(cases):
    await away(cases, ANKER, substitute=NANNA)
    await away(cases, NANNA)
    async with cases.database.reading() as uow:
        meanwhile = (await away_until(uow, cases.knowledge, ANKER, cases.now)).meanwhile
    assert "tuesday" in meanwhile.duty


async def test_what_waits_is_counted_before_the_days_away_are_set(cases):
    await ankers_quiet_case(cases)
    await cases.ask(await ankers_case(cases))
    loud = await ankers_case(cases)
    planned = Absence(date(2026, 11, 24), date(2026, 11, 26), "", NANNA)
    async with cases.database.reading() as uow:
        preview = await of_setting(uow, cases.knowledge, ANKER, planned, cases.now)
    assert [move.ticket.id for move in preview.moves] == [loud.id]
    assert (preview.stay, preview.back) == (2, date(2026, 11, 27))


# --- who takes it -------------------------------------------------------------------------------------------


async def test_without_a_named_substitute_somebody_competent_takes_it(cases):
    ticket = await ankers_case(cases)
    await away(cases, ANKER)
    await cases.run(cover_absences)
    ticket = await cases.stored(ticket)
    assert set(cases.knowledge.people[ticket.contact_person].areas) & set(ticket.areas)
    assert ticket.stands_in_for == ANKER


async def test_when_the_substitute_goes_away_too_the_case_goes_on_and_still_returns_to_its_owner(cases):
    ticket = await ankers_case(cases)
    await away(cases, ANKER, substitute=NANNA)
    await cases.run(cover_absences)
    await away(cases, NANNA, substitute=VIGGO)
    await cases.run(cover_absences)
    ticket = await cases.stored(ticket)
    assert ticket.contact_person not in (ANKER, NANNA)
    assert ticket.stands_in_for == ANKER
    cases.to("2026-11-30 09:05")
    await cases.run(cover_absences)
    assert (await cases.stored(ticket)).contact_person == ANKER


async def test_nobody_is_told_at_night(cases):
    ticket = await ankers_case(cases)
    await away(cases, ANKER)
    cases.to("2026-11-25 00:01")
    assert await cases.run(cover_absences) == []
    assert (await cases.stored(ticket)).contact_person == ANKER


async def test_a_substitute_is_not_overloaded_by_a_colleagues_cases(cases):
    people = cases.knowledge.people
    small = replace(people[NANNA], capacity=2)
    cases.knowledge = replace(cases.knowledge, people={**people, NANNA: small})
    owned = [await ankers_case(cases) for _ in range(5)]
    await away(cases, ANKER, substitute=NANNA)
    await cases.run(cover_absences)
    holders = [(await cases.stored(ticket)).contact_person for ticket in owned]
    assert ANKER not in holders
    assert holders.count(NANNA) <= 2


async def test_the_case_of_somebody_who_left_gets_another_person_for_good(cases):
    ticket = await ankers_case(cases)
    people = {k: v for k, v in cases.knowledge.people.items() if k != ANKER}
    cases.knowledge = replace(cases.knowledge, people=people)
    await cases.run(cover_absences)
    ticket = await cases.stored(ticket)
    assert ticket.contact_person in people
    assert ticket.stands_in_for is None
    assert "arbejder her ikke længere" in ticket.assignment_reason


async def test_a_case_given_back_has_another_person_at_once(cases):
    ticket = await ankers_case(cases)
    ticket = await cases.do(hand_back, ticket, ANKER, why="Jeg kender ansøgeren privat.")
    assert ticket.contact_person != ANKER
    (*_, row) = await cases.history(ticket, "handed_over")
    assert (row.actor, row.old, row.new) == (ANKER, ANKER, ticket.contact_person)
    assert row.why.startswith("Jeg kender ansøgeren privat.")
    assert "er nu din kontaktperson" in (await cases.told(ticket))[-1]


@pytest.mark.parametrize("person", ["ukendt", NANNA])
async def test_a_case_is_only_handed_to_somebody_at_work(cases, person):
    await away(cases, NANNA)
    with pytest.raises(NotAllowed, match="er på arbejde"):
        await cases.do(hand_over, await cases.open(), person, "mette", why="Byt")


async def test_why_somebody_is_away_is_told_to_nobody(cases):
    ticket = await ankers_case(cases)

    async def ill(uow, knowledge, now):
        absence = Absence(date(2026, 11, 24), date(2026, 11, 27), "sygdom", None)
        await set_absence(uow, knowledge, ANKER, absence, "mette", now)

    await cases.run(ill)
    await cases.run(cover_absences)
    assert not any("syg" in words for words in await cases.told(ticket))


async def test_many_cases_are_covered_a_part_at_a_time_and_none_is_forgotten(cases, monkeypatch):
    monkeypatch.setattr("office.handover.AT_ONCE", 2)
    for _ in range(5):
        await ankers_case(cases)
    await away(cases, ANKER)
    assert [len(await cases.run(cover_absences)) for _ in range(4)] == [2, 2, 1, 0]
    cases.to("2026-11-30 09:05")
    assert [len(await cases.run(cover_absences)) for _ in range(4)] == [2, 2, 1, 0]
