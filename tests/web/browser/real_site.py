"""The real application in a thread of its own, so that a browser can look at its pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from knowledge import load
from office.settings import read_settings
from office.store import Database, UnitOfWork
from office.store.migrate import upgrade
from web.app import build_app
from web.parts import PARTS, Parts

TUESDAY_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Site:
    """A running site. `url` is its address."""

    def __init__(self, url: str, parts: Parts, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.parts = parts
        self._loop = loop

    def do(self, work: Callable[[UnitOfWork, Parts], Awaitable[Any]]) -> Any:
        """Do something in the office, in one unit of work, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(self._do(work), self._loop).result(30)

    async def _do(self, work: Callable[[UnitOfWork, Parts], Awaitable[Any]]) -> Any:
        async with self.parts.database.writing() as uow:
            done = await work(uow, self.parts)
            await uow.commit()
        return done


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    """Run the site on an empty database in `folder`, with the project's own knowledge, while the block lasts.

    `settings` are settings of its own (INDGANG_…).
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner, site = asyncio.run_coroutine_threadsafe(_start(folder, loop, settings), loop).result(60)
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(_stop(runner, site), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(
    folder: Path, loop: asyncio.AbstractEventLoop, changed: Mapping[str, str]
) -> tuple[web.AppRunner, Site]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'indgang.db'}")
    await upgrade(database)
    settings = read_settings({"INDGANG_DATA_DIR": str(folder), "INDGANG_RATE_LIMITS": "off", **changed})
    app = build_app(settings, database, load(), lambda: TUESDAY_MORNING)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, Site(f"http://127.0.0.1:{runner.addresses[0][1]}", app[PARTS], loop)


async def _stop(runner: web.AppRunner, site: Site) -> None:
    await runner.cleanup()
    await site.parts.database.close()
