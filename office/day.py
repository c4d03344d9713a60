"""One caseworker's day: what is overdue, what is due today, what waits for them, and what comes soon.

Everything is read by an index and in limited numbers, so that the day of an office with thousands of cases opens as quickly as
that of a small one (the counts are exact all the same).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from knowledge.model import Knowledge, Person
from office.calendar import WorkCalendar
from office.clock import COPENHAGEN, local
from office.finding import LISTED
from office.handover import waiting_for
from office.people import task_force
from office.store import UnitOfWork
from office.store.follow_up_tables import Meeting
from office.store.tables import Involvement, Ticket

MOST_ROWS = 25
MOST_DUE = 15  # of each stretch of time: the list has them all
_SOON_WORKING_DAYS = 2
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before every moment kept: "is there" as a range, which an index finds


@dataclass(frozen=True)
class Due:
    """Cases whose next deadline lies in one stretch of time, the earliest first: at most MOST_DUE of `count`."""

    tickets: tuple[Ticket, ...]
    count: int


@dataclass(frozen=True)
class Covered:
    """A colleague who is away until the working day `back`: `stay` cases wait for them, the others have a substitute."""

    person: Person
    back: date
    stay: int


@dataclass(frozen=True)
class Day:
    """What the day holds. `written` are cases whose business has written and is not due today yet; `covering` are the
    colleagues whose named substitute the person is."""

    overdue: Due
    today: Due
    soon: Due
    written: tuple[Ticket, ...]
    answers: tuple[tuple[Involvement, Ticket], ...]
    questions: tuple[tuple[Involvement, Ticket], ...]
    meetings: tuple[tuple[Meeting, Ticket], ...]
    covering: tuple[Covered, ...]


async def day_of(uow: UnitOfWork, knowledge: Knowledge, person: str | None, now: datetime) -> Day:
    """Return the day of the person with this id in people.yml; with None that of the whole office."""
    tonight = _midnight_after(now)
    last = WorkCalendar(knowledge.office).add_working_days(local(now).date(), _SOON_WORKING_DAYS)
    until = datetime.combine(last + timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)
    return Day(
        overdue=await _due(uow, person, _BEGINNING, now),
        today=await _due(uow, person, now, tonight),
        soon=await _due(uow, person, tonight, until, Ticket.reply_due.is_(None)),
        written=await _written(uow, person, tonight),
        answers=await _answers(uow, person),
        questions=await _questions(uow, knowledge, person),
        meetings=await _meetings(uow, person, tonight),
        covering=await _covering(uow, knowledge, person, now),
    )


async def _covering(uow: UnitOfWork, knowledge: Knowledge, person: str | None, now: datetime) -> tuple[Covered, ...]:
    if person is None:
        return ()
    calendar = WorkCalendar(knowledge.office)
    today = calendar.acting_day(now)
    force = await task_force(uow, knowledge, today)
    found = []
    for colleague in force.people.values():
        absence = colleague.absence_on(today)
        if absence is not None and absence.substitute == person:
            stay = await waiting_for(uow, force, colleague.id, today)
            found.append(Covered(colleague, calendar.back_on(colleague, today), stay))
    return tuple(found)


async def next_of(uow: UnitOfWork, person: str) -> Ticket | None:
    """Return the person's case whose deadline comes next; None when nothing is owed."""
    ticket: Ticket | None = await uow.session.scalar(
        select(Ticket)
        .options(*LISTED)
        .where(Ticket.contact_person == person, Ticket.next_due > _BEGINNING)
        .order_by(Ticket.next_due)
        .limit(1)
    )
    return ticket


def _midnight_after(now: datetime) -> datetime:
    return datetime.combine(local(now).date() + timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)


def _theirs(person: str | None) -> list[ColumnElement[bool]]:
    return [] if person is None else [Ticket.contact_person == person]


async def _due(uow: UnitOfWork, person: str | None, start: datetime, end: datetime, *more: ColumnElement[bool]) -> Due:
    within = (*_theirs(person), Ticket.next_due >= start, Ticket.next_due < end, *more)
    rows = await uow.session.scalars(
        select(Ticket).options(*LISTED).where(*within).order_by(Ticket.next_due, Ticket.id).limit(MOST_DUE)
    )
    tickets = tuple(rows)
    if len(tickets) < MOST_DUE:
        return Due(tickets, len(tickets))
    return Due(tickets, await uow.session.scalar(select(func.count()).select_from(Ticket).where(*within)) or 0)


async def _written(uow: UnitOfWork, person: str | None, tonight: datetime) -> tuple[Ticket, ...]:
    rows = await uow.session.scalars(
        select(Ticket)
        .options(*LISTED)
        .where(*_theirs(person), Ticket.reply_due > _BEGINNING, Ticket.next_due >= tonight)
        .order_by(Ticket.reply_due, Ticket.id)
        .limit(MOST_ROWS)
    )
    return tuple(rows)


async def _answers(uow: UnitOfWork, person: str | None) -> tuple[tuple[Involvement, Ticket], ...]:
    """Return what colleagues have answered and the contact person has not read yet."""
    rows = await uow.session.execute(
        select(Involvement, Ticket)
        .options(*LISTED)
        .join(Ticket, Ticket.id == Involvement.ticket_id)
        .where(*_theirs(person), Involvement.read_at.is_(None), Involvement.answered_at > _BEGINNING)
        .order_by(Involvement.answered_at)
        .limit(MOST_ROWS)
    )
    return tuple((involvement, ticket) for involvement, ticket in rows)


async def _questions(
    uow: UnitOfWork, knowledge: Knowledge, person: str | None
) -> tuple[tuple[Involvement, Ticket], ...]:
    """Return what colleagues ask this person, or an area of theirs without naming anybody."""
    somebody = knowledge.people.get(person or "")
    if somebody is None:
        return ()
    asked = or_(
        Involvement.person == somebody.id, and_(Involvement.person.is_(None), Involvement.area.in_(somebody.areas))
    )
    rows = await uow.session.execute(
        select(Involvement, Ticket)
        .options(*LISTED)
        .join(Ticket, Ticket.id == Involvement.ticket_id)
        .where(Involvement.closed_at.is_(None), asked)
        .order_by(Involvement.asked_at)
        .limit(MOST_ROWS)
    )
    return tuple((involvement, ticket) for involvement, ticket in rows)


async def _meetings(uow: UnitOfWork, person: str | None, tonight: datetime) -> tuple[tuple[Meeting, Ticket], ...]:
    this_morning = _midnight_after(tonight - timedelta(days=1, hours=12))
    rows = await uow.session.execute(
        select(Meeting, Ticket)
        .options(*LISTED)
        .join(Ticket, Ticket.id == Meeting.ticket_id)
        .where(*_theirs(person), Meeting.start >= this_morning, Meeting.start < tonight, Meeting.cancelled_at.is_(None))
        .order_by(Meeting.start)
        .limit(MOST_ROWS)
    )
    return tuple((meeting, ticket) for meeting, ticket in rows)
