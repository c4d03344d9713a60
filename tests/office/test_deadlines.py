"""The clocks of a case: they stop only where the rule says so, start again, and follow the calendar."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.model import ClosingDay
from office.clock import local
from office.deadlines import moved_by_calendar, owed, recount
from tests.office.case_work import at


def due(moment) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M")


def promises(cases, **changes):
    return replace(cases.knowledge.office.promises, **changes)


def with_closing_day(cases, day: date, name: str = "Flytning"):
    office = cases.knowledge.office
    return replace(
        cases.knowledge, office=replace(office, closing_days=(*office.closing_days, ClosingDay(name, day=day)))
    )


async def count_again(cases):
    """Count the deadlines of open cases again; returns the ids of those that moved."""
    async with cases.database.reading() as uow:
        moved = await moved_by_calendar(uow, cases.knowledge, cases.now)
    for number in moved:
        await cases.run(lambda uow, knowledge, now, number=number: recount(uow, knowledge, number, now))
    return moved


async def test_the_answer_clock_stands_still_while_we_wait_for_the_business(cases):
    ticket = await cases.open()
    assert due(ticket.answer_due) == "2026-12-01 15:30"
    ticket = await cases.ask(ticket)
    assert owed(ticket, promises(cases)) == ()
    cases.to("2026-11-30 09:10")
    ticket = await cases.write(ticket)
    assert due(ticket.answer_due) == "2026-12-07 15:30"
    assert "Vi ventede på svar fra jer" in ticket.answer_explained


async def test_the_business_is_told_the_new_date_and_why(cases):
    ticket = await cases.ask(await cases.open())
    cases.to("2026-11-27 10:00")
    await cases.write(ticket)
    (last,) = (await cases.told(ticket))[-1:]
    assert last == (
        "Du får nu svar med indhold senest fredag den 4. december 2026 kl. 13.00. "
        "Datoen er flyttet, fordi vi ventede på svar fra jer."
    )


async def test_an_answer_on_the_same_day_moves_nothing(cases):
    ticket = await cases.ask(await cases.open())
    cases.forward(hours=3)
    assert due((await cases.write(ticket)).answer_due) == "2026-12-01 15:30"


async def test_where_the_rule_does_not_let_the_clock_pause_it_runs_on(cases):
    office = replace(cases.knowledge.office, promises=promises(cases, pauses=()))
    cases.knowledge = replace(cases.knowledge, office=office)
    ticket = await cases.ask(await cases.open())
    assert [item.what for item in owed(ticket, office.promises)] == ["answer_due", "screening_due"]
    cases.to("2026-11-30 09:10")
    assert due((await cases.write(ticket)).answer_due) == "2026-12-01 15:30"


async def test_no_other_status_stops_the_clock(cases):
    ticket = await cases.open()
    for reply in (False, True):
        assert "answer_due" in [item.what for item in owed(ticket, promises(cases))]
        ticket = await cases.reply(ticket, answers_case=reply)


async def test_a_message_from_the_business_is_answered_within_a_day_too(cases):
    ticket = await cases.reply(await cases.open(), answers_case=True)
    assert owed(ticket, promises(cases)) == ()
    cases.to("2026-11-27 16:00")
    ticket = await cases.write(ticket, "Et spørgsmål til")
    (item,) = owed(ticket, promises(cases))
    assert (item.what, due(item.due)) == ("reply_due", "2026-11-30 16:00")
    assert owed(await cases.reply(ticket), promises(cases)) == ()


async def test_a_new_closing_day_moves_the_deadlines_and_everybody_can_see_why(cases):
    ticket = await cases.open()
    cases.knowledge = with_closing_day(cases, date(2026, 11, 27))
    assert await count_again(cases) == [ticket.id]
    assert await count_again(cases) == []
    ticket = await cases.stored(ticket)
    assert due(ticket.answer_due) == "2026-12-02 15:30"
    assert "Flytning" in ticket.answer_explained
    assert [row.field for row in await cases.history(ticket, "recounted")] == ["answer_due", "screening_due"]
    assert "lukkedage er ændret" in (await cases.told(ticket))[-1]


async def test_counting_again_without_a_change_changes_nothing(cases):
    ticket = await cases.open()
    assert await count_again(cases) == []
    assert await cases.history(ticket, "recounted") == []


async def test_counting_again_breaks_no_promise(cases):
    knowledge, cases.knowledge = cases.knowledge, with_closing_day(cases, date(2026, 11, 27))
    ticket = await cases.open()
    cases.knowledge = knowledge
    cases.now = at("2026-12-02 09:00")  # the old date lies ahead, the new one would have been yesterday
    await count_again(cases)
    assert due((await cases.stored(ticket)).answer_due) == "2026-12-02 15:30"


async def test_a_given_answer_is_not_counted_again(cases):
    ticket = await cases.reply(await cases.open(), answers_case=True)
    cases.knowledge = with_closing_day(cases, date(2026, 11, 27))
    assert await count_again(cases) == []
    assert due((await cases.stored(ticket)).answer_due) == "2026-12-01 15:30"


@pytest.mark.parametrize("status", ["closed", "withdrawn"])
async def test_an_ended_case_owes_nothing(cases, status):
    ticket = await cases.open()
    ticket.status = status
    assert owed(ticket, promises(cases)) == ()
