"""`indgang simulate`: a year of the office with invented businesses and caseworkers on the real rules and store.

Prints in Danish what the year showed; fails when a promise was broken (see docs/simulation.md).
"""

from __future__ import annotations

import tempfile
import time
from datetime import date
from datetime import time as clock
from pathlib import Path
from random import Random

from indgang.simulation.arrivals import arrivals
from indgang.simulation.dates import check_deadlines
from indgang.simulation.force import absences, with_task_force
from indgang.simulation.period import Period, moment
from indgang.simulation.replay import play_again
from indgang.simulation.report import Outcome, report
from indgang.simulation.year import Year
from knowledge import load
from office.store import Database
from office.store.migrate import upgrade

YEAR = Period(date(2027, 1, 1), date(2028, 1, 1))


async def simulate(cases: int, people: int, seed: int) -> int:
    """Simulate and print. Returns 0 when every promise was kept, 1 when not."""
    outcome = await simulated(cases, people, seed, YEAR)
    print(report(outcome))
    return 1 if outcome.problems else 0


async def simulated(cases: int, people: int, seed: int, period: Period) -> Outcome:
    """Let `cases` inquiries come in the period to `people` caseworkers (at least five), in a database that is thrown away."""
    started, rng = time.perf_counter(), Random(seed)
    knowledge = with_task_force(load(), people, cases, period, rng)
    with tempfile.TemporaryDirectory(prefix="indgang-simulate-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'year.db'}")
        await upgrade(database)
        year = Year(database, knowledge, period, seed)
        away = absences(list(knowledge.people.values()), period, rng)
        seen = await year.run(arrivals(knowledge, cases, period, rng), away)
        swept = [run.at for run in seen.sweeps if run.office_open]
        async with database.reading() as uow:
            hands = await play_again(uow, knowledge)
            deadlines = await check_deadlines(uow, knowledge, swept, moment(period.end, clock(0)))
        await database.close()
    return Outcome(knowledge, seen, year.desk.done, hands, deadlines, time.perf_counter() - started)
