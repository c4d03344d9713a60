"""The office's steps of web/sweeper.py at a simulated moment, each its own commit, with the time they took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from knowledge.model import Knowledge
from office import conversations, intakes, outbox
from office.handover import AT_ONCE, cover_absences
from office.reminders import take_unanswered, watch_deadlines, watch_expected_days
from office.settings import read_settings
from office.store import Database, UnitOfWork

_UNANSWERED_AFTER = timedelta(minutes=2)
Step = Callable[[UnitOfWork, Knowledge, datetime], Awaitable[Any]]


@dataclass
class Sweep:
    """One run: when (UTC), the seconds it took and those of them in the processor (`worked`), and what it did.

    Deadlines `recorded`, cases `moved` because of an absence and `taken` by the coordinator; after it, of the `open_cases`
    those `resting` with somebody away.
    """

    at: datetime
    seconds: float
    worked: float
    recorded: int
    moved: int
    taken: int
    office_open: bool = False
    open_cases: int = 0
    resting: int = 0

    @property
    def more_to_do(self) -> bool:
        """Tell whether the run stopped at the number of cases it may move at once."""
        return max(self.moved, self.taken) >= AT_ONCE


async def sweep(database: Database, knowledge: Knowledge, now: datetime) -> Sweep:
    """Run the steps in the sweeper's order."""
    started, began = time.perf_counter(), time.process_time()
    silence = timedelta(minutes=read_settings({}).abandoned_after_minutes)

    async def commit(step: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        async with database.writing() as uow:
            done = await step(uow)
            await uow.commit()
        return done

    await commit(lambda uow: intakes.take_in_abandoned(uow, knowledge, now, silence))
    async with database.reading() as uow:
        await conversations.left_unanswered(uow, now - _UNANSWERED_AFTER)
    recorded = await commit(lambda uow: watch_deadlines(uow, knowledge, now))
    recorded += await commit(lambda uow: watch_expected_days(uow, knowledge, now))
    moved = await commit(lambda uow: cover_absences(uow, knowledge, now))
    taken = await commit(lambda uow: take_unanswered(uow, knowledge, now))
    seconds, worked = time.perf_counter() - started, time.process_time() - began
    return Sweep(now, seconds, worked, recorded, len(moved), len(taken))


async def set_messages_aside(database: Database) -> None:
    """Do with messages out what an installation does that has neither mail nor a case system: they stay to be read."""
    async with database.writing() as uow:
        for channel in ("mail", "webhook"):
            await outbox.set_aside(uow, channel)
        await uow.commit()
