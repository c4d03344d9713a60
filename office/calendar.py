"""The office's working calendar and the deadlines counted by it, each with its explanation.

Working days are Monday to Friday except public holidays and the closing days in office.yml (domain: store bededag
is no holiday from 2024 on; 5 June, 24 and 31 December are closing days only where the office says so).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from knowledge.model import WEEKDAYS, Office, Person
from office.clock import COPENHAGEN, local
from office.words import day_in_words, listed, moment_in_words

_LOOKS_AHEAD = 60
_WEEKEND = {5: "lørdag", 6: "søndag"}


@dataclass(frozen=True)
class Deadline:
    """A moment (UTC) something is due, the rule that set it, and in Danish how it was counted."""

    due: datetime
    rule: str
    explanation: str


@dataclass(frozen=True)
class Waiting:
    """A time (both moments UTC) in which the office waited for the business."""

    start: datetime
    end: datetime

    def days(self) -> Iterator[date]:
        """Yield the local days that do not count: those that began while the office waited."""
        first, last = local(self.start).date(), local(self.end).date()
        return (first + timedelta(days=n) for n in range(1, (last - first).days + 1))


class WorkCalendar:
    """Counts in one office's opening hours, closing days and the Danish public holidays."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def closed_because(self, day: date) -> str | None:
        """Return why `day` is not a working day ("lørdag", "2. juledag", "Juleaftensdag"), or None when it is one."""
        holiday = _holidays(day.year).get(day)
        if holiday:
            return holiday
        closing = next((c.name for c in self.office.closing_days if c.falls_on(day)), None)
        return closing or _WEEKEND.get(day.weekday())

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` counts as an arbejdsdag."""
        return self.closed_because(day) is None

    def add_working_days(self, day: date, count: int, without: Collection[date] = ()) -> date:
        """Return the `count`-th working day after `day`; neither the day itself nor the days in `without` are counted."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day) and day not in without
        return day

    def periods(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the opening periods of `day` as local moments; none when the office is closed."""
        if not self.is_working_day(day):
            return ()
        hours = self.office.hours.get(WEEKDAYS[day.weekday()], ())
        return tuple((_at(day, start), _at(day, end)) for start, end in hours)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether somebody is at work at `moment` (with zone)."""
        here = local(moment)
        return any(start <= here < end for start, end in self.periods(here.date()))

    def next_opening(self, moment: datetime) -> datetime:
        """Return the next moment (UTC) the office opens after `moment`. Raises ValueError when it never does."""
        here = local(moment)
        for offset in range(_LOOKS_AHEAD):
            for start, _ in self.periods(here.date() + timedelta(days=offset)):
                if start > here:
                    return start.astimezone(UTC)
        raise ValueError(f"the office has no opening hours in the next {_LOOKS_AHEAD} days")

    def acting_day(self, moment: datetime) -> date:
        """Return the local day on which somebody will act on what happens at `moment`: today while open, else the next."""
        return local(moment if self.is_open(moment) else self.next_opening(moment)).date()

    def add_open_time(self, moment: datetime, hours: int) -> datetime:
        """Return the moment (UTC) by which the office has been open `hours` hours since `moment`; lunch does not count.

        Raises ValueError when the office is not open that long in the next 60 days.
        """
        rest, here = timedelta(hours=hours), local(moment)
        for offset in range(_LOOKS_AHEAD):
            for start, end in self.periods(here.date() + timedelta(days=offset)):
                begin = max(start, here)
                if begin < end and end - begin >= rest:
                    return (begin + rest).astimezone(UTC)
                rest -= max(end - begin, timedelta())
        raise ValueError(f"the office is not open for {hours} hours in the next {_LOOKS_AHEAD} days")

    def first_answer_due(self, received: datetime) -> Deadline:
        """Return when the first answer is due: 24 hours that run on working days only.

        Source: promise S01/S02 (first answer to every inquiry within 24 hours), counted on working days so that an
        office that is closed at weekends can keep it. An inquiry on a closed day starts when the next working day opens.
        """
        hours = self.office.promises.first_answer_hours
        here = local(received)
        start = here if self.is_working_day(here.date()) else self._opening_of_next_working_day(here.date())
        days, rest = divmod(hours, 24)
        day = self.add_working_days(start.date(), days)
        due = datetime.combine(day, start.timetz().replace(tzinfo=None), COPENHAGEN)
        due = self._add_hours_on_working_days(due, rest)
        text = (
            f"Modtaget {moment_in_words(received)}. {hours} timer, hvor kun arbejdsdage tæller: {moment_in_words(due)}."
        )
        return Deadline(due.astimezone(UTC), "first_answer", text + self._skipped(here.date(), due.date()))

    def answer_due(self, received: datetime, waits: Iterable[Waiting] = ()) -> Deadline:
        """Return when the answer with content is due: at closing time on the fifth working day after receipt.

        Source: promises S03 and A7 (answer with contact person within 5 working days). Working days that began while the
        office waited for the business (`waits`) are not counted, where office.yml lets this clock pause.
        """
        return self._working_days_due(received, self.office.promises.answer_working_days, "answer", waits)

    def screening_due(self, received: datetime, waits: Iterable[Waiting] = ()) -> Deadline:
        """Return when the screening is due: material complete, contact person, expected time (promise C01)."""
        return self._working_days_due(received, self.office.promises.screening_working_days, "screening", waits)

    def _working_days_due(self, received: datetime, count: int, rule: str, waits: Iterable[Waiting]) -> Deadline:
        first = local(received).date()
        pauses = rule in self.office.promises.pauses
        waited = {day for wait in waits for day in wait.days() if self.is_working_day(day)} if pauses else set()
        last = self.add_working_days(first, count, without=waited)
        due = self.closing_time(last)
        text = f"Modtaget {moment_in_words(received)}. {count} arbejdsdage efter: {moment_in_words(due)}."
        return Deadline(due.astimezone(UTC), rule, text + self._skipped(first, last) + _paused(waited, last))

    def back_on(self, person: Person, day: date) -> date:
        """Return the first working day from `day` (local) on which the person is not away."""
        while (absence := person.absence_on(day)) or not self.is_working_day(day):
            day = (absence.last if absence else day) + timedelta(days=1)
        return day

    def opening_time(self, day: date) -> datetime:
        """Return the local moment the office opens on the working day `day`."""
        periods = self.periods(day)
        return periods[0][0] if periods else _at(day, time(8))

    def closing_time(self, day: date) -> datetime:
        """Return the local moment the office closes on the working day `day`."""
        periods = self.periods(day)
        return periods[-1][1] if periods else _at(day, time(16))

    def _opening_of_next_working_day(self, day: date) -> datetime:
        return self.opening_time(self.add_working_days(day, 1))

    def _add_hours_on_working_days(self, moment: datetime, hours: int) -> datetime:
        later = moment + timedelta(hours=hours)
        if later.date() == moment.date() or self.is_working_day(later.date()):
            return later
        day = self.add_working_days(later.date(), 1)
        return datetime.combine(day, later.time(), COPENHAGEN)

    def _skipped(self, first: date, last: date) -> str:
        days = [first + timedelta(days=n) for n in range(1, (last - first).days)]
        closed = [
            f"{day_in_words(d)} ({reason})" for d in days if (reason := self.closed_because(d)) and d.weekday() < 5
        ]
        return f" Tæller ikke med: weekender samt {listed(closed)}." if closed else ""


def _paused(waited: Collection[date], last: date) -> str:
    days = [day_in_words(day) for day in sorted(waited) if day <= last]
    return f" Vi ventede på svar fra jer {listed(days)}, og det tæller ikke med." if days else ""


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, COPENHAGEN)


@lru_cache
def _holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DK", years=year, language="da"))
