"""The simulated businesses: when they come during the year, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from random import Random

from indgang.simulation.force import weight_of
from indgang.simulation.period import Period, moment
from knowledge.model import CaseType, Knowledge
from office.calendar import WorkCalendar
from office.intake import Facts

# Before the season (March to May) and before the year ends many come, in July few.
_MONTHS = (0.95, 1.0, 1.3, 1.35, 1.15, 0.9, 0.5, 1.0, 1.1, 1.1, 1.3, 1.15)
_CLOSED_DAY = 0.25
# From midnight to midnight, hour by hour: most in working hours, many in the evening, some at night.
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 20, 30, 30, 25, 20, 25, 25, 20, 15, 10, 10, 14, 15, 12, 7, 3)
_CHANNELS = {"chat": 70, "form": 15, "phone": 15}
_SAME_BUSINESS = 0.06
_LEAVES = 0.05
_RECENT = 200


@dataclass(frozen=True)
class Arrival:
    """An inquiry at a moment (UTC). One who `leaves` in the middle is taken in by the sweeper."""

    at: datetime
    case: CaseType
    text: str
    facts: Facts
    channel: str
    language: str
    leaves: bool


def arrivals(knowledge: Knowledge, count: int, period: Period, rng: Random) -> list[Arrival]:
    """Return `count` inquiries spread over the period, the first to come first."""
    moments = _moments(WorkCalendar(knowledge.office), count, period, rng)
    types = list(knowledge.cases.values())
    cases = rng.choices(types, [weight_of(case.level) for case in types], k=count)
    found: list[Arrival] = []
    for number, (at, case) in enumerate(zip(moments, cases, strict=True), start=1):
        facts = _known_business(found, rng) or _new_business(number, rng)
        language = "en" if rng.random() < 0.1 else "da"
        text = Random(number).choice(case.messages[language])  # apart: a new example line leaves the year as it was
        leaves = rng.random() < _LEAVES
        channel = "chat" if leaves else rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        found.append(Arrival(at, case, text, facts, channel, language, leaves))
    return found


def _moments(calendar: WorkCalendar, count: int, period: Period, rng: Random) -> list[datetime]:
    days = period.days()
    weights = [_MONTHS[day.month - 1] * (1 if calendar.is_working_day(day) else _CLOSED_DAY) for day in days]
    chosen = rng.choices(days, weights, k=count)
    return sorted(moment(day, _clock(rng)) for day in chosen)


def _clock(rng: Random) -> time:
    return time(rng.choices(range(24), _HOURS)[0], rng.randrange(60), rng.randrange(60))


def _known_business(before: Sequence[Arrival], rng: Random) -> Facts | None:
    """Return one of the businesses that came lately, for some of the inquiries: it may have an open case still."""
    return rng.choice(before[-_RECENT:]).facts if before and rng.random() < _SAME_BUSINESS else None


def _new_business(number: int, rng: Random) -> Facts:
    mail = f"firma-{number}@simuleret.example"
    reached = {"email": mail} if rng.random() < 0.7 else {"phone": f"00{number:06}"}
    return Facts(
        company=f"Firma {number} ApS", contact_name="Ejer Opdigtet", address=f"Opdigtet Vej {number}", **reached
    )
