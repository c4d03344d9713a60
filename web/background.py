"""Work that is done again and again beside the requests. It says when it starts, what it completed, and when it failed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

logger = logging.getLogger(__name__)
_STOP_SECONDS = 5.0


@contextlib.asynccontextmanager
async def repeating(name: str, every_seconds: float, work: Callable[[], Awaitable[str]]) -> AsyncIterator[None]:
    """Do `work` now and every so often until the block ends. It returns what it did, in words; "" when nothing was to do."""
    stop = asyncio.Event()
    task = asyncio.create_task(_repeat_until(stop, name, every_seconds, work), name=name)
    yield
    stop.set()
    # Work under way may finish; only what hangs is cut off.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(task, _STOP_SECONDS)


async def _repeat_until(
    stop: asyncio.Event, name: str, every_seconds: float, work: Callable[[], Awaitable[str]]
) -> None:
    logger.info("%s started", name)
    while not stop.is_set():
        try:
            done = await work()
            logger.log(logging.INFO if done else logging.DEBUG, "%s complete: %s", name, done or "nothing to do")
        except Exception as error:
            logger.error("%s failed, tries again: %s", name, type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_seconds)
