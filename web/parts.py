"""What every room of the public door works with, made once at start-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from knowledge import Knowledge
from office.calendar import WorkCalendar
from office.clock import Clock
from office.settings import Settings
from office.store import Database


@dataclass(frozen=True)
class Parts:
    """Settings, knowledge, calendar, database, clock, and the key that signs links and forms."""

    settings: Settings
    database: Database
    knowledge: Knowledge
    calendar: WorkCalendar
    clock: Clock
    signing_key: str

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.clock()


PARTS = web.AppKey("parts", Parts)


def parts_of(request: web.Request) -> Parts:
    """Return the parts of the application that serves this request."""
    return request.app[PARTS]
