"""Cases change hands: to a substitute while somebody is away and back again, for good by a decision, or back to the office.

Source: promises S06 (one contact person, a hand-over leaves no gap), S09/S10 (a named owner who contacts the business), S11
(also in sickness and holidays). While somebody is away a substitute has what cannot wait (`_cannot_wait`); the rest stays,
and its business sees who is back when. The business is told every time its case changes hands; why somebody is away is
told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from knowledge.model import Knowledge, Person
from office.announcements import contact_of, tell_business
from office.assignment import Assignment, substitute_for
from office.calendar import WorkCalendar
from office.clock import COPENHAGEN
from office.errors import NotAllowed
from office.history import Action, record
from office.lifecycle import OPEN_STATUSES
from office.notices import notify
from office.people import task_force
from office.plans import expected_between
from office.store import UnitOfWork
from office.store.follow_up_tables import Meeting
from office.store.tables import Ticket
from office.workload import Workload, locked_workload

AT_ONCE = 50


@dataclass(frozen=True)
class Change:
    """What is due for a case: who has it next and why, and whose it remains (`owner`) while a substitute has it."""

    kind: Literal["handed_over", "substituted", "returned"]
    chosen: Assignment
    owner: str | None = None


async def cover_absences(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> list[Ticket]:
    """Give what cannot wait for people who are away to substitutes, and give it back. Returns the cases that changed hands.

    At most AT_ONCE at a time: on SQLite everybody else who writes waits for this commit, and the next sweep goes on. Does
    nothing while the office is closed: nobody is told at night.
    """
    calendar = WorkCalendar(knowledge.office)
    if not calendar.is_open(now):
        return []
    day = calendar.acting_day(now)
    tickets = await not_with_their_own(uow, await task_force(uow, knowledge, day), day, AT_ONCE)
    if not tickets:
        return []
    workload = await locked_workload(uow, knowledge, now, [ticket.conversation_id for ticket in tickets])
    moved = []
    for ticket in tickets:
        await uow.session.refresh(ticket)  # somebody may have changed it while we waited for the lock
        if ticket.status in OPEN_STATUSES and await _put_right(uow, ticket, workload):
            moved.append(ticket)
    return moved


async def hand_over(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, person: str, actor: str, now: datetime, why: str
) -> None:
    """Make the person with this id contact person for good. Raises NotAllowed for somebody unknown, away, or the same."""
    workload = await locked_workload(uow, knowledge, now, [ticket.conversation_id])
    taking = workload.knowledge.people.get(person)
    if taking is None or taking.absence_on(workload.day):
        raise NotAllowed("Sagen kan kun gives til en medarbejder, der er på arbejde.")
    if person == ticket.contact_person and ticket.stands_in_for is None:
        raise NotAllowed(f"{taking.name} har allerede sagen.")
    await take_over(uow, ticket, Assignment(person, why), workload, actor)


async def hand_back(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, actor: str, now: datetime, why: str) -> str:
    """Give a case back to the office, which finds the next contact person at once. Returns that person's id."""
    workload = await locked_workload(uow, knowledge, now, [ticket.conversation_id])
    chosen = workload.choose(ticket.areas, without=ticket.contact_person)
    if chosen.person == ticket.contact_person:
        raise NotAllowed("Der er ingen anden på arbejde, der kan tage sagen. Tal med koordinatoren.")
    await take_over(uow, ticket, Assignment(chosen.person, f"{why} {chosen.reason}"), workload, actor)
    return chosen.person


async def take_over(uow: UnitOfWork, ticket: Ticket, chosen: Assignment, workload: Workload, actor: str) -> None:
    """Make the chosen one contact person for good, under the lock the workload was read with, and tell the business."""
    previous = ticket.contact_person
    _change_hands(uow, ticket, chosen, None, workload, actor, "handed_over")
    person = workload.knowledge.people[chosen.person]
    await tell_business(uow, ticket, "handed_over", workload.now, **contact_of(person))
    await notify(uow, ticket, "contact_changed", workload.now, previous=previous)
    await notify(uow, ticket, "new_case", workload.now)


async def not_with_their_own(uow: UnitOfWork, force: Knowledge, day: date, at_most: int | None = None) -> list[Ticket]:
    """Return open cases that cannot wait for their person, who is away or gone on `day` (local), and those that a
    substitute can give back."""
    people, away = list(force.people), _away(force, day)
    can_be_given_back = and_(Ticket.stands_in_for.is_not(None), Ticket.stands_in_for.not_in([p.id for p in away]))
    rows = await uow.session.scalars(
        select(Ticket)
        .where(
            Ticket.status.in_(OPEN_STATUSES),
            or_(Ticket.contact_person.not_in(people), can_be_given_back, *_cannot_wait(force, away, day)),
        )
        .order_by(Ticket.id)
        .limit(at_most)
    )
    return list(rows)


async def waiting_for(uow: UnitOfWork, force: Knowledge, person: str, day: date) -> int:
    """Return how many open cases stay with somebody who is away on `day` (local), because nothing is due before they are back.

    `force` comes from `task_force`; `person` is an id. 0 while the person is at work.
    """
    somebody = force.people[person]
    if somebody.absence_on(day) is None:
        return 0
    (cannot_wait,) = _cannot_wait(force, [somebody], day)
    theirs = (Ticket.status.in_(OPEN_STATUSES), Ticket.contact_person == person, Ticket.stands_in_for.is_(None))
    return int(await uow.session.scalar(select(func.count()).where(*theirs, not_(cannot_wait))) or 0)


def _away(force: Knowledge, day: date) -> list[Person]:
    return [person for person in force.people.values() if person.absence_on(day)]


def _cannot_wait(force: Knowledge, away: Iterable[Person], day: date) -> Iterator[ColumnElement[bool]]:
    """Yield for each of these people which of their cases a substitute must have on `day`.

    Those whose business waits for words, and those with a deadline, a meeting or the day they are expected ready before the
    person is back. The others wait: a day's absence would only give their business two contact persons in a day.
    """
    calendar = WorkCalendar(force.office)
    begins = datetime.combine(day, time(), COPENHAGEN)
    for person in away:
        back = calendar.opening_time(calendar.back_on(person, day))
        meets = select(Meeting.ticket_id).where(Meeting.cancelled_at.is_(None), Meeting.start.between(begins, back))
        yield and_(
            Ticket.contact_person == person.id,
            or_(
                Ticket.first_answered_at.is_(None),
                Ticket.reply_due.is_not(None),
                and_(Ticket.next_due.is_not(None), Ticket.next_due < back),  # never NULL: `waiting_for` negates it
                Ticket.id.in_(meets),
                Ticket.id.in_(expected_between(day, back.date() - timedelta(days=1))),
            ),
        )


def due_change(ticket: Ticket, workload: Workload) -> Change | None:
    """Return what is to be done with a case that `not_with_their_own` found; None when nobody else can have it today. Pure."""
    people, day = workload.knowledge.people, workload.day
    owner, holder = people.get(ticket.stands_in_for or ticket.contact_person), people.get(ticket.contact_person)
    if owner is None:
        chosen = workload.choose(ticket.areas)
        why = f"Den tidligere kontaktperson arbejder her ikke længere. {chosen.reason}"
        return Change("handed_over", Assignment(chosen.person, why))
    if owner.absence_on(day) is None:
        return Change("returned", Assignment(owner.id, f"{owner.name} er tilbage."))
    if holder is not None and holder.absence_on(day) is None:
        return None
    chosen = substitute_for(owner, ticket.areas, workload.knowledge, workload.loads, day)
    return None if chosen.person in (owner.id, ticket.contact_person) else Change("substituted", chosen, owner.id)


async def _put_right(uow: UnitOfWork, ticket: Ticket, workload: Workload) -> bool:
    """Give the case to whom it belongs today. Returns whether it changed hands."""
    change = due_change(ticket, workload)
    if change is None:
        return False
    if change.kind == "handed_over":
        await take_over(uow, ticket, change.chosen, workload, "system")
    elif change.kind == "returned":
        await _give_back(uow, ticket, change.chosen, workload)
    else:
        await _lend(uow, ticket, change, workload)
    return True


async def _lend(uow: UnitOfWork, ticket: Ticket, change: Change, workload: Workload) -> None:
    people = workload.knowledge.people
    owner, person = people[change.owner or ""], people[change.chosen.person]
    absence = owner.absence_on(workload.day)
    until = absence.last if absence else workload.day
    _change_hands(uow, ticket, change.chosen, owner.id, workload, "system", "substituted")
    await tell_business(uow, ticket, "substituted", workload.now, away=owner.name, **contact_of(person))
    await notify(uow, ticket, "contact_away", workload.now, away=owner.id, substitute=person.id, until=until)
    await notify(uow, ticket, "new_case", workload.now)


async def _give_back(uow: UnitOfWork, ticket: Ticket, chosen: Assignment, workload: Workload) -> None:
    substitute = ticket.contact_person
    _change_hands(uow, ticket, chosen, None, workload, "system", "returned")
    await tell_business(uow, ticket, "returned", workload.now, **contact_of(workload.knowledge.people[chosen.person]))
    await notify(uow, ticket, "contact_changed", workload.now, previous=substitute)


def _change_hands(
    uow: UnitOfWork,
    ticket: Ticket,
    chosen: Assignment,
    stands_in_for: str | None,
    workload: Workload,
    actor: str,
    action: Action,
) -> None:
    record(
        uow, ticket, workload.now, actor, action, "contact_person", ticket.contact_person, chosen.person, chosen.reason
    )
    workload.move(ticket.contact_person, chosen.person)
    ticket.contact_person, ticket.assignment_reason = chosen.person, chosen.reason
    ticket.stands_in_for = stands_in_for
