"""What happens to cases and duty when somebody's days away are set or taken away, shown before anybody decides it.

Counted with the same function that hands the cases over (handover.due_change), so that what was shown is what comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from knowledge.model import Absence, Knowledge, Person
from office.assignment import on_duty
from office.calendar import WorkCalendar
from office.errors import NotAllowed
from office.handover import Change, due_change, not_with_their_own, waiting_for
from office.people import absence_of, check_absence, task_force
from office.store import UnitOfWork
from office.store.tables import AbsenceEntry, Ticket
from office.workload import Workload, open_cases

Cover = Literal["substitute", "competent", "last_resort", "nobody", "back"]
_MOST_DUTY_DAYS = 366


@dataclass(frozen=True)
class CaseMove:
    """What happens to one case: `person` gets it (or keeps it, for want of anybody else), `reason` says why in Danish.

    `cover`: by the named substitute, by somebody else competent, by the last resort (no competence of that kind is free),
    by nobody (the case stays where it is), or back to its owner.
    """

    ticket: Ticket
    person: Person
    reason: str
    cover: Cover


@dataclass(frozen=True)
class Preview:
    """What follows: on `day` (local; None: the office is never open in that time) these cases move.

    `stay` is how many wait for the person, who is back on `back` (local; None while at work), with nothing due before.
    `no_duty` are the working days on which nobody is left on duty.
    """

    day: date | None
    moves: tuple[CaseMove, ...] = ()
    no_duty: tuple[date, ...] = ()
    stay: int = 0
    back: date | None = None

    @property
    def uncovered(self) -> int:
        """Return how many cases get nobody who knows their subject."""
        return sum(move.cover in ("last_resort", "nobody") for move in self.moves)

    def fingerprint(self) -> str:
        """Return a short text that is another one when anything else would happen."""
        what = [f"{move.ticket.id}:{move.person.id}:{move.cover}" for move in self.moves]
        return hashlib.sha256(f"{self.day} {what} {self.no_duty} {self.stay} {self.back}".encode()).hexdigest()[:16]


async def of_setting(uow: UnitOfWork, knowledge: Knowledge, person: str, absence: Absence, now: datetime) -> Preview:
    """Return what follows from setting these days away for the person id. Raises NotAllowed when they cannot be set."""
    await check_absence(uow, knowledge, person, absence, now)
    calendar = WorkCalendar(knowledge.office)
    day = _first_open_day(calendar, max(absence.first, calendar.acting_day(now)), absence.last)
    if day is None:
        return Preview(None)
    force = await task_force(uow, knowledge, day)
    away = replace(force.people[person], absences=(*force.people[person].absences, absence))
    planned = _with(force, away)
    return Preview(
        day,
        await _moves(uow, planned, person, day),
        tuple(_left_without_duty(force, planned, absence, day)),
        await waiting_for(uow, planned, person, day),
        calendar.back_on(away, day),
    )


async def of_ending(
    uow: UnitOfWork, knowledge: Knowledge, absence_id: int, now: datetime
) -> tuple[AbsenceEntry, Preview]:
    """Return an absence set at the desk and what follows from taking it away. Raises NotAllowed when it is gone."""
    entry = await absence_of(uow, absence_id)
    if entry is None:
        raise NotAllowed("Fraværet er allerede slettet.")
    day = WorkCalendar(knowledge.office).acting_day(now)
    force = await task_force(uow, knowledge, day)
    person = force.people.get(entry.person)
    if person is None:
        return entry, Preview(day)
    left = tuple(a for a in person.absences if (a.first, a.last) != (entry.first, entry.last))
    left += tuple(a for a in knowledge.people[person.id].absences if a not in left)
    return entry, Preview(day, await _moves(uow, _with(force, replace(person, absences=left)), person.id, day))


def _with(force: Knowledge, person: Person) -> Knowledge:
    return replace(force, people={**force.people, person.id: person})


def _first_open_day(calendar: WorkCalendar, first: date, last: date) -> date | None:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return next((day for day in days if calendar.periods(day)), None)


async def _moves(uow: UnitOfWork, force: Knowledge, person: str, day: date) -> tuple[CaseMove, ...]:
    """Return what becomes of the cases that are the person's, or that the person has for somebody else, on `day`."""
    calendar = WorkCalendar(force.office)
    opening = calendar.periods(day)[0][0]
    workload = Workload(force, await open_cases(uow), calendar, opening)
    tickets = await not_with_their_own(uow, force, day)
    return tuple(
        _move(ticket, workload) for ticket in tickets if person in (ticket.contact_person, ticket.stands_in_for)
    )


def _move(ticket: Ticket, workload: Workload) -> CaseMove:
    people, change = workload.knowledge.people, due_change(ticket, workload)
    if change is None:
        holder = people[ticket.contact_person]
        at_work = holder.absence_on(workload.day) is None
        why = f"{holder.name} har sagen allerede." if at_work else "Der er ingen anden på arbejde, der kan tage sagen."
        return CaseMove(ticket, holder, why, "substitute" if at_work else "nobody")
    workload.move(ticket.contact_person, change.chosen.person)
    taking = people[change.chosen.person]
    return CaseMove(ticket, taking, change.chosen.reason, _cover(ticket, taking, change, workload))


def _cover(ticket: Ticket, taking: Person, change: Change, workload: Workload) -> Cover:
    if change.kind == "returned":
        return "back"
    owner = workload.knowledge.people.get(change.owner or "")
    absence = owner.absence_on(workload.day) if owner else None
    if absence and absence.substitute == taking.id:
        return "substitute"
    return "competent" if set(taking.areas) & set(ticket.areas) else "last_resort"


def _left_without_duty(before: Knowledge, after: Knowledge, absence: Absence, first: date) -> Iterator[date]:
    """Yield the working days of the absence on which somebody was on duty before and nobody is any more."""
    calendar = WorkCalendar(before.office)
    for offset in range(min((absence.last - first).days + 1, _MOST_DUTY_DAYS)):
        day = first + timedelta(days=offset)
        if calendar.is_working_day(day) and on_duty(before, day) and not on_duty(after, day):
            yield day
