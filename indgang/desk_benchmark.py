"""`indgang benchmark-desk`: how much longer the desk's pages take with many cases than with few, over HTTP, on this machine.

Two temporary databases are filled (desk_sample.py) and the real application is served over each, in this process, on loopback,
without the work in the background. Each page is asked for in turns, so that whatever else the machine does hits both alike.
docs/benchmark-desk.md says what is measured and what is not.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import CookieJar, web

from indgang.comparison import number
from indgang.desk_sample import fill
from knowledge import Knowledge, load
from office import access
from office.passwords import random_password
from office.settings import read_settings
from office.store import Database
from office.store.migrate import upgrade
from web.app import build_app
from web.delivery import deliver_while_running
from web.desk.sections import SECTIONS
from web.desk.session import LOG_IN
from web.sweeper import sweep_while_running

AIM = 2.0
FEW = 50
# What the desk promises: day, board and search stay under twice the time. What the menu holds beside them is measured too.
PROMISED = (
    "/desk",
    "/desk?vis=alle",
    "/desk/sager",
    "/desk/sager?vis=alle",
    "/desk/sager?q=bageri",
    "/desk/sager?q=tømrer+havnen",
    "/desk/sager?q=EK-{year}-000049",
    "/desk/tavle",
)
_UNCOUNTED = 3
_USERNAME = "maaler"


@dataclass
class Page:
    """An address and how many seconds each load of it took, with few cases and with many."""

    path: str
    promised: bool
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def ratio(self) -> float:
        """Return how many times as long the page takes with many cases, by the medians."""
        return statistics.median(self.many) / statistics.median(self.few)


@dataclass(frozen=True)
class Desk:
    """A served desk with somebody logged in."""

    client: aiohttp.ClientSession
    url: str

    async def load(self, path: str) -> tuple[int, float, int]:
        """Return status, seconds and bytes of a page."""
        began = time.perf_counter()
        async with self.client.get(self.url + path, allow_redirects=False) as response:
            body = await response.read()
        return response.status, time.perf_counter() - began, len(body)


async def benchmark_desk(open_cases: int, ended_cases: int, rounds: int) -> int:
    """Measure the pages with FEW open cases and with these many, and print the ratios. Returns the exit status, 0."""
    knowledge, now = load(), datetime.now(UTC)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="indgang-benchmark-desk-")))
        few = await stack.enter_async_context(_served(folder / "few", knowledge, FEW, 0, now))
        print(f"Fylder en database med {open_cases + ended_cases} sager …", flush=True)
        many = await stack.enter_async_context(_served(folder / "many", knowledge, open_cases, ended_cases, now))
        pages = [page for page in _pages(now) if await _exists(page, few, many)]
        for turn in range(rounds):
            print(f"Måler {len(pages)} sider, omgang {turn + 1} af {rounds} …", end="\r", flush=True)
            await _measure(pages, few, many)
    print(table(pages, open_cases, ended_cases, rounds))
    return 0


def table(pages: Sequence[Page], open_cases: int, ended_cases: int, rounds: int) -> str:
    """Return the figures as a table in Danish, with whether the aim is reached."""
    lines = [
        f"\n{'Side':<34}{f'{FEW} sager':>12}{f'{open_cases + ended_cases} sager':>14}{'forhold':>10}{'størrelse':>12}"
    ]
    lines += [_row(page) for page in pages]
    missed = [page.path for page in pages if page.promised and page.ratio >= AIM]
    verdict = f"IKKE nået for {', '.join(missed)}" if missed else "nået"
    lines.append(
        f"\nMedian af {rounds} indlæsninger over HTTP, SQLite; "
        f"{open_cases} åbne og {ended_cases} afsluttede sager mod {FEW} åbne."
        f"\nMål for siderne med *: under {number(AIM)} gange tiden med {FEW} sager. {verdict}."
    )
    return "\n".join(lines)


def _row(page: Page) -> str:
    few, many = (f"{number(statistics.median(times) * 1e3)} ms" for times in (page.few, page.many))
    name = f"{page.path} {'*' if page.promised else ''}"
    return f"{name:<34}{few:>12}{many:>14}{number(page.ratio):>10}{f'{number(page.size / 1e3)} kB':>12}"


def _pages(now: datetime) -> list[Page]:
    """Return what may be measured: what is promised, and every other room of the menu."""
    promised = [Page(path.format(year=now.year), True) for path in PROMISED]
    menu = [room.path for room in SECTIONS if room.title and room.path not in PROMISED]
    return [*promised, *(Page(path, False) for path in menu)]


async def _exists(page: Page, few: Desk, many: Desk) -> bool:
    """Tell whether both desks have the page, after loads that are not counted."""
    for _ in range(_UNCOUNTED):
        for desk in (few, many):
            status, _, page.size = await desk.load(page.path)
            if status != 200:
                print(f"{page.path} er ikke med: svaret var {status}.")
                return False
    return True


async def _measure(pages: Sequence[Page], few: Desk, many: Desk) -> None:
    for page in pages:
        for desk, times in ((few, page.few), (many, page.many)):
            _, seconds, _ = await desk.load(page.path)
            times.append(seconds)


@asynccontextmanager
async def _served(
    folder: Path, knowledge: Knowledge, open_cases: int, ended: int, now: datetime
) -> AsyncIterator[Desk]:
    """Fill a database in `folder` and serve the desk over it, with an administrator who is a contact person logged in."""
    settings = read_settings({"INDGANG_DATA_DIR": str(folder), "INDGANG_RATE_LIMITS": "off"})
    database, password = Database(settings.database), random_password()
    await upgrade(database)
    await fill(database, knowledge, open_cases, ended, now)
    async with database.writing() as uow:
        person = next(iter(knowledge.people))
        await access.create_user(uow, _USERNAME, "Måler", "administrator", password, now, person)
        await uow.commit()
    app = build_app(settings, database, knowledge, lambda: now)
    # What runs by itself is no part of a page's time, and would change the cases while they are measured.
    for work in (sweep_while_running, deliver_while_running):
        app.cleanup_ctx.remove(work)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
            yield await _logged_in(client, f"http://127.0.0.1:{runner.addresses[0][1]}", password)
    finally:
        await runner.cleanup()
        await database.close()


async def _logged_in(client: aiohttp.ClientSession, url: str, password: str) -> Desk:
    async with client.get(url + LOG_IN) as response:
        token = (await response.text()).partition('name="token" value="')[2].partition('"')[0]
    fields = {"username": _USERNAME, "password": password, "token": token}
    async with client.post(url + LOG_IN, data=fields, allow_redirects=False) as response:
        response.raise_for_status()
    return Desk(client, url)
