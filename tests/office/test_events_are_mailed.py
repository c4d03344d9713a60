"""Whatever happens to a case is in the outbox in the same commit: to the business, the contact person, the coordinator."""

from dataclasses import replace
from datetime import date

import pytest

from office import closing
from office.handover import cover_absences, hand_over
from office.intake import Facts
from office.plans import Plan, save_plan
from office.reminders import watch_deadlines
from tests.office.test_outbox import rows_of
from tests.office.test_people import away

ANKER, NANNA = "anker-tranehede", "nanna-pilebjerg"
WITH_MAIL = Facts(company="Nul ApS", email="lise@nul.example")


@pytest.fixture
async def ticket(cases):
    """A case of Anker's, whose business has an e-mail address."""
    ticket = await cases.open("mindre-byggeri-og-ombygning", facts=WITH_MAIL)
    if ticket.contact_person != ANKER:
        await cases.do(hand_over, ticket, ANKER, "mette", why="Til testen")
    return await cases.stored(ticket)


async def mails(cases, *kinds):
    """The mails of these kinds in the outbox: kind, reader (None is the business) and facts."""
    return [(row.kind, row.person, row.facts) for row in await rows_of(cases.database) if row.kind in kinds]


async def test_a_substitute_and_the_business_hear_of_an_absence_and_until_when(cases, ticket):
    await away(cases, ANKER, substitute=NANNA)
    await cases.run(cover_absences)
    ((_, reader, facts),) = await mails(cases, "contact_away")
    assert (reader, facts) == (None, {"away": ANKER, "substitute": NANNA, "until": "2026-11-27"})
    assert (await mails(cases, "new_case"))[-1][1] == NANNA


async def test_the_business_hears_that_its_person_is_back(cases, ticket):
    await away(cases, ANKER, substitute=NANNA)
    await cases.run(cover_absences)
    cases.to("2026-11-30 09:05")
    await cases.run(cover_absences)
    assert (await mails(cases, "contact_changed"))[-1] == ("contact_changed", None, {"previous": NANNA})


async def test_both_hear_of_a_hand_over(cases, ticket):
    await cases.do(hand_over, ticket, NANNA, "mette", why="Hun kender bygningen")
    assert (await mails(cases, "contact_changed"))[-1][2] == {"previous": ANKER}
    assert (await mails(cases, "new_case"))[-1][1] == NANNA


async def test_a_deadline_near_is_mailed_to_the_person_and_one_missed_to_the_coordinator_too(cases, ticket):
    for moment in ("2026-11-25 09:00", "2026-11-25 11:00"):
        cases.to(moment)
        await cases.run(watch_deadlines)
    assert [reader for _, reader, _ in await mails(cases, "due_soon")] == [ANKER]
    assert [reader for _, reader, _ in await mails(cases, "overdue")] == [ANKER, cases.knowledge.office.coordinator]


async def test_another_expected_day_is_mailed_with_its_reason(cases, ticket):
    async def expect(uow, _knowledge, stored, now, day, why):
        await save_plan(uow, stored, replace(Plan(), expected=day), "mette", now, why)

    await cases.do(expect, ticket, day=date(2027, 2, 1), why=None)
    await cases.do(expect, ticket, day=date(2027, 3, 1), why="Høringen")
    assert len(await mails(cases, "told")) == 1
    ((_, reader, facts),) = await mails(cases, "expected_time_changed")
    assert (reader, facts) == (None, {"expected": "2027-03-01", "why": "Høringen"})


async def test_closing_is_mailed_and_withdrawing_is_confirmed(cases, ticket):
    async def needs_no_more(uow, _knowledge, stored, now):
        await closing.needs_no_more(uow, stored, "mette", now, "Sagt i telefonen")

    await cases.reply(ticket, answers_case=True)
    await cases.do(needs_no_more, ticket)
    await cases.do(closing.close, ticket, "helped", "mette")
    assert len(await mails(cases, "closed")) == 1
    other = await cases.open(facts=WITH_MAIL)
    await cases.do(closing.withdraw, other, "virksomheden")
    assert len(await mails(cases, "closed")) == 1
    assert len(await mails(cases, "withdrawn")) == 1
    await cases.write(other, "Alligevel!")
    assert len(await mails(cases, "reopened")) == 1
