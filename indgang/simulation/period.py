"""The days that are simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from office.calendar import WorkCalendar
from office.clock import COPENHAGEN


@dataclass(frozen=True)
class Period:
    """Local days from `first` up to `end`, which is not among them."""

    first: date
    end: date

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]

    def working_days(self, calendar: WorkCalendar) -> list[date]:
        return [day for day in self.days() if calendar.is_working_day(day)]


def moment(day: date, clock: time) -> datetime:
    """Return a local day and time as the UTC moment it is."""
    return datetime.combine(day, clock, COPENHAGEN).astimezone(UTC)
