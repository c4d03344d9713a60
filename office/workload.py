"""Giving out cases, one at a time over all processes: two cases at once never count the same free place twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from knowledge.model import Knowledge
from office import conversations
from office.assignment import Assignment, assign
from office.calendar import WorkCalendar
from office.lifecycle import OPEN_STATUSES
from office.people import task_force
from office.store import UnitOfWork
from office.store.tables import Counter, Ticket

_LOCK = "assignment"


@dataclass
class Workload:
    """The task force, its open cases by person id, and the day somebody will act: true until the unit of work ends."""

    knowledge: Knowledge
    loads: dict[str, int]
    calendar: WorkCalendar
    now: datetime

    def __post_init__(self) -> None:
        self.day = self.calendar.acting_day(self.now)

    def choose(self, areas: Sequence[str], previous: str | None = None, without: str | None = None) -> Assignment:
        """Return the contact person for `areas` (see assignment.assign)."""
        return assign(areas, self.knowledge, self.loads, self.day, previous, without)

    def move(self, leaving: str | None, taking: str) -> None:
        """Count a case from one person over to another, so that the next choice knows of it."""
        if leaving in self.loads:
            self.loads[leaving] -= 1
        self.loads[taking] = self.loads.get(taking, 0) + 1


async def locked_workload(
    uow: UnitOfWork, knowledge: Knowledge, now: datetime, conversation_ids: Iterable[str] = ()
) -> Workload:
    """Return the workload under the one lock for giving out cases; it is held until the block ends.

    `conversation_ids` are those in which something will be said: their locks come first, here as everywhere, so that no two
    blocks wait for each other. On SQLite a writing block has the whole database to itself anyway.
    """
    for conversation_id in sorted(set(conversation_ids)):
        await conversations.locked(uow, conversation_id)
    await uow.session.get_one(Counter, _LOCK, with_for_update=True)
    return await workload(uow, knowledge, now)


async def workload(uow: UnitOfWork, knowledge: Knowledge, now: datetime) -> Workload:
    """Return the workload as it is at this moment, to be shown: whoever gives a case out needs `locked_workload`."""
    calendar = WorkCalendar(knowledge.office)
    force = await task_force(uow, knowledge, calendar.acting_day(now))
    return Workload(force, await open_cases(uow), calendar, now)


async def open_cases(uow: UnitOfWork) -> dict[str, int]:
    """Return how many open cases each person id has now. To give a case out by it, hold the lock (`locked_workload`)."""
    rows = await uow.session.execute(
        select(Ticket.contact_person, func.count())
        .where(Ticket.status.in_(OPEN_STATUSES))
        .group_by(Ticket.contact_person)
    )
    return {str(person): int(count) for person, count in rows}
