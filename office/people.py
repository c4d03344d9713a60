"""The task force as it is today: people.yml, which editors own, with the absences and duty days set at the desk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from knowledge.model import Absence, Knowledge, Person
from office.assignment import on_duty
from office.calendar import WorkCalendar
from office.clock import local
from office.errors import NotAllowed
from office.history import record
from office.store import UnitOfWork
from office.store.tables import AbsenceEntry, DutyEntry
from office.words import day_in_words

_AWAY = "fravær"


@dataclass(frozen=True)
class DutyDay:
    """A working day with the one on duty (None: everybody who could be is away); `set_here` says that the desk decided it."""

    day: date
    person: Person | None
    set_here: bool


@dataclass(frozen=True)
class Away:
    """Somebody is away: `back` is the working day (local) they are here again, `meanwhile` who can be asked, if anybody."""

    back: date
    meanwhile: Person | None


async def task_force(uow: UnitOfWork, knowledge: Knowledge, today: date) -> Knowledge:
    """Return the knowledge with people as they are: absences that have not ended and duty days from `today` (local) on."""
    absences: dict[str, list[Absence]] = defaultdict(list)
    for row in await uow.session.scalars(select(AbsenceEntry).where(AbsenceEntry.last >= today)):
        absences[row.person].append(Absence(row.first, row.last, _AWAY, row.substitute))
    duty: dict[str, list[date]] = defaultdict(list)
    for entry in await uow.session.scalars(select(DutyEntry).where(DutyEntry.day >= today)):
        duty[entry.person].append(entry.day)
    people = {
        person.id: replace(
            person, absences=(*person.absences, *absences[person.id]), duty_days=tuple(sorted(duty[person.id]))
        )
        for person in knowledge.people.values()
    }
    return replace(knowledge, people=people)


async def away_until(uow: UnitOfWork, knowledge: Knowledge, person: str, now: datetime) -> Away | None:
    """Return when the person with this id is back and who can be asked meanwhile; None while they are at work.

    Counted for the day somebody acts: a page read on Sunday says what holds on Monday.
    """
    calendar = WorkCalendar(knowledge.office)
    day = calendar.acting_day(now)
    force = await task_force(uow, knowledge, day)
    somebody = force.people.get(person)
    absence = somebody.absence_on(day) if somebody else None
    if somebody is None or absence is None:
        return None
    named = force.people.get(absence.substitute or "")
    meanwhile = named if named and not named.absence_on(day) else on_duty(force, day)
    return Away(calendar.back_on(somebody, day), meanwhile)


async def absences_set(uow: UnitOfWork, today: date) -> list[AbsenceEntry]:
    """Return the absences set at the desk that have not ended on `today` (local), the first to begin first."""
    rows = await uow.session.scalars(
        select(AbsenceEntry).where(AbsenceEntry.last >= today).order_by(AbsenceEntry.first, AbsenceEntry.id)
    )
    return list(rows)


async def set_absence(
    uow: UnitOfWork, knowledge: Knowledge, person: str, absence: Absence, actor: str, now: datetime
) -> AbsenceEntry:
    """Set days away for a person id; the sweeper hands the cases over and back. Raises NotAllowed with what to mend."""
    await check_absence(uow, knowledge, person, absence, now)
    entry = AbsenceEntry(person=person, first=absence.first, last=absence.last, substitute=absence.substitute)
    uow.session.add(entry)
    await uow.session.flush()
    record(uow, None, now, actor, "absence_set", field=person, new=_in_words(entry))
    return entry


async def check_absence(uow: UnitOfWork, knowledge: Knowledge, person: str, absence: Absence, now: datetime) -> None:
    """Raise NotAllowed, with what to mend, when these days away cannot be set for the person id."""
    somebody = _known(knowledge, person)
    if absence.last < absence.first or absence.last < local(now).date():
        raise NotAllowed("Fraværet skal slutte i dag eller senere og ikke før det begynder.")
    if absence.substitute is not None:
        _check_substitute(somebody, _known(knowledge, absence.substitute))
    set_before = select(AbsenceEntry.id).where(
        AbsenceEntry.person == person, AbsenceEntry.first == absence.first, AbsenceEntry.last == absence.last
    )
    if await uow.session.scalar(set_before.limit(1)) is not None:
        raise NotAllowed(f"Det fravær er allerede sat for {somebody.name}.")


async def absence_of(uow: UnitOfWork, absence_id: int) -> AbsenceEntry | None:
    """Return an absence set at the desk, while there is one of that number."""
    return await uow.session.get(AbsenceEntry, absence_id)


async def end_absence(uow: UnitOfWork, absence_id: int, actor: str, now: datetime) -> None:
    """Take an absence set at the desk away: planned days are cancelled, and somebody away is back from now on.

    Raises NotAllowed when there is no such absence any more.
    """
    entry = await uow.session.get(AbsenceEntry, absence_id)
    if entry is None:
        raise NotAllowed("Fraværet er allerede slettet.")
    record(uow, None, now, actor, "absence_ended", field=entry.person, old=_in_words(entry))
    await uow.session.delete(entry)
    await uow.session.flush()


async def set_duty(uow: UnitOfWork, knowledge: Knowledge, day: date, person: str, actor: str, now: datetime) -> None:
    """Put a person id on duty on `day` (local) instead of whoever has that weekday. Raises NotAllowed."""
    somebody = _known(knowledge, person)
    if day < local(now).date():
        raise NotAllowed("Den dag er gået.")
    if closed := WorkCalendar(knowledge.office).closed_because(day):
        raise NotAllowed(f"Kontoret har lukket den dag: {closed}.")
    if somebody.absence_on(day):
        raise NotAllowed(f"{somebody.name} er fraværende den dag.")
    entry = await uow.session.get(DutyEntry, day)
    record(uow, None, now, actor, "duty_set", field=f"{day}", old=entry.person if entry else None, new=person)
    if entry is None:
        uow.session.add(DutyEntry(day=day, person=person))
    else:
        entry.person = person
    await uow.session.flush()


async def clear_duty(uow: UnitOfWork, day: date, actor: str, now: datetime) -> None:
    """Let the weekdays of people.yml decide `day` (local) again. Raises NotAllowed when they do already."""
    entry = await uow.session.get(DutyEntry, day)
    if entry is None:
        raise NotAllowed("Dagen følger allerede ugeplanen.")
    record(uow, None, now, actor, "duty_cleared", field=f"{day}", old=entry.person)
    await uow.session.delete(entry)
    await uow.session.flush()


async def duty_set(uow: UnitOfWork, day: date) -> str | None:
    """Return whom the desk has put on duty on `day` (local); None when the weekdays decide."""
    entry = await uow.session.get(DutyEntry, day)
    return entry.person if entry else None


def roster(force: Knowledge, first: date, count: int) -> list[DutyDay]:
    """Return the next `count` working days from `first` (local) on with the one on duty. `force` comes from `task_force`."""
    calendar, days = WorkCalendar(force.office), list[DutyDay]()
    day = first
    while len(days) < count:
        if calendar.is_working_day(day):
            person = on_duty(force, day)
            days.append(DutyDay(day, person, person is not None and day in person.duty_days))
        day += timedelta(days=1)
    return days


def _known(knowledge: Knowledge, person: str) -> Person:
    if person not in knowledge.people:
        raise NotAllowed(f"“{person}” findes ikke i people.yml.")
    return knowledge.people[person]


def _check_substitute(person: Person, substitute: Person) -> None:
    if substitute.id == person.id:
        raise NotAllowed("Man kan ikke være sin egen afløser.")
    if not set(person.areas) & set(substitute.areas):
        raise NotAllowed(f"{substitute.name} har intet fagområde til fælles med {person.name}.")


def _in_words(entry: AbsenceEntry) -> str:
    return f"{day_in_words(entry.first)} - {day_in_words(entry.last)}"
