"""A small office simulated for some weeks keeps its promises, and what watches over it notices when one is broken."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from indgang.simulate import simulated
from indgang.simulation import sweeper
from indgang.simulation.dates import check_deadlines
from indgang.simulation.period import Period
from indgang.simulation.problems import Kind
from indgang.simulation.replay import play_again
from indgang.simulation.report import report
from knowledge import load
from office import conversations, tickets
from office.intake import Facts
from office.store.tables import History, Ticket

AROUND_THE_AUTUMN_HOLIDAY = Period(date(2027, 10, 11), date(2027, 11, 8))
NOW = datetime(2027, 2, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome():
    return asyncio.run(simulated(150, 8, 1, AROUND_THE_AUTUMN_HOLIDAY))


def test_a_simulated_office_breaks_no_promise(outcome):
    assert outcome.problems == []


def test_everything_that_tries_the_promises_happens(outcome):
    assert outcome.hands.opened == 150
    assert {"screen", "answer", "reply", "business_writes", "close"} <= set(outcome.done)
    assert outcome.hands.moves["substituted"] >= outcome.hands.moves["returned"] > 0
    assert max(run.resting for run in outcome.seen.sweeps) > 0
    assert outcome.hands.moves["handed_over"] > 0
    assert outcome.deadlines.told.total() > 0


def test_the_same_seed_gives_the_same_year():
    week = Period(date(2027, 10, 11), date(2027, 10, 14))
    first, second = (asyncio.run(simulated(30, 5, 7, week)) for _ in range(2))
    assert (first.hands, first.deadlines, first.done) == (second.hands, second.deadlines, second.done)


def test_the_report_says_in_danish_what_was_found(outcome):
    told = report(outcome)
    assert told.startswith("150 sager, 8 medarbejdere.")
    assert "Brudte løfter: ingen." in told
    assert all(f"  0 {kind}" in told for kind in Kind)


def test_cases_left_with_somebody_away_are_noticed(monkeypatch):
    async def nobody_covers(*_):
        return []

    monkeypatch.setattr(sweeper, "cover_absences", nobody_covers)
    outcome = asyncio.run(simulated(40, 5, 1, Period(date(2027, 10, 14), date(2027, 10, 20))))
    assert Kind.LEFT_WITH_AWAY in {problem.kind for problem in outcome.problems}


# --- what is checked afterwards -----------------------------------------------------------------------------


@pytest.fixture
async def one_case(database):
    """A database with one case, opened by the book."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, NOW)
        inquiry = tickets.Inquiry(conversation.id, "vi vil bygge", Facts(phone="00000001"), "udvidelse-produktionshal")
        await tickets.open_ticket(uow, load(), inquiry, NOW)
        await uow.commit()
    return database


async def spoilt(database, what, **changes):
    """Change the only row of a table behind the office's back."""
    async with database.writing() as uow:
        row = await uow.session.scalar(select(what))
        for name, value in changes.items():
            setattr(row, name, value)
        await uow.commit()


async def hands(database, knowledge=None):
    async with database.reading() as uow:
        return [problem.kind for problem in (await play_again(uow, knowledge or load())).problems]


async def deadlines(database, swept=(), end=NOW):
    async with database.reading() as uow:
        return [problem.kind for problem in (await check_deadlines(uow, load(), swept, end)).problems]


async def test_an_untouched_case_has_no_problem(one_case):
    assert await hands(one_case) + await deadlines(one_case) == []


async def test_a_person_that_the_history_does_not_know_of_is_noticed(one_case):
    async with one_case.writing() as uow:
        ticket = await uow.session.scalar(select(Ticket))
        row = History(ticket_id=ticket.id, at=NOW, actor="system", action="handed_over")
        row.old, row.new = ticket.contact_person, "mette-ravnsholt"
        uow.session.add(row)
        await uow.commit()
    assert await hands(one_case) == [Kind.BROKEN_HISTORY]


async def test_a_case_given_without_room_and_without_explanation_is_noticed(one_case):
    await spoilt(one_case, History, why="")
    known = load()
    full = replace(known, people={id: replace(person, capacity=0) for id, person in known.people.items()})
    assert await hands(one_case, full) == [Kind.NO_ROOM]


async def test_a_person_who_is_not_in_the_task_force_is_noticed(one_case):
    await spoilt(one_case, Ticket, contact_person="ingen")
    assert await hands(one_case) == [Kind.WITHOUT_A_PERSON]


async def test_a_date_without_its_explanation_is_noticed(one_case):
    await spoilt(one_case, Ticket, answer_explained="Snart.")
    assert await deadlines(one_case) == [Kind.UNEXPLAINED]


async def test_a_date_on_a_closed_day_is_noticed(one_case):
    await spoilt(one_case, Ticket, answer_due=datetime(2027, 2, 7, 14, 30, tzinfo=UTC))
    assert Kind.CLOSED_DAY in await deadlines(one_case)


async def test_a_date_that_is_a_day_late_is_noticed(one_case):
    await spoilt(one_case, Ticket, answer_due=datetime(2027, 2, 10, 14, 30, tzinfo=UTC))
    assert Kind.MISCOUNTED in await deadlines(one_case)


async def test_a_missed_deadline_that_nobody_was_told_of_is_noticed(one_case):
    late = NOW + timedelta(days=3)
    assert await deadlines(one_case, swept=[late], end=late + timedelta(hours=1)) == [Kind.NOT_TOLD]
