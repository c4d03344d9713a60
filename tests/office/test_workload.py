"""Giving out cases is atomic: whatever happens at once, nobody gets more than there is room for (promise S06)."""

import asyncio
from collections import Counter
from dataclasses import replace

from office.handover import cover_absences, hand_over
from office.lifecycle import OPEN_STATUSES
from office.reminders import take_unanswered, watch_deadlines
from office.store.tables import Ticket
from tests.office.test_people import away

BUILDERS = ("anker-tranehede", "nanna-pilebjerg", "viggo-askesoe")


def with_room_for(cases, number: int) -> None:
    people = cases.knowledge.people
    small = {name: replace(people[name], capacity=number) for name in BUILDERS}
    cases.knowledge = replace(cases.knowledge, people={**people, **small})


async def holders(cases, opened) -> Counter:
    return Counter([(await cases.stored(ticket)).contact_person for ticket in opened])


async def test_cases_that_come_at_once_fill_every_place_once(cases):
    with_room_for(cases, 2)
    opened = await asyncio.gather(*(cases.open("mindre-byggeri-og-ombygning") for _ in range(6)))
    assert await holders(cases, opened) == dict.fromkeys(BUILDERS, 2)


async def test_a_case_too_many_goes_to_the_next_area_or_the_duty_person_never_over_capacity(cases):
    with_room_for(cases, 1)
    opened = await asyncio.gather(*(cases.open("mindre-byggeri-og-ombygning") for _ in range(8)))
    held = await holders(cases, opened)
    assert all(held[name] <= 1 for name in BUILDERS)
    assert held.total() == 8
    assert set(held) <= set(cases.knowledge.people)


async def test_two_sweepers_at_once_cover_an_absence_once(cases):
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    await away(cases, ticket.contact_person)
    moved = await asyncio.gather(cases.run(cover_absences), cases.run(cover_absences))
    assert sorted(len(tickets) for tickets in moved) == [0, 1]
    assert len(await cases.history(ticket, "substituted")) == 1


async def test_new_cases_and_an_absence_at_once_overload_nobody(cases):
    with_room_for(cases, 3)
    first = [await cases.open("mindre-byggeri-og-ombygning") for _ in range(3)]
    await away(cases, first[0].contact_person)
    opened = await asyncio.gather(
        *(cases.open("mindre-byggeri-og-ombygning") for _ in range(4)), cases.run(cover_absences)
    )
    held = await holders(cases, [*first, *opened[:-1]])
    assert all(held[name] <= 3 for name in BUILDERS)


async def test_a_closed_case_makes_room_again(cases):
    with_room_for(cases, 1)
    opened = [await cases.open("mindre-byggeri-og-ombygning") for _ in range(3)]
    async with cases.database.writing() as uow:
        ended = await uow.session.get_one(Ticket, opened[0].id)
        assert ended.status in OPEN_STATUSES
        ended.status = "closed"
        await uow.commit()
    assert (await cases.open("mindre-byggeri-og-ombygning")).contact_person == opened[0].contact_person


async def test_a_case_handed_over_counts_for_whom_it_went_to(cases):
    with_room_for(cases, 2)
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    other = next(name for name in BUILDERS if name != ticket.contact_person)
    await cases.do(hand_over, ticket, other, "mette", why="Byt")
    opened = [await cases.open("mindre-byggeri-og-ombygning") for _ in range(5)]
    assert (await holders(cases, [ticket, *opened])) == dict.fromkeys(BUILDERS, 2)


async def test_two_sweepers_at_once_remind_once_and_take_over_once(cases):
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    cases.to("2026-11-26 11:31")
    steps = (watch_deadlines, watch_deadlines, take_unanswered)
    await asyncio.gather(*(cases.run(step) for step in steps))
    assert len([r for r in await cases.history(ticket, "overdue") if r.field == "first_answer_due"]) == 1
    assert len(await cases.history(ticket, "handed_over")) == 1
