"""The simulated task force: who works with what, how much each can hold, and when they are away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from indgang.simulation.period import Period
from knowledge.model import WEEKDAYS, Absence, Knowledge, Person
from office.calendar import WorkCalendar

COORDINATOR = "medarbejder-01"
# A case takes up a place for about so many working days; capacity leaves a quarter free beside that, so peaks fill it.
_DAYS_OPEN = 13
_SPARE = 1.25
_RARE = 0.2  # areas that no case type begins with have somebody too
_WEIGHTS = {"medium": 3, "complex": 1}
_FALLS_ILL = 5 / 365  # on any day


@dataclass(frozen=True)
class Away:
    """Days away of one person that the desk is told of on `told`: weeks ahead for holidays, on the very day when ill.

    `back_after` is set when somebody is back earlier than was said: the number of days they were away.
    """

    person: str
    absence: Absence
    told: date
    back_after: int | None = None


def weight_of(level: str) -> int:
    """Return how often case types of this level come, against each other."""
    return _WEIGHTS[level]


def with_task_force(knowledge: Knowledge, count: int, cases: int, period: Period, rng: Random) -> Knowledge:
    """Return the knowledge with `count` invented people (at least five) in place of people.yml.

    Areas are spread by what the case types ask for, capacity fits `cases` in the period, and summer holidays stand where editors
    write them: in the people's own absences.
    """
    working_days = len(period.working_days(WorkCalendar(knowledge.office)))
    fair = math.ceil(cases / working_days * _DAYS_OPEN * _SPARE / count)
    people = [
        Person(
            id=f"medarbejder-{number:02}",
            name=f"Medarbejder {number:02}",
            title="Opdigtet medarbejder",
            areas=areas,
            email=f"medarbejder-{number:02}@simuleret.example",
            phone=f"00 00 00 {number:02}",
            capacity=max(2, round(fair * rng.uniform(0.8, 1.2))),
            duty=(WEEKDAYS[number - 1],) if number <= 5 else (),
        )
        for number, areas in enumerate(_areas(_demand(knowledge), count), start=1)
    ]
    people = [replace(p, absences=(_summer(p, people, period.first.year, rng),)) for p in people]
    office = replace(knowledge.office, coordinator=COORDINATOR)
    return replace(knowledge, people={p.id: p for p in people}, office=office)


def absences(people: Sequence[Person], period: Period, rng: Random) -> list[Away]:
    """Return what the desk is told during the period: short holidays, leave and illness."""
    year = period.first.year
    found = [away for person in people for away in _short_holidays(person, people, year, rng)]
    found += [away for person in people for away in _illness(person, people, period, rng)]
    on_leave = rng.choice(people[1:])
    first = date(year, 1, 8) + timedelta(days=rng.randrange(280))
    found.append(_away(on_leave, first, 60, _colleague(on_leave, people, rng), told=14))
    return [
        replace(away, told=max(away.told, period.first))
        for away in found
        if period.first <= away.absence.first < period.end
    ]


def _demand(knowledge: Knowledge) -> Mapping[str, float]:
    """Return how many cases begin in each of the municipality's areas, against each other."""
    demand: Counter[str] = Counter()
    for case in knowledge.cases.values():
        demand[case.areas[0]] += _WEIGHTS[case.level]
    return {area.id: demand[area.id] or _RARE for area in knowledge.areas.values() if not area.state}


def _areas(demand: Mapping[str, float], count: int) -> list[tuple[str, str]]:
    """Return main and second area of each of `count` people; the one most cases wait for is taken next (D'Hondt)."""
    taken: Counter[str] = Counter()

    def take(without: str | None = None) -> str:
        area = max((a for a in demand if a != without), key=lambda a: (demand[a] / (taken[a] + 1), a))
        taken[area] += 1
        return area

    mains = [take() for _ in range(count)]
    return [(main, take(without=main)) for main in mains]


def _summer(person: Person, people: Sequence[Person], year: int, rng: Random) -> Absence:
    monday = date.fromisocalendar(year, rng.randint(27, 31), 1)
    return Absence(monday, monday + timedelta(days=20), "ferie", _colleague(person, people, rng, chance=0.7))


def _short_holidays(person: Person, people: Sequence[Person], year: int, rng: Random) -> Iterator[Away]:
    for week, chance in ((7, 0.4), (42, 0.5), (51, 0.4)):
        if rng.random() < chance:
            monday = date.fromisocalendar(year, week, 1)
            yield _away(person, monday, 7, _colleague(person, people, rng, chance=0.6), told=21)


def _illness(person: Person, people: Sequence[Person], period: Period, rng: Random) -> Iterator[Away]:
    """Mostly one to four days, said in the morning, without anybody named to step in; some are back a day earlier."""
    for first in (day for day in period.days() if rng.random() < _FALLS_ILL):
        days = rng.choices((1, 2, 3, 4, 15), (40, 30, 15, 12, 3))[0]
        back_after = days - 1 if days > 2 and rng.random() < 0.3 else None
        yield _away(person, first, days, _colleague(person, people, rng, chance=0.1), told=0, back_after=back_after)


def _away(
    person: Person, first: date, days: int, substitute: str | None, told: int, back_after: int | None = None
) -> Away:
    absence = Absence(first, first + timedelta(days=days - 1), "fravær", substitute)
    return Away(person.id, absence, first - timedelta(days=told), back_after)


def _colleague(person: Person, people: Sequence[Person], rng: Random, chance: float = 1.0) -> str | None:
    """Return somebody who shares an area, so may be named as substitute; None as often as nobody is named."""
    sharing = [p.id for p in people if p.id != person.id and set(p.areas) & set(person.areas)]
    return rng.choice(sharing) if sharing and rng.random() < chance else None
