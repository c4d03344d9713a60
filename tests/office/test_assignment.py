"""One contact person for every inquiry, chosen and explained; never nobody (promises S06, S11)."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge import load
from knowledge.model import Absence, Knowledge, Person
from office.assignment import assign

TUESDAY = date(2026, 11, 24)


def person(name: str, areas: tuple[str, ...], **more) -> Person:
    return Person(name, name.title(), "Sagsbehandler", areas, f"{name}@lindhavn.example", "00 00 00 00", 5, **more)


def office_of(*people: Person) -> Knowledge:
    knowledge = load()
    coordinator = person(knowledge.office.coordinator, ("erhvervsservice",))
    return replace(knowledge, people={p.id: p for p in (*people, coordinator)})


def away(substitute: str | None = None) -> tuple[Absence, ...]:
    return (Absence(date(2026, 11, 20), date(2026, 11, 30), "ferie", substitute),)


def test_the_least_loaded_of_the_leading_area_takes_it():
    knowledge = office_of(person("ane", ("byggesag",)), person("bo", ("byggesag",)), person("cia", ("plan",)))
    assert assign(["byggesag", "plan"], knowledge, {"ane": 3, "bo": 1}, TUESDAY).person == "bo"


def test_the_same_company_keeps_its_person_even_with_a_full_desk():
    knowledge = office_of(person("ane", ("byggesag",)), person("bo", ("byggesag",)))
    assert assign(["byggesag"], knowledge, {"ane": 9}, TUESDAY, previous="ane").person == "ane"


def test_nobody_who_is_away_gets_a_case():
    knowledge = office_of(person("ane", ("byggesag",), absences=away()), person("bo", ("byggesag",)))
    assert assign(["byggesag"], knowledge, {"bo": 4}, TUESDAY, previous="ane").person == "bo"


def test_the_substitute_steps_in():
    knowledge = office_of(person("ane", ("byggesag",), absences=away("cia")), person("cia", ("plan",)))
    chosen = assign(["byggesag"], knowledge, {}, TUESDAY)
    assert chosen.person == "cia"
    assert "stedfortræder for Ane" in chosen.reason


def test_when_the_leading_area_is_full_the_next_area_takes_it():
    knowledge = office_of(person("ane", ("byggesag",)), person("cia", ("plan",)))
    assert assign(["byggesag", "plan"], knowledge, {"ane": 5}, TUESDAY).person == "cia"


def test_the_duty_person_is_the_last_but_one_resort():
    knowledge = office_of(person("ane", ("byggesag",)), person("vagt", ("miljoe",), duty=("tuesday",)))
    assert assign(["byggesag"], knowledge, {"ane": 5}, TUESDAY).person == "vagt"


def test_the_coordinator_is_the_last_resort():
    knowledge = office_of(person("ane", ("byggesag",), absences=away()))
    assert assign(["byggesag"], knowledge, {}, TUESDAY).person == knowledge.office.coordinator


def office_without_coordinator(*people: Person) -> Knowledge:
    knowledge = office_of(*people)
    coordinator = replace(knowledge.people[knowledge.office.coordinator], absences=away())
    return replace(knowledge, people={**knowledge.people, coordinator.id: coordinator})


@pytest.mark.parametrize(("ane_has", "takes_it"), [(5, "ane"), (9, "bo")])
def test_with_duty_and_coordinator_away_who_has_least_takes_it_and_of_equals_the_one_in_the_area(ane_has, takes_it):
    ane, bo, cia = person("ane", ("byggesag",)), person("bo", ("plan",)), person("cia", ("byggesag",), absences=away())
    chosen = assign(["byggesag"], office_without_coordinator(ane, bo, cia), {"ane": ane_has, "bo": 5}, TUESDAY)
    assert chosen.person == takes_it
    assert "har færrest sager i forhold til sin plads" in chosen.reason


def test_when_the_whole_office_is_full_nobody_gets_all_of_what_comes():
    people = [person("ane", ("byggesag",)), person("bo", ("plan",)), person("vagt", ("miljoe",), duty=("tuesday",))]
    knowledge = office_of(*people)
    loads = dict.fromkeys(knowledge.people, 5)
    for _ in range(20):
        loads[assign(["byggesag"], knowledge, loads, TUESDAY).person] += 1
    assert set(loads.values()) == {10}


def test_with_everybody_away_the_case_still_has_somebody():
    knowledge = office_without_coordinator(person("ane", ("byggesag",), absences=away()))
    assert assign(["byggesag"], knowledge, {}, TUESDAY).person == knowledge.office.coordinator


@pytest.mark.parametrize("area", [a.id for a in load().areas.values()])
def test_in_the_real_office_every_area_has_somebody_every_day(area):
    knowledge = load()
    for day in (TUESDAY, date(2026, 12, 23), date(2026, 12, 30), date(2026, 11, 28)):
        assert assign([area], knowledge, {}, day).person in knowledge.people
