"""Who becomes contact person: a pure function of areas, absence, load and history, explained in Danish.

Source: promise S06 (one contact person per inquiry from start to end), S11 (also in sickness and holidays).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.model import WEEKDAYS, Knowledge, Person


@dataclass(frozen=True)
class Assignment:
    """The contact person's id and, in Danish, why this one."""

    person: str
    reason: str


def assign(
    areas: Iterable[str],
    knowledge: Knowledge,
    loads: Mapping[str, int],
    day: date,
    previous: str | None = None,
) -> Assignment:
    """Return the contact person for a case that needs `areas` (lead first) on `day` (local date).

    `loads` maps a person's id to open cases now; `previous` is the contact person the same company already has.
    There is always one: the last resorts are the duty person and then the coordinator.
    """
    known = knowledge.people.get(previous) if previous else None
    if known and not known.absence_on(day):
        return Assignment(known.id, f"{known.name} er i forvejen jeres kontaktperson.")
    for area in areas:
        chosen = _least_loaded(area, knowledge, loads, day)
        if chosen:
            return chosen
    return _last_resort(knowledge, day)


def _least_loaded(area: str, knowledge: Knowledge, loads: Mapping[str, int], day: date) -> Assignment | None:
    competent = [p for p in knowledge.people.values() if area in p.areas]
    title = knowledge.areas[area].title.lower() if area in knowledge.areas else area
    with_room = [p for p in competent if not p.absence_on(day) and loads.get(p.id, 0) < p.capacity]
    if with_room:
        person = min(with_room, key=lambda p: _order(p, area, loads))
        open_cases = loads.get(person.id, 0)
        return Assignment(
            person.id,
            f"{person.name} arbejder med {title}, er på arbejde og har plads ({open_cases} af {person.capacity} sager).",
        )
    for away in competent:
        absence = away.absence_on(day)
        substitute = knowledge.people.get(absence.substitute or "") if absence else None
        if substitute and not substitute.absence_on(day) and loads.get(substitute.id, 0) < substitute.capacity:
            return Assignment(substitute.id, f"{substitute.name} er stedfortræder for {away.name}, der er fraværende.")
    return None


def _order(person: Person, area: str, loads: Mapping[str, int]) -> tuple[float, int, str]:
    """Lowest share of capacity first; then the one whose main competence it is; then by id, so it is repeatable."""
    return loads.get(person.id, 0) / person.capacity, person.areas.index(area), person.id


def _last_resort(knowledge: Knowledge, day: date) -> Assignment:
    weekday = WEEKDAYS[day.weekday()]
    for person in knowledge.people.values():
        if weekday in person.duty and not person.absence_on(day):
            return Assignment(person.id, f"Ingen i fagområdet har plads, så {person.name} tager sagen som dagens vagt.")
    coordinator = knowledge.people[knowledge.office.coordinator]
    absence = coordinator.absence_on(day)
    substitute = knowledge.people.get(absence.substitute or "") if absence else None
    person = substitute or coordinator
    return Assignment(person.id, f"Ingen i fagområdet har plads, så {person.name} tager sagen som koordinator.")
