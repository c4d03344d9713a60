"""Time. Everything is stored in UTC and counted in Danish local time; nobody asks the machine for the time but this module."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
Clock = Callable[[], datetime]


def system_clock(start: datetime | None = None) -> Clock:
    """Return a clock that gives the present moment in UTC; with `start`, one that begins there and runs on."""
    if start is None:
        return lambda: datetime.now(UTC)
    offset = start.astimezone(UTC) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + offset


def local(moment: datetime) -> datetime:
    """Return `moment` in Danish local time. Raises ValueError for a moment without zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(COPENHAGEN)
