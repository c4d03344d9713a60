"""Every deadline of the year counted by other means than the office's own, and what became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from indgang.simulation.problems import Kind, Problem
from knowledge.model import Knowledge
from office.calendar import WorkCalendar
from office.clock import local
from office.lifecycle import ENDED_STATUSES
from office.store import UnitOfWork
from office.store.tables import History, Pause, Ticket
from office.words import moment_in_words

WATCHED = {"first_answer": "first_answered_at", "screening": "screened_at", "answer": "answered_at"}
_OWES_NOTHING = ("waiting_for_business", *ENDED_STATUSES)
_Span = tuple[datetime, datetime]


@dataclass
class Deadlines:
    """How many dates were checked; kept, missed, still running and, of the missed, told to the coordinator: by name."""

    problems: list[Problem] = field(default_factory=list)
    checked: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)


async def check_deadlines(uow: UnitOfWork, knowledge: Knowledge, swept: Sequence[datetime], end: datetime) -> Deadlines:
    """Return how every deadline up to `end` went; `swept` are the moments the sweeper ran while the office was open."""
    pauses: dict[int, list[_Span]] = defaultdict(list)
    for pause in await uow.session.scalars(select(Pause)):
        pauses[pause.ticket_id].append((pause.started_at, pause.ended_at or end))
    told = await uow.session.execute(
        select(History.ticket_id, History.field, History.old).where(History.action == "overdue")
    )
    checker = _Checker(WorkCalendar(knowledge.office), swept, end, {tuple(row) for row in told})
    for ticket in await uow.session.scalars(select(Ticket)):
        checker.check(ticket, pauses[ticket.id])
    return checker.result


@dataclass
class _Checker:
    calendar: WorkCalendar
    swept: Sequence[datetime]
    end: datetime
    told: Collection[Any]
    result: Deadlines = field(default_factory=Deadlines)

    def check(self, ticket: Ticket, pauses: Sequence[_Span]) -> None:
        for name, done in WATCHED.items():
            self.result.checked += 1
            self._check_date(ticket, name, pauses)
            self._check_kept(ticket, name, getattr(ticket, done), pauses)

    def _check_date(self, ticket: Ticket, name: str, pauses: Sequence[_Span]) -> None:
        """See that the date is explained, lies on a working day, and is as far away as was promised."""
        due = getattr(ticket, f"{name}_due")
        if moment_in_words(due) not in getattr(ticket, f"{name}_explained"):
            self._problem(ticket, name, Kind.UNEXPLAINED)
        if not self.calendar.is_working_day(local(due).date()):
            self._problem(ticket, name, Kind.CLOSED_DAY)
        if name == "first_answer":
            if due != self._a_working_day_after(ticket.received_at):
                self._problem(ticket, name, Kind.MISCOUNTED)
        elif not self._working_days_fit(ticket, due, pauses):
            self._problem(ticket, name, Kind.MISCOUNTED)

    def _a_working_day_after(self, received: datetime) -> datetime:
        """Return the same time on the working day after `received`, or after the opening of the first one that follows it."""
        start, day = local(received), timedelta(days=1)
        if not self.calendar.is_working_day(start.date()):
            start = local(self.calendar.next_opening(received))
        start += day
        while not self.calendar.is_working_day(start.date()):
            start += day
        return start

    def _working_days_fit(self, ticket: Ticket, due: datetime, pauses: Sequence[_Span]) -> bool:
        """Count the working days up to `due`; those on which the case waited may have been left out of the count."""
        began, last = local(ticket.reopened_at or ticket.received_at).date(), local(due).date()
        waited = {day for start, end in pauses for day in _days(local(start).date(), local(end).date())}
        days = [day for day in _days(began, last) if self.calendar.is_working_day(day)]
        without_waiting = [day for day in days if day not in waited]
        promised = self.calendar.office.promises.answer_working_days
        return len(without_waiting) <= promised <= len(days) and local(due) == self.calendar.closing_time(last)

    def _check_kept(self, ticket: Ticket, name: str, done: datetime | None, pauses: Sequence[_Span]) -> None:
        """Count the deadline as kept or missed; one that stood missed when the sweeper ran must have been told of."""
        due = getattr(ticket, f"{name}_due")
        if done is None and ticket.status in _OWES_NOTHING:
            return
        if (done or self.end) <= due:
            self.result.kept[name] += done is not None
            return
        self.result.missed[name] += 1
        waits = pauses if name != "first_answer" else ()
        told = (ticket.id, f"{name}_due", moment_in_words(due)) in self.told
        self.result.told[name] += told
        ran = (at for at in self.swept if due < at < (done or self.end))
        if not told and any(not any(start <= at <= end for start, end in waits) for at in ran):
            self._problem(ticket, name, Kind.NOT_TOLD)

    def _problem(self, ticket: Ticket, name: str, kind: Kind) -> None:
        self.result.problems.append(Problem(kind, f"{ticket.reference}, {name}"))


def _days(first: date, last: date) -> Iterator[date]:
    """Yield the days after `first` up to `last`."""
    return (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
