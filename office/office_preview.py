"""Other opening hours or closing days, thought through before anybody writes them into office.yml. Nothing is saved.

Counted by the real calendar with the changed office, the way the deadlines are counted again when the change comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from knowledge.model import ClosingDay, Knowledge, Office
from office.calendar import WorkCalendar
from office.deadlines import moves_by_calendar
from office.errors import NotAllowed
from office.store import UnitOfWork
from office.store.tables import Ticket

_MOST_DAYS = 62
_NAMES = {"first_answer": "Første svar", "answer": "Svar med indhold", "screening": "Screening"}


@dataclass(frozen=True)
class ClosedDay:
    """A weekday on which the office is closed, and why; `holiday` tells public holidays from the office's own days."""

    day: date
    name: str
    holiday: bool


@dataclass(frozen=True)
class MovedDeadline:
    """A deadline that would move: of which case, which one in Danish, from when to when (UTC), and whether the business hears."""

    ticket: Ticket
    name: str
    before: datetime
    after: datetime
    told: bool


def closed_days(office: Office, year: int) -> list[ClosedDay]:
    """Return the weekdays of a year on which the office is closed, in order."""
    calendar, day = WorkCalendar(office), date(year, 1, 1)
    found = []
    while day.year == year:
        name = calendar.closed_because(day)
        if name and day.weekday() < 5:
            own = any(closing.falls_on(day) for closing in office.closing_days)
            found.append(ClosedDay(day, name, holiday=not own))
        day += timedelta(days=1)
    return found


def closing_days(first: date, last: date, name: str, every_year: bool) -> tuple[ClosingDay, ...]:
    """Return the closing days from `first` to `last`, weekends left out. Raises NotAllowed with what to mend."""
    if not name.strip():
        raise NotAllowed("Skriv, hvad dagen hedder. Navnet står i forklaringen af fristerne.")
    if last < first:
        raise NotAllowed("Den sidste dag skal ikke ligge før den første.")
    if (last - first).days >= _MOST_DAYS:
        raise NotAllowed(f"Vælg højst {_MOST_DAYS} dage ad gangen.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if every_year:
        return tuple(ClosingDay(name.strip(), None, f"{day:%m-%d}") for day in days)
    on_weekdays = tuple(ClosingDay(name.strip(), day) for day in days if day.weekday() < 5)
    if not on_weekdays:
        raise NotAllowed("Kontoret har altid lukket i weekenden. Vælg en hverdag.")
    return on_weekdays


def with_closing_days(office: Office, days: tuple[ClosingDay, ...]) -> Office:
    """Return the office with these closing days as well."""
    return replace(office, closing_days=(*office.closing_days, *days))


def with_hours(office: Office, weekday: str, periods: tuple[tuple[time, time], ...]) -> Office:
    """Return the office with other hours on one weekday ("monday" …). Raises NotAllowed when it would never be open."""
    hours = {**office.hours, weekday: periods}
    if not any(hours.values()):
        raise NotAllowed("Kontoret skal have åbent mindst én dag om ugen.")
    return replace(office, hours=hours)


def read_periods(text: str) -> tuple[tuple[time, time], ...]:
    """Return opening hours typed as "9-12, 12.30-15.30"; nothing or "lukket" is closed. Raises NotAllowed when unreadable."""
    typed = text.strip().lower().replace(" og ", ",").replace("–", "-")
    if typed in ("", "lukket"):
        return ()
    try:
        periods = tuple(_period(part) for part in typed.split(","))
    except ValueError:
        raise NotAllowed("Skriv tiderne som 9-12, 12.30-15.30, eller skriv lukket.") from None
    moments = [moment for period in periods for moment in period]
    if any(start >= end for start, end in periods) or moments != sorted(moments):
        raise NotAllowed("Hver periode skal slutte efter, den begynder, og før den næste.")
    return periods


async def moved_deadlines(uow: UnitOfWork, knowledge: Knowledge, office: Office, now: datetime) -> list[MovedDeadline]:
    """Return the deadlines of open cases that move when `office` takes the place of the present one, the next first.

    What would move anyway (the calendar changed and the cases are not counted again yet) is left out. The business hears
    of its answer only (deadlines._recount); the other dates are the office's own.
    """
    anyway = {
        (moved.ticket.id, name): again.due
        for moved in await moves_by_calendar(uow, knowledge, now)
        for name, again in moved.deadlines.items()
    }
    found = [
        MovedDeadline(moved.ticket, _NAMES[name], getattr(moved.ticket, f"{name}_due"), again.due, name == "answer")
        for moved in await moves_by_calendar(uow, replace(knowledge, office=office), now)
        for name, again in moved.deadlines.items()
        if anyway.get((moved.ticket.id, name)) != again.due
    ]
    return sorted(found, key=lambda move: (move.before, move.ticket.id))


def _period(text: str) -> tuple[time, time]:
    start, end = text.split("-")
    return _clock(start), _clock(end)


def _clock(text: str) -> time:
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    return time(int(hour), int(minute or 0))
