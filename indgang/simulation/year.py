"""The clockwork: what happens in the simulated time, in the order of time, with the sweeper's runs in between.

Nothing waits: every event is handed the moment it happens. What is seen on the way is kept in `Seen`.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import count
from typing import Any

from sqlalchemy import select

from indgang.simulation.arrivals import Arrival
from indgang.simulation.force import COORDINATOR, Away
from indgang.simulation.period import Period, moment
from indgang.simulation.problems import Kind, Problem
from indgang.simulation.sweeper import Sweep, set_messages_aside, sweep
from indgang.simulation.work import Desk
from knowledge.model import Absence, Knowledge
from office import people
from office.calendar import WorkCalendar
from office.clock import local
from office.lifecycle import OPEN_STATUSES
from office.store import Database
from office.store.tables import Ticket
from office.words import moment_in_words

_WHILE_OPEN = timedelta(minutes=30)
_WHILE_CLOSED = timedelta(hours=3)
_A_MINUTE = timedelta(minutes=1)  # how often the sweeper really runs
_SITTINGS = (clock(9, 20), clock(11, 20), clock(14, 10))
_COUNTED_AT = clock(11, 50)
_TOLD_AT = clock(7, 45)
_SEEN_OF_A_CASE = (
    *(Ticket.reference, Ticket.status, Ticket.contact_person, Ticket.stands_in_for, Ticket.reply_due),
    *(Ticket.first_answered_at, Ticket.screened_at, Ticket.screening_due, Ticket.answered_at, Ticket.answer_due),
)

Happening = Callable[[datetime], Awaitable[None]]


@dataclass
class Seen:
    """What was seen on the way.

    `problems` are broken promises in words; `openings` the processor seconds it took to open each case; `loads` the open
    cases of each person, counted every working day.
    """

    problems: list[Problem] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    loads: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


class Year:
    """One office in one period."""

    def __init__(self, database: Database, knowledge: Knowledge, period: Period, seed: int) -> None:
        self.seen = Seen()
        self.desk = Desk(database, knowledge, seed, self._later)
        self._database = database
        self._knowledge = knowledge
        self._calendar = WorkCalendar(knowledge.office)
        self._period = period
        self._queue: list[tuple[datetime, int, Happening]] = []
        self._numbers = count()
        self._away = {person.id: list(person.absences) for person in knowledge.people.values()}

    async def run(self, arriving: Iterable[Arrival], absences: Iterable[Away]) -> Seen:
        """Let the time pass. Returns what was seen."""
        for arrival in arriving:
            self._later(arrival.at, self._business_comes(arrival))
        for away in absences:
            self._later(moment(away.told, _TOLD_AT), self._goes_away(away))
        for day in self._period.working_days(self._calendar):
            self._plan(day)
        self._later(moment(self._period.first, _TOLD_AT), self._sweep)
        end = moment(self._period.end, clock(0))
        while self._queue and self._queue[0][0] < end:
            now, _, happening = heapq.heappop(self._queue)
            await happening(now)
        return self.seen

    # --- what happens -------------------------------------------------------------------------------------

    def _business_comes(self, arrival: Arrival) -> Happening:
        async def happen(now: datetime) -> None:
            started = time.process_time()
            ticket = await self.desk.take_in(arrival, now)
            if ticket is None:
                return
            self.seen.openings.append(time.process_time() - started)
            if self._is_away(ticket.contact_person, self._calendar.acting_day(now)):
                self._problem(Kind.GIVEN_TO_AWAY, ticket.reference, now)

        return happen

    def _goes_away(self, away: Away) -> Happening:
        async def happen(now: datetime) -> None:
            async with self._database.writing() as uow:
                entry = await people.set_absence(uow, self._knowledge, away.person, away.absence, COORDINATOR, now)
                await uow.commit()
            self._away[away.person].append(away.absence)
            if away.back_after is not None:
                back = away.absence.first + timedelta(days=away.back_after)
                self._later(moment(back, _TOLD_AT), self._comes_back(entry.id, away.person, away.absence))

        return happen

    def _comes_back(self, entry: int, person: str, absence: Absence) -> Happening:
        async def happen(now: datetime) -> None:
            async with self._database.writing() as uow:
                await people.end_absence(uow, entry, COORDINATOR, now)
                await uow.commit()
            self._away[person].remove(absence)

        return happen

    async def _everybody_sits_down(self, now: datetime) -> None:
        for person in self._knowledge.people:
            if not self._is_away(person, local(now).date()):
                await self.desk.sit_down(person, now)

    async def _sweep(self, now: datetime) -> None:
        run = await sweep(self._database, self._knowledge, now)
        await set_messages_aside(self._database)
        self.seen.sweeps.append(run)
        self._later(self._next_sweep(run), self._sweep)
        run.office_open = self._calendar.is_open(now)
        if run.office_open and not run.more_to_do:
            await self._check_hands(run)

    def _next_sweep(self, run: Sweep) -> datetime:
        if run.more_to_do:
            return run.at + _A_MINUTE
        if self._calendar.is_open(run.at):
            return run.at + _WHILE_OPEN
        return min(run.at + _WHILE_CLOSED, self._calendar.next_opening(run.at) + _A_MINUTE)

    # --- what is seen -------------------------------------------------------------------------------------

    async def _check_hands(self, run: Sweep) -> None:
        """See that what cannot wait is with somebody at work, and that nobody who is back still waits for their cases."""
        today = local(run.at).date()
        cases = await self._open_cases()
        run.open_cases = len(cases)
        for case in cases:
            if self._is_away(case.contact_person, today):
                run.resting += 1
                if self._cannot_wait(case, today):
                    self._problem(Kind.LEFT_WITH_AWAY, case.reference, run.at)
            if case.stands_in_for is not None and not self._is_away(case.stands_in_for, today):
                self._problem(Kind.NOT_RETURNED, case.reference, run.at)

    def _cannot_wait(self, case: Any, today: date) -> bool:
        """Tell whether the business waits for words, or something is due up to the last day its person is away."""
        if case.first_answered_at is None or case.reply_due is not None:
            return True
        if case.status == "waiting_for_business":
            return False
        last = today
        while self._is_away(case.contact_person, last + timedelta(days=1)):
            last += timedelta(days=1)
        running = [case.screening_due] * (case.screened_at is None) + [case.answer_due] * (case.answered_at is None)
        return any(local(due).date() <= last for due in running)

    async def _count_loads(self, now: datetime) -> None:
        holders = [case.contact_person for case in await self._open_cases()]
        for person in self._knowledge.people:
            self.seen.loads[person].append(holders.count(person))

    async def _open_cases(self) -> list[Any]:
        """Return of every open case who has it and what is owed."""
        async with self._database.reading() as uow:
            rows = await uow.session.execute(select(*_SEEN_OF_A_CASE).where(Ticket.status.in_(OPEN_STATUSES)))
            return list(rows)

    def _problem(self, kind: Kind, reference: str, now: datetime) -> None:
        self.seen.problems.append(Problem(kind, f"{reference}, {moment_in_words(now)}"))

    # --- inside -------------------------------------------------------------------------------------------

    def _later(self, at: datetime, happening: Happening) -> None:
        heapq.heappush(self._queue, (at, next(self._numbers), happening))

    def _plan(self, day: date) -> None:
        """Plan a working day: when caseworkers look at their lists, and when loads are counted."""
        for at in (moment(day, sitting) for sitting in _SITTINGS):
            if self._calendar.is_open(at):
                self._later(at, self._everybody_sits_down)
        self._later(moment(day, _COUNTED_AT), self._count_loads)

    def _is_away(self, person: str, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self._away[person])
