"""Deadlines watched over: reminder, coordinator, and the coordinator takes a case nobody answers (promises S01, S11)."""

import pytest

from office.reminders import take_unanswered, watch_deadlines
from tests.office.test_people import away

COORDINATOR = "mette-ravnsholt"


async def opened(cases):
    """A case for somebody else than the coordinator; the first answer is due on Wednesday at 10.30."""
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    assert ticket.contact_person != COORDINATOR
    return ticket


async def watch(cases, moment):
    """Sweep at a Danish local time; returns the cases that the coordinator took."""
    cases.to(moment)
    await cases.run(watch_deadlines)
    return await cases.run(take_unanswered)


async def test_the_contact_person_is_reminded_three_opening_hours_before_and_once(cases):
    ticket = await opened(cases)
    await watch(cases, "2026-11-24 13:50")
    assert await cases.history(ticket, "due_soon") == []
    for moment in ("2026-11-24 14:00", "2026-11-24 14:01", "2026-11-25 09:00"):
        await watch(cases, moment)
    (row,) = await cases.history(ticket, "due_soon")
    assert (row.field, row.new, row.actor) == ("first_answer_due", ticket.contact_person, "system")


async def test_overdue_goes_to_the_coordinator_once(cases):
    ticket = await opened(cases)
    for moment in ("2026-11-25 10:31", "2026-11-25 10:32"):
        await watch(cases, moment)
    (row,) = await cases.history(ticket, "overdue")
    assert (row.field, row.new) == ("first_answer_due", COORDINATOR)
    assert (await cases.stored(ticket)).contact_person == ticket.contact_person


async def test_a_case_nobody_answers_is_taken_by_the_coordinator_and_the_business_is_told(cases):
    ticket = await opened(cases)
    assert await watch(cases, "2026-11-26 11:00") == []
    (taken,) = await watch(cases, "2026-11-26 11:31")  # seven opening hours after Wednesday 10.30
    assert (taken.id, taken.contact_person) == (ticket.id, COORDINATOR)
    assert "har ikke svaret virksomheden" in taken.assignment_reason
    assert "Mette Ravnsholt er nu din kontaktperson" in (await cases.told(ticket))[-1]
    assert await watch(cases, "2026-11-26 11:32") == []


async def test_who_answered_keeps_the_case_however_late_the_rest_is(cases):
    ticket = await cases.reply(await opened(cases))
    assert await watch(cases, "2026-12-08 11:00") == []
    assert {row.field for row in await cases.history(ticket, "overdue")} == {"answer_due", "screening_due"}
    assert (await cases.stored(ticket)).contact_person == ticket.contact_person


async def test_an_answer_stops_the_reminders(cases):
    ticket = await cases.reply(await opened(cases), answers_case=True)
    await watch(cases, "2026-12-08 11:00")
    assert await cases.history(ticket, "due_soon") == await cases.history(ticket, "overdue") == []


async def test_a_case_that_waits_for_the_business_is_not_chased(cases):
    ticket = await cases.ask(await opened(cases))
    await watch(cases, "2026-12-08 11:00")
    assert await cases.history(ticket, "overdue") == []


async def test_a_new_message_has_its_own_reminder(cases):
    ticket = await cases.reply(await opened(cases), answers_case=True)
    cases.to("2026-11-25 10:00")
    await cases.write(ticket, "Et spørgsmål til")
    await watch(cases, "2026-11-25 15:00")
    assert [row.field for row in await cases.history(ticket, "due_soon")] == ["reply_due"]


@pytest.mark.parametrize("moment", ["2026-11-25 02:00", "2026-11-25 12:10", "2026-11-28 11:00", "2026-12-24 10:00"])
async def test_nobody_is_reminded_at_night_at_lunch_or_on_a_closed_day(cases, moment):
    ticket = await opened(cases)
    await watch(cases, moment)
    assert await cases.history(ticket, "due_soon") == await cases.history(ticket, "overdue") == []


async def test_while_nobody_coordinates_the_case_stays_and_the_rest_is_still_watched(cases):
    ticket = await opened(cases)
    await away(cases, COORDINATOR)
    assert await watch(cases, "2026-11-26 11:31") == []
    assert (await cases.stored(ticket)).contact_person == ticket.contact_person
    assert len(await cases.history(ticket, "overdue")) == 1
