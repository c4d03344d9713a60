"""Absences and duty set at the desk are merged with people.yml, and checked (promise S11)."""

from datetime import date

import pytest

from knowledge.model import Absence
from office.assignment import on_duty
from office.errors import NotAllowed
from office.people import absences_set, end_absence, set_absence, set_duty, task_force

TODAY = date(2026, 11, 24)


async def away(cases, person="anker-tranehede", first=TODAY, last=date(2026, 11, 27), substitute=None):
    async def command(uow, knowledge, now):
        await set_absence(uow, knowledge, person, Absence(first, last, "", substitute), "mette", now)

    await cases.run(command)


async def force(cases, day=TODAY):
    async with cases.database.reading() as uow:
        return await task_force(uow, cases.knowledge, day)


async def test_an_absence_set_at_the_desk_counts_beside_those_of_the_editors(cases):
    await away(cases, "nanna-pilebjerg")
    nanna = (await force(cases)).people["nanna-pilebjerg"]
    assert nanna.absence_on(TODAY)
    assert nanna.absence_on(date(2026, 12, 20))  # from people.yml
    assert not nanna.absence_on(date(2026, 12, 1))


async def test_nobody_away_gets_a_new_case(cases):
    for person in ("anker-tranehede", "nanna-pilebjerg"):
        await away(cases, person)
    for _ in range(5):
        assert (await cases.open("mindre-byggeri-og-ombygning")).contact_person not in (
            "anker-tranehede",
            "nanna-pilebjerg",
        )


async def test_an_absence_taken_away_is_over_at_once(cases):
    await away(cases)
    async with cases.database.writing() as uow:
        (entry,) = await absences_set(uow, TODAY)
        await end_absence(uow, entry.id, "mette", cases.now)
        await uow.commit()
    assert not (await force(cases)).people["anker-tranehede"].absence_on(TODAY)


async def test_why_somebody_is_away_is_not_kept(cases):
    await away(cases)
    async with cases.database.reading() as uow:
        (entry,) = await absences_set(uow, TODAY)
    assert not hasattr(entry, "reason")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"person": "ukendt"}, "findes ikke"),
        ({"last": date(2026, 11, 23)}, "slutte i dag eller senere"),
        ({"first": date(2026, 12, 2), "last": date(2026, 12, 1)}, "ikke før det begynder"),
        ({"substitute": "anker-tranehede"}, "sin egen afløser"),
        ({"substitute": "lone-sivkrog"}, "intet fagområde til fælles"),
    ],
)
async def test_an_absence_that_cannot_be_right_is_refused_in_danish(cases, changes, words):
    with pytest.raises(NotAllowed, match=words):
        await away(cases, **changes)


async def duty(cases, day, person):
    async def command(uow, knowledge, now):
        await set_duty(uow, knowledge, day, person, "mette", now)

    await cases.run(command)


async def test_duty_set_for_a_day_goes_before_the_weekday_and_only_that_day(cases):
    usual = on_duty(cases.knowledge, TODAY).id
    await duty(cases, TODAY, "bertil-vejsande")
    await duty(cases, TODAY, "gorm-stenklit")
    assert on_duty(await force(cases), TODAY).id == "gorm-stenklit"
    assert on_duty(await force(cases), date(2026, 12, 1)).id == usual


async def test_nobody_is_put_on_duty_while_away(cases):
    with pytest.raises(NotAllowed, match="fraværende den dag"):
        await duty(cases, date(2026, 12, 22), "jeppe-klitvang")
