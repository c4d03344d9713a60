"""The office's working calendar and the deadlines counted by it, each with its explanation.

Working days are Monday to Friday except public holidays and the closing days in office.yml (domain: store bededag
is no holiday from 2024 on; 5 June, 24 and 31 December are closing days only where the office says so).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from knowledge.model import WEEKDAYS, Office
from office.clock import COPENHAGEN, local
from office.words import day_in_words, listed, moment_in_words

_WEEKEND = {5: "lørdag", 6: "søndag"}


@dataclass(frozen=True)
class Deadline:
    """A moment (UTC) something is due, the rule that set it, and in Danish how it was counted."""

    due: datetime
    rule: str
    explanation: str


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

    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`; the day itself is not counted."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
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
        for offset in range(60):
            for start, _ in self.periods(here.date() + timedelta(days=offset)):
                if start > here:
                    return start.astimezone(UTC)
        raise ValueError("the office has no opening hours in the next 60 days")

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

    def answer_due(self, received: datetime) -> Deadline:
        """Return when the answer with content is due: at closing time on the fifth working day after receipt.

        Source: promises S03 and A7 (answer with contact person within 5 working days).
        """
        return self._working_days_due(received, self.office.promises.answer_working_days, "answer")

    def screening_due(self, received: datetime) -> Deadline:
        """Return when the screening is due: material complete, contact person, expected time (promise C01)."""
        return self._working_days_due(received, self.office.promises.screening_working_days, "screening")

    def _working_days_due(self, received: datetime, count: int, rule: str) -> Deadline:
        here = local(received)
        day = self.add_working_days(here.date(), count)
        periods = self.periods(day)
        due = periods[-1][1] if periods else _at(day, time(16))
        text = f"Modtaget {moment_in_words(received)}. {count} arbejdsdage efter: {moment_in_words(due)}."
        return Deadline(due.astimezone(UTC), rule, text + self._skipped(here.date(), day))

    def _opening_of_next_working_day(self, day: date) -> datetime:
        following = self.add_working_days(day, 1)
        periods = self.periods(following)
        return periods[0][0] if periods else _at(following, time(8))

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


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, COPENHAGEN)


@lru_cache
def _holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("DK", years=year, language="da"))
