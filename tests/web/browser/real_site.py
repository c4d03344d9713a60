"""The real application in a thread of its own, so that a browser can look at its pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.sync_api import Page

from knowledge import load
from office.clock import Clock
from office.settings import read_settings
from office.store import Database, UnitOfWork
from office.store.migrate import upgrade
from tests.web.standin_engine import TOKEN, StandinEngine
from web.app import build_app
from web.parts import PARTS, Parts
from web.sweeper import Swept, sweep

TUESDAY_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def log_in_as(page: Page, site: Site, username: str, password: str) -> None:
    """Log in at the desk as a person does, and wait until the door is behind."""
    page.goto(f"{site.url}/desk/login")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(password)
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url(lambda url: "/login" not in url)


class Site:
    """A running site. `url` is its address."""

    def __init__(self, url: str, app: web.Application, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.parts: Parts = app[PARTS]
        self._app = app
        self._loop = loop

    def do(self, work: Callable[[UnitOfWork, Parts], Awaitable[Any]]) -> Any:
        """Do something in the office, in one unit of work, and return what it returns."""
        return self.wait_for(self._do(work))

    def sweep(self) -> Swept:
        """Do now what the running system does once a minute."""
        swept: Swept = self.wait_for(sweep(self._app))
        return swept

    def wait_for(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` where the site runs, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _do(self, work: Callable[[UnitOfWork, Parts], Awaitable[Any]]) -> Any:
        async with self.parts.database.writing() as uow:
            done = await work(uow, self.parts)
            await uow.commit()
        return done


@contextmanager
def running_site(
    folder: Path, engine: StandinEngine | None = None, clock: Clock = lambda: TUESDAY_MORNING, **settings: str
) -> Iterator[Site]:
    """Run the site on an empty database in `folder`, with the project's own knowledge, while the block lasts.

    Without `engine` the site has none, as when it is down. `settings` are settings of its own (INDGANG_…).
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runners, site = asyncio.run_coroutine_threadsafe(_start(folder, engine, clock, loop, settings), loop).result(60)
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(_stop(runners, site), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(
    folder: Path,
    engine: StandinEngine | None,
    clock: Clock,
    loop: asyncio.AbstractEventLoop,
    changed: Mapping[str, str],
) -> tuple[list[web.AppRunner], Site]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'indgang.db'}")
    await upgrade(database)
    environment = {"INDGANG_DATA_DIR": str(folder), "INDGANG_RATE_LIMITS": "off", **changed}
    runners = []
    if engine is not None:
        runners.append(await _serve(engine.app()))
        environment |= {"INDGANG_ENGINE_PORT": f"{runners[0].addresses[0][1]}", "INDGANG_ENGINE_TOKEN": TOKEN}
    app = build_app(read_settings(environment), database, load(), clock)
    runners.append(await _serve(app))
    return runners, Site(f"http://127.0.0.1:{runners[-1].addresses[0][1]}", app, loop)


async def _serve(app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def _stop(runners: list[web.AppRunner], site: Site) -> None:
    for runner in reversed(runners):
        await runner.cleanup()
    await site.parts.database.close()
