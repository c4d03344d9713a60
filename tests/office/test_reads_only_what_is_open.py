"""What the sweeper does every minute, and the desk at every look, costs the same however many cases have ended."""

import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from knowledge import load
from knowledge.model import Absence
from office import board, conversations, deadlines, intakes, outbox, tickets
from office.day import day_of, next_of
from office.finding import Wanted, find
from office.handover import cover_absences, waiting_for
from office.reminders import take_unanswered, watch_deadlines, watch_expected_days
from office.store import Database

NOW = datetime(2027, 2, 2, 9, 30, tzinfo=UTC)
# The tables that grow, and the column by which their rows are to be found (or one of two).
FOUND_BY = {
    "tickets": "status=?",
    "messages": "state=?",
    "intakes": "state=?",
    "outbox": "state=?",
    "pauses": "ticket_id=?",
    "history": "ticket_id=?",
    "plans": "expected>|ticket_id=?",
    "plans_1": "ticket_id=?",  # whether a plan found so is the one that counts
    "involvements": "_at",
    "meetings": "start",
}


def half_away(known):
    """The office with every other person away today."""
    away = (Absence(NOW.date(), NOW.date(), "", None),)
    some = {id: replace(known.people[id], absences=away) for id in sorted(known.people)[::2]}
    return replace(known, people={**known.people, **some})


STEPS = {
    "silent intakes": lambda uow, known: intakes.take_in_abandoned(uow, known, NOW, timedelta(minutes=30)),
    "forgotten messages": lambda uow, known: conversations.left_unanswered(uow, NOW),
    "deadlines": lambda uow, known: watch_deadlines(uow, known, NOW),
    "expected days": lambda uow, known: watch_expected_days(uow, known, NOW),
    "absences": lambda uow, known: cover_absences(uow, half_away(known), NOW),
    "what waits for somebody away": lambda uow, known: waiting_for(
        uow, half_away(known), min(known.people), NOW.date()
    ),
    "silence": lambda uow, known: take_unanswered(uow, known, NOW),
    "dates counted again": lambda uow, known: deadlines.moved_by_calendar(uow, known, NOW),
    "messages out": lambda uow, known: outbox.claim(uow, "mail", NOW),
    "somebody's list": lambda uow, known: tickets.open_by_deadline(uow, "mette-ravnsholt"),
    "everybody's list": lambda uow, known: tickets.open_by_deadline(uow),
}


@pytest.fixture
async def on_sqlite(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "plans.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'plans.db'}")
    yield database
    await database.close()


DESK_STEPS = {
    "my day": lambda uow, known: day_of(uow, known, "mette-ravnsholt", NOW),
    "the office's day": lambda uow, known: day_of(uow, known, None, NOW),
    "next deadline": lambda uow, known: next_of(uow, "mette-ravnsholt"),
    "my cases": lambda uow, known: find(uow, Wanted(person="mette-ravnsholt")),
    "the board": lambda uow, known: board.columns(uow, known, NOW, 25),
    "the board of an area": lambda uow, known: board.columns(uow, known, NOW, 25, "plan"),
    "all open cases": lambda uow, known: find(uow, Wanted()),
    "cases of an area": lambda uow, known: find(uow, Wanted(area="plan")),
    "cases by words": lambda uow, known: find(uow, Wanted(words="café havnen", status="all")),
    "one's ended cases": lambda uow, known: find(uow, Wanted(person="mette-ravnsholt", status="ended")),
}


@pytest.mark.parametrize("step", STEPS)
async def test_only_what_is_open_is_read(on_sqlite, tmp_path, step):
    on_growing = await plan_of(STEPS[step], on_sqlite, tmp_path)
    assert on_growing
    assert [line for line, by in on_growing if not any(way in line for way in by.split("|"))] == []


@pytest.mark.parametrize("step", DESK_STEPS)
async def test_the_pages_of_the_desk_are_read_by_an_index(on_sqlite, tmp_path, step):
    on_growing = await plan_of(DESK_STEPS[step], on_sqlite, tmp_path)
    assert on_growing
    assert [line for line, _ in on_growing if line.startswith("SCAN")] == []


async def test_no_page_goes_through_all_cases_that_no_message_waits_in(on_sqlite, tmp_path):
    on_growing = await plan_of(DESK_STEPS["the office's day"], on_sqlite, tmp_path)
    assert [line for line, _ in on_growing if "reply_due=?" in line] == []


async def test_words_are_looked_for_among_open_cases_only(on_sqlite, tmp_path):
    plan = await plan_of(lambda uow, known: find(uow, Wanted(words="café havnen", status="open")), on_sqlite, tmp_path)
    assert any("(status=? AND next_due=?)" in line for line, _ in plan)


async def plan_of(step, database, tmp_path):
    """Return the lines of the database's plan about tables that grow, with what their rows are to be found by."""
    asked = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    async with database.writing() as uow:
        await step(uow, load())
    plan = [line for statement, parameters in asked for line in explained(tmp_path / "plans.db", statement, parameters)]
    found_by = FOUND_BY.items()
    return [(line, by) for line in plan for table, by in found_by if table in line.split(" USING")[0].split()]


def explained(path, statement, parameters):
    with sqlite3.connect(path) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
