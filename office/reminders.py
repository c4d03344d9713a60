"""Deadlines watched over: due soon, the contact person hears; overdue, the coordinator too; no word after that, the coordinator
takes the case. The day on which a business was told to expect its case ready is watched too.

Source: promises S01, S11 and A8. Each is written in the history once a deadline; and mailed. Everything is
counted in opening hours, so nobody is reminded at night.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import or_, select

from knowledge.model import Knowledge
from office.assignment import Assignment, acting_coordinator
from office.calendar import WorkCalendar
from office.clock import local
from office.deadlines import Owed, owed
from office.handover import AT_ONCE, take_over
from office.history import Action, record
from office.lifecycle import OPEN_STATUSES
from office.notices import notify
from office.people import task_force
from office.plans import expected_between
from office.store import UnitOfWork
from office.store.tables import History, PlanVersion, Ticket
from office.words import day_in_words, moment_in_words
from office.workload import locked_workload

_Row = tuple[int, Literal["due_soon", "overdue"], str, str]
# A day named is told of while it is news: the sweeper may have stood still over the longest closing, not longer.
_LOOKS_BACK = timedelta(days=31)
_WORDS_OWED = ("first_answer_due", "reply_due")
_NAMES = {
    "first_answer_due": "første svar",
    "reply_due": "svar på virksomhedens besked",
    "screening_due": "screening",
    "answer_due": "svar med indhold",
}


async def watch_deadlines(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> int:
    """Record what is due soon and what is overdue; returns how many deadlines. Does nothing while the office is closed."""
    calendar, promises = WorkCalendar(knowledge.office), knowledge.office.promises
    if not calendar.is_open(now):
        return 0
    workload = await locked_workload(uow, knowledge, now)  # the lock, so that two sweepers do not both record
    coordinator = acting_coordinator(workload.knowledge, workload.day).id
    horizons = _horizons(calendar, now)
    tickets = await _pressing(uow, max(horizons.values()))
    known = await _recorded(uow, tickets)
    pressing = [(t, item) for t in tickets for item in owed(t, promises) if item.due <= horizons[item.what]]
    new = [(t, item) for t, item in pressing if _row(t, item, now) not in known]
    for ticket, item in new:
        told = coordinator if item.due < now else ticket.contact_person
        _, action, what, due = _row(ticket, item, now)
        record(uow, ticket, now, "system", action, what, due, told, f"Frist for {_NAMES[what]}.")
        for person in dict.fromkeys((ticket.contact_person, told)):
            await notify(uow, ticket, action, now, person=person, due=item.due)
    await uow.session.flush()
    return len(new)


async def watch_expected_days(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> int:
    """Tell of open cases whose business was told to expect them ready today or on a day that has passed; returns how many.

    On the day the contact person hears, after it the coordinator too, each once for a day that was named. Does nothing while
    the office is closed. Source: promise A8 (the agreed time is kept).
    """
    calendar = WorkCalendar(knowledge.office)
    if not calendar.is_open(now):
        return 0
    today, new = local(now).date(), 0
    found = await _expected(uow, today - _LOOKS_BACK, today)
    if not found:
        return 0
    coordinator = acting_coordinator(await task_force(uow, knowledge, today), today).id
    known = await _recorded(uow, [ticket for ticket, _ in found])
    for ticket, day in found:
        action: Action = "overdue" if day < today else "due_soon"
        if (ticket.id, action, "expected", day_in_words(day)) in known:
            continue
        told = coordinator if day < today else ticket.contact_person
        record(
            uow, ticket, now, "system", action, "expected", day_in_words(day), told, "Dagen, hvor sagen ventes klar."
        )
        for person in dict.fromkeys((ticket.contact_person, told)):
            await notify(uow, ticket, "expected_day", now, person=person, expected=day)
        new += 1
    await uow.session.flush()
    return new


async def take_unanswered(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> list[Ticket]:
    """Let the coordinator take cases whose business has waited for words far too long; the business is told.

    Returns those cases, at most AT_ONCE. Does nothing while the office is closed, and nothing while nobody coordinates.
    """
    calendar = WorkCalendar(knowledge.office)
    if not calendar.is_open(now):
        return []
    day = calendar.acting_day(now)
    force = await task_force(uow, knowledge, day)
    coordinator = acting_coordinator(force, day)

    def silent(ticket: Ticket) -> bool:
        return ticket.contact_person != coordinator.id and _without_a_word(ticket, calendar, now)

    found = [ticket for ticket in await _pressing(uow, now) if silent(ticket)][:AT_ONCE]
    if not found or coordinator.absence_on(day):
        return []
    workload = await locked_workload(uow, knowledge, now, [ticket.conversation_id for ticket in found])
    for ticket in found:
        await uow.session.refresh(ticket)  # somebody may have written while we waited for the lock
    taken = [ticket for ticket in found if silent(ticket)]
    for ticket in taken:
        person = force.people.get(ticket.contact_person)
        why = f"{person.name if person else 'Kontaktpersonen'} har ikke svaret virksomheden."
        await take_over(uow, ticket, Assignment(coordinator.id, why), workload, "system")
    return taken


def _horizons(calendar: WorkCalendar, now: datetime) -> dict[str, datetime]:
    """Return the moment before which each deadline counts as due soon."""
    promises = calendar.office.promises
    words = calendar.add_open_time(now, promises.first_answer_reminder_hours)
    work = calendar.add_open_time(now, promises.answer_reminder_hours)
    return {what: words if what in _WORDS_OWED else work for what in _NAMES}


def _row(ticket: Ticket, item: Owed, now: datetime) -> _Row:
    """Return what tells one reminder from another: it is recorded once, and again when the deadline has moved."""
    return ticket.id, "overdue" if item.due < now else "due_soon", item.what, moment_in_words(item.due)


def _without_a_word(ticket: Ticket, calendar: WorkCalendar, now: datetime) -> bool:
    late = calendar.office.promises.handback_hours
    return any(
        item.what in _WORDS_OWED and calendar.add_open_time(item.due, late) <= now
        for item in owed(ticket, calendar.office.promises)
    )


async def _pressing(uow: UnitOfWork, before: datetime) -> list[Ticket]:
    columns = (Ticket.first_answer_due, Ticket.reply_due, Ticket.screening_due, Ticket.answer_due)
    rows = await uow.session.scalars(
        select(Ticket)
        .where(
            Ticket.status.in_(OPEN_STATUSES),
            or_(Ticket.answered_at.is_(None), Ticket.reply_due.is_not(None)),
            or_(*(column <= before for column in columns)),
        )
        .order_by(Ticket.id)
    )
    return list(rows)


async def _expected(uow: UnitOfWork, first: date, last: date) -> list[tuple[Ticket, date]]:
    """Return open cases with the day they are expected ready, where it lies between two days (both included)."""
    rows = await uow.session.execute(
        expected_between(first, last)
        .join(Ticket, Ticket.id == PlanVersion.ticket_id)
        .where(Ticket.status.in_(OPEN_STATUSES))
        .with_only_columns(Ticket, PlanVersion.expected)
        .order_by(Ticket.id)
    )
    return [(ticket, day) for ticket, day in rows if day is not None]


async def _recorded(uow: UnitOfWork, tickets: Sequence[Ticket]) -> Collection[Any]:
    rows = await uow.session.execute(
        select(History.ticket_id, History.action, History.field, History.old).where(
            History.ticket_id.in_([t.id for t in tickets]), History.action.in_(("due_soon", "overdue"))
        )
    )
    return {tuple(row) for row in rows}
