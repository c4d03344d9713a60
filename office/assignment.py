"""Who becomes contact person: pure functions of areas, absence, load and history, explained in Danish.

Source: promise S06 (one contact person per inquiry from start to end), S11 (also in sickness and holidays).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    without: str | None = None,
) -> Assignment:
    """Return the contact person for a case that needs `areas` (lead first) on `day` (local date).

    `loads` maps a person's id to open cases now; `previous` is the contact person the same company already has; `without`
    is somebody who gave the case back. There is always one: the last resorts are the duty
    person, the coordinator, and whoever at work has least on the desk.
    """
    known = knowledge.people.get(previous) if previous else None
    if known and known.id != without and not known.absence_on(day):
        return Assignment(known.id, f"{known.name} er i forvejen jeres kontaktperson.")
    areas = list(areas)
    candidates = [p for p in knowledge.people.values() if p.id != without]
    for area in areas:
        competent = [p for p in candidates if area in p.areas]
        chosen = _least_loaded(area, competent, knowledge, loads, day) or _stand_in(competent, knowledge, loads, day)
        if chosen:
            return chosen
    return _last_resort(areas, candidates, knowledge, loads, day)


def substitute_for(
    person: Person, areas: Iterable[str], knowledge: Knowledge, loads: Mapping[str, int], day: date
) -> Assignment:
    """Return who takes a case while `person` is away on `day`: the substitute with room, else as for a new case."""
    chosen = _stand_in([person], knowledge, loads, day)
    return chosen or assign(areas, knowledge, loads, day, without=person.id)


def acting_coordinator(knowledge: Knowledge, day: date) -> Person:
    """Return who coordinates on `day`: the coordinator, or the substitute while the coordinator is away."""
    coordinator = knowledge.people[knowledge.office.coordinator]
    absence = coordinator.absence_on(day)
    substitute = knowledge.people.get(absence.substitute or "") if absence else None
    return substitute if substitute and not substitute.absence_on(day) else coordinator


def on_duty(knowledge: Knowledge, day: date) -> Person | None:
    """Return the duty person of `day`: as set for the very day at the desk, else by weekday; None when all are away."""
    people = [p for p in knowledge.people.values() if not p.absence_on(day)]
    by_day = next((p for p in people if day in p.duty_days), None)
    return by_day or next((p for p in people if WEEKDAYS[day.weekday()] in p.duty), None)


def _least_loaded(
    area: str, competent: Iterable[Person], knowledge: Knowledge, loads: Mapping[str, int], day: date
) -> Assignment | None:
    with_room = [p for p in competent if not p.absence_on(day) and _has_room(p, loads)]
    if not with_room:
        return None
    person = min(with_room, key=lambda p: _order(p, area, loads))
    title = knowledge.areas[area].title.lower() if area in knowledge.areas else area
    open_cases = loads.get(person.id, 0)
    return Assignment(
        person.id,
        f"{person.name} arbejder med {title}, er på arbejde og har plads ({open_cases} af {person.capacity} sager).",
    )


def _stand_in(people: Iterable[Person], knowledge: Knowledge, loads: Mapping[str, int], day: date) -> Assignment | None:
    for away in people:
        absence = away.absence_on(day)
        substitute = knowledge.people.get(absence.substitute or "") if absence else None
        if substitute and not substitute.absence_on(day) and _has_room(substitute, loads):
            return Assignment(substitute.id, f"{substitute.name} er stedfortræder for {away.name}, der er fraværende.")
    return None


def _has_room(person: Person, loads: Mapping[str, int]) -> bool:
    return loads.get(person.id, 0) < person.capacity


def _order(person: Person, area: str, loads: Mapping[str, int]) -> tuple[float, int, str]:
    """Lowest share of capacity first; then the one whose main competence it is; then by id, so it is repeatable."""
    return loads.get(person.id, 0) / person.capacity, person.areas.index(area), person.id


def _last_resort(
    areas: Iterable[str], candidates: Sequence[Person], knowledge: Knowledge, loads: Mapping[str, int], day: date
) -> Assignment:
    """Return the duty person or the acting coordinator while they have room, else who at work has least on the desk.

    A case never lies with somebody away, and when the whole office is full nobody gets all of what comes. With everybody away
    it is the coordinator's.
    """
    coordinator = acting_coordinator(knowledge, day)
    at_work = [person for person in candidates if not person.absence_on(day)] or [coordinator]
    for person, role in ((on_duty(knowledge, day), "dagens vagt"), (coordinator, "koordinator")):
        if person in at_work and (_has_room(person, loads) or len(at_work) == 1):
            return Assignment(person.id, f"Ingen i fagområdet har plads, så {person.name} tager sagen som {role}.")
    person = min(at_work, key=lambda p: (loads.get(p.id, 0) / p.capacity, not set(areas) & set(p.areas), p.id))
    why = (
        "Ingen i fagområdet har plads, og vagt og koordinator er optaget eller væk, så "
        f"{person.name}, der har færrest sager i forhold til sin plads, tager sagen."
    )
    return Assignment(person.id, why)
