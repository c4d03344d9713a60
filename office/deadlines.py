"""The clocks of a case: what is owed to the business, when they stand still, and how they are counted again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from knowledge.model import Knowledge, Promises
from office.announcements import tell_business
from office.calendar import Deadline, Waiting, WorkCalendar
from office.history import record
from office.lifecycle import ENDED_STATUSES, OPEN_STATUSES
from office.store import UnitOfWork
from office.store.tables import Pause, Ticket
from office.words import moment_in_words

_REASONS = {
    "waited": {
        "da": "Datoen er flyttet, fordi vi ventede på svar fra jer.",
        "en": "The date has moved because we were waiting for your reply.",
    },
    "level": {
        "da": "Vi har set på, hvor meget sagen kræver.",
        "en": "We have looked at how much the case needs.",
    },
    "calendar": {
        "da": "Kontorets åbningstider eller lukkedage er ændret.",
        "en": "The office's opening hours or closing days have changed.",
    },
}


@dataclass(frozen=True)
class Owed:
    """Something the office owes the business: `what` is the ticket's column (first_answer_due …), `due` a moment in UTC."""

    what: str
    due: datetime


def owed(ticket: Ticket, promises: Promises) -> tuple[Owed, ...]:
    """Return what runs on the case now, the next first: nothing on an ended case, nothing that pauses while we wait."""
    if ticket.status in ENDED_STATUSES:
        return ()
    pauses = promises.pauses if ticket.status == "waiting_for_business" else ()
    running = {
        "first_answer_due": ticket.first_answered_at is None,
        "reply_due": ticket.reply_due is not None,
        "answer_due": ticket.answered_at is None and "answer" not in pauses,
        "screening_due": ticket.screened_at is None and "screening" not in pauses,
    }
    found = (Owed(what, getattr(ticket, what)) for what, runs in running.items() if runs)
    return tuple(sorted(found, key=lambda item: item.due))


def explained(ticket: Ticket, what: str, promises: Promises) -> str:
    """Return in Danish how the deadline `what` (a column of the ticket) was reached."""
    if what == "reply_due":
        due = moment_in_words(ticket.reply_due) if ticket.reply_due else ""
        hours = promises.first_answer_hours
        return f"Virksomheden har skrevet og skal høre fra jer inden {hours} timer, hvor kun arbejdsdage tæller: {due}."
    words: str = getattr(ticket, f"{what.removesuffix('_due')}_explained")
    return words


def next_deadline(ticket: Ticket, promises: Promises) -> datetime:
    """Return the moment (UTC) the office owes its next words; the answer's when nothing is running."""
    running = owed(ticket, promises)
    return running[0].due if running else ticket.answer_due


@dataclass(frozen=True)
class Moved:
    """A case with the deadlines that are others when counted again, by the first half of their column's name."""

    ticket: Ticket
    deadlines: Mapping[str, Deadline]


async def begin_wait(uow: UnitOfWork, ticket: Ticket, now: datetime) -> None:
    """Note that the case waits for the business from `now` on."""
    uow.session.add(Pause(ticket_id=ticket.id, started_at=now, ended_at=None))
    await uow.session.flush()


async def end_wait(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, now: datetime) -> None:
    """Note that the case waits no more, and count its clocks again."""
    running = await uow.session.scalars(select(Pause).where(Pause.ticket_id == ticket.id, Pause.ended_at.is_(None)))
    for pause in running:
        pause.ended_at = now
    await uow.session.flush()
    await _recount(uow, knowledge, ticket, now, "waited")


async def moved_by_calendar(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> list[int]:
    """Return the ids of open cases whose deadlines would be others today, as when hours or closing days changed."""
    return [moved.ticket.id for moved in await moves_by_calendar(uow, knowledge, now)]


async def moves_by_calendar(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> list[Moved]:
    """Return the open cases whose deadlines move when counted by the calendar of `knowledge`, and to when. Changes nothing."""
    owing = (Ticket.status.in_(OPEN_STATUSES), or_(Ticket.answered_at.is_(None), Ticket.screened_at.is_(None)))
    tickets = list(await uow.session.scalars(select(Ticket).where(*owing)))
    waits: dict[int, list[Waiting]] = defaultdict(list)
    theirs = select(Pause).join(Ticket, Ticket.id == Pause.ticket_id).where(*owing)
    for pause in await uow.session.scalars(theirs.order_by(Pause.id)):
        waits[pause.ticket_id].append(Waiting(pause.started_at, pause.ended_at or now))
    calendar = WorkCalendar(knowledge.office)

    def moved() -> list[Moved]:
        counted = (Moved(ticket, _moved(ticket, calendar, waits[ticket.id], now)) for ticket in tickets)
        return [case for case in counted if case.deadlines]

    # Thousands of cases take seconds to count: beside the loop, which has visitors to answer.
    return await asyncio.to_thread(moved)


async def recount(uow: UnitOfWork, knowledge: Knowledge, ticket_id: int, now: datetime) -> Ticket:
    """Count the deadlines of one case again after the calendar changed. Returns the case."""
    ticket = await uow.session.get_one(Ticket, ticket_id)
    await _recount(uow, knowledge, ticket, now, "calendar")
    return ticket


async def recount_for_level(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, now: datetime) -> None:
    """Count the deadlines of a case again whose level changed: a simple case is answered within a day (promise S02)."""
    await _recount(uow, knowledge, ticket, now, "level")


async def restart(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, now: datetime) -> None:
    """Set the clocks of a case that opened again: words within a day, an answer with content as for a new inquiry."""
    calendar = WorkCalendar(knowledge.office)
    ticket.reopened_at, ticket.answered_at = now, None
    ticket.reply_due = calendar.first_answer_due(now).due
    for name, again in (("answer", calendar.answer_due(now)), ("screening", calendar.screening_due(now))):
        _set(uow, ticket, name, again, now, "Sagen er åbnet igen.")
    await uow.session.flush()


async def _recount(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, now: datetime, reason: str) -> None:
    """Count the running deadlines again, and tell the business when the date of its answer moved."""
    waits = await _waits(uow, ticket, now)
    moved = _moved(ticket, WorkCalendar(knowledge.office), waits, now)
    for name, new in moved.items():
        _set(uow, ticket, name, new, now, _REASONS[reason]["da"])
    await uow.session.flush()
    if "answer" in moved:
        why = _REASONS[reason].get(ticket.language, _REASONS[reason]["da"])
        await tell_business(uow, ticket, "answer_moved", now, due=ticket.answer_due, why=why)


def _moved(ticket: Ticket, calendar: WorkCalendar, waits: Sequence[Waiting], now: datetime) -> dict[str, Deadline]:
    """Return the deadlines that are others when counted now.

    No date moves from the future into the past: a promise is not broken by counting again.
    """
    counted = _counted(ticket, calendar, waits)
    before = {name: getattr(ticket, f"{name}_due") for name in counted}
    return {name: new for name, new in counted.items() if new.due != before[name] and not new.due < now <= before[name]}


def _counted(ticket: Ticket, calendar: WorkCalendar, waits: Sequence[Waiting]) -> dict[str, Deadline]:
    """Return the deadlines still owed as they are counted now, by the first half of their column's name."""
    found, began = {}, ticket.reopened_at or ticket.received_at
    if ticket.first_answered_at is None:
        found["first_answer"] = calendar.first_answer_due(ticket.received_at)
    if ticket.answered_at is None:
        simple = ticket.level == "simple"
        found["answer"] = calendar.first_answer_due(began) if simple else calendar.answer_due(began, waits)
    if ticket.screened_at is None:
        found["screening"] = calendar.screening_due(began, waits)
    return found


def _set(uow: UnitOfWork, ticket: Ticket, name: str, new: Deadline, now: datetime, why: str) -> None:
    column = f"{name}_due"
    old, words = moment_in_words(getattr(ticket, column)), moment_in_words(new.due)
    record(uow, ticket, now, "system", "recounted", column, old, words, why)
    setattr(ticket, column, new.due)
    setattr(ticket, f"{name}_explained", new.explanation)


async def _waits(uow: UnitOfWork, ticket: Ticket, now: datetime) -> list[Waiting]:
    rows = await uow.session.scalars(select(Pause).where(Pause.ticket_id == ticket.id).order_by(Pause.id))
    return [Waiting(row.started_at, row.ended_at or now) for row in rows]
