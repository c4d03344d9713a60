"""Figures as queries: what came in, what the bot answered, how the promises were kept; the seed's own table from the store."""

from datetime import UTC, datetime, timedelta

import pytest

from indgang.statistics import channel_table
from office import conversations, correspondence, survey, tickets
from office.calendar import WorkCalendar
from office.clock import COPENHAGEN
from office.intake import Facts
from office.results import RESPONSE, figures
from office.statistics import (
    Kept,
    Month,
    added_up,
    inquiries,
    month_by_month,
    open_by_phase,
    open_hours,
    outcomes,
    promises,
)
from tests.office.cases import KNOWLEDGE, chat, close_case, open_case

NOVEMBER = Month.of(2026, 11)
CALENDAR = WorkCalendar(KNOWLEDGE.office)


def at(text: str) -> datetime:
    """A Danish local time as the UTC moment it is."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC)


async def take_in(database, now, channel="phone", level="medium"):
    """A case that a caseworker took in by another channel than the chat."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now, channel)
        facts = Facts(phone="00001122")
        inquiry = tickets.Inquiry(conversation.id, "andet", facts, channel=channel)
        ticket = await tickets.open_ticket(uow, KNOWLEDGE, inquiry, now)
        if ticket.level != level:
            await tickets.change_level(uow, KNOWLEDGE, ticket, level, "bo", now, "Som den er")
        await uow.commit()
    return ticket


async def ask(database, query, *arguments):
    async with database.reading() as uow:
        return await query(uow, *arguments)


def test_a_month_begins_and_ends_at_danish_midnight():
    assert NOVEMBER.begin == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert NOVEMBER.end == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert Month.read("2026-11") == NOVEMBER
    assert Month.of(2027, 1).before(2) == NOVEMBER


@pytest.mark.parametrize("text", ["november", "2026-13", "2026", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match=r"does not match|unconverted"):
        Month.read(text)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-11-24 10:00", "2026-11-24 11:30", 1.5),
        ("2026-11-24 11:30", "2026-11-24 13:00", 1.0),  # over lunch
        ("2026-11-27 12:00", "2026-11-30 10:00", 2.0),  # over a weekend
        ("2026-12-23 15:00", "2026-12-28 09:30", 1.0),  # over Christmas
        ("2026-11-28 10:00", "2026-11-28 12:00", 0.0),
    ],
)
def test_times_are_counted_while_the_office_is_open(begin, end, hours):
    assert open_hours(CALENDAR, at(begin), at(end)) == hours


async def test_an_inquiry_is_a_case_or_a_conversation_the_bot_answered(database, now):
    await chat(database, now, "må jeg klippe hækken?")
    await chat(database, now, "hej", outcome="smalltalk")
    await open_case(database, now)
    found = await ask(database, inquiries, KNOWLEDGE, NOVEMBER)
    assert added_up(found, "channel", "level") == {("chat", "simple"): 1, ("chat", "complex"): 1}


async def test_a_conversation_that_led_to_a_case_counts_once(database, now):
    ticket = await open_case(database, now)
    async with database.writing() as uow:
        conversation = await conversations.locked(uow, ticket.conversation_id)
        message, _ = await conversations.receive(uow, conversation, "og hvad koster det?", now)
        await conversations.answer(uow, conversation, message, [], {"kind": "answer", "articles": ["haek-i-skel"]}, now)
        await uow.commit()
    assert sum(row.count for row in await ask(database, inquiries, KNOWLEDGE, NOVEMBER)) == 1


async def test_the_area_is_that_of_the_first_answer_or_of_the_case(database, now):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        for article in ("haek-i-skel", "skilte-facader"):
            message, _ = await conversations.receive(uow, conversation, "?", now)
            outcome = {"kind": "answer", "articles": [article]}
            await conversations.answer(uow, conversation, message, [], outcome, now)
        await uow.commit()
    await open_case(database, now)
    found = await ask(database, inquiries, KNOWLEDGE, NOVEMBER)
    assert added_up(found, "area") == {(KNOWLEDGE.articles["haek-i-skel"].areas[0],): 1, ("byggesag",): 1}


async def test_another_month_has_its_own_figures(database, now):
    await open_case(database, now)
    assert await ask(database, inquiries, KNOWLEDGE, NOVEMBER.before(1)) == []


async def test_what_became_of_the_messages_is_counted_by_kind(database, now):
    await chat(database, now, "hæk?")
    await chat(database, now, "skilt?")
    await chat(database, now, "???", outcome="unsure")
    assert await ask(database, outcomes, NOVEMBER) == {"answer": 2, "unsure": 1}


async def test_the_seeds_table_is_reproduced_from_the_store(database, now):
    """Seed 000, first contacts in 2011: n = 77; phone 59, e-mail 40, personal 1 %; simple 75.3, medium 19, complex 5.7 %."""
    seed = [("phone", "simple", 34), ("phone", "medium", 8), ("phone", "complex", 3)]
    seed += [("email", "simple", 23), ("email", "medium", 7), ("email", "complex", 1), ("visit", "simple", 1)]
    for channel, level, count in seed:
        for _ in range(count):
            await take_in(database, now, channel, level)
    rows = [line.split() for line in channel_table(await ask(database, inquiries, KNOWLEDGE, NOVEMBER))]
    assert rows[0] == ["Simpel", "Medium", "Kompleks", "I", "alt", "Andel"]
    assert rows[3] == ["Telefon", "34", "8", "3", "45", "58,4", "%"]
    assert rows[4] == ["E-mail", "23", "7", "1", "31", "40,3", "%"]
    assert rows[5] == ["Personligt", "1", "0", "0", "1", "1,3", "%"]
    assert rows[6] == ["I", "alt", "58", "15", "4", "77"]
    assert rows[7] == ["Andel", "75,3", "%", "19,5", "%", "5,2", "%"]


async def test_a_promise_is_kept_broken_or_still_to_come(database, now):
    answered, late = await open_case(database, now), await take_in(database, now)
    too_late = late.first_answer_due + timedelta(seconds=1)
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, late.reference)
        await correspondence.reply_to_business(uow, KNOWLEDGE, ticket, "Undskyld.", "Bo", "bo", too_late)
        await uow.commit()
    waiting = await take_in(database, now)
    before, after = waiting.first_answer_due, waiting.first_answer_due + timedelta(seconds=1)
    kept = await ask(database, promises, CALENDAR, NOVEMBER, before)
    assert (kept.first_answer, kept.first_answer.share) == (Kept(1, 1, 1), 0.5)
    assert (await ask(database, promises, CALENDAR, NOVEMBER, after)).first_answer == Kept(1, 2, 0)
    assert kept.answer == Kept(1, 0, 2)
    assert answered.answered_at is not None


async def test_times_are_medians_in_open_hours(database, now):
    for hours in (1, 2, 30):
        ticket = await take_in(database, now)
        async with database.writing() as uow:
            ticket = await tickets.by_reference(uow, ticket.reference)
            await correspondence.reply_to_business(
                uow, KNOWLEDGE, ticket, "Hej.", "Bo", "bo", now + timedelta(hours=hours)
            )
            await uow.commit()
    figures = await ask(database, promises, CALENDAR, NOVEMBER, now)
    assert figures.hours_to_first_answer == 1.5  # 10.30 to 12.30, of which half an hour is lunch
    assert figures.hours_to_close is None


async def test_every_figure_can_be_asked_for_one_area_alone(database, now):
    hall = await open_case(database, now)  # leading area: byggesag
    await take_in(database, now)
    await chat(database, now, "må jeg klippe hækken?")
    december = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    await close_case(database, (await take_in(database, december)).reference, december)
    mine, others = hall.areas[0], "erhvervsservice"
    assert mine != others
    span = Month.span(NOVEMBER, Month.of(2026, 12))
    assert await ask(database, month_by_month, KNOWLEDGE, span, mine) == {"2026-11": 1}
    assert await ask(database, month_by_month, KNOWLEDGE, span) == {"2026-11": 3, "2026-12": 1}
    assert sum((await ask(database, open_by_phase, mine)).values()) == 1
    kept = await ask(database, promises, CALENDAR, span, december, mine)
    assert kept.answered == kept.first_answer.in_time == 1
    found = await ask(database, figures, KNOWLEDGE, span, december, mine)
    assert (found.total, found.by_bot, list(found.areas)) == (1, 0, [KNOWLEDGE.areas[mine].title])
    assert (await ask(database, figures, KNOWLEDGE, span, december)).total == 4


async def test_the_satisfaction_of_one_area_is_that_of_its_cases(database, now):
    hall, other = await open_case(database, now), await take_in(database, now)
    for ticket, stars in ((hall, 5), (other, 1)):
        async with database.writing() as uow:
            stored = await tickets.by_reference(uow, ticket.reference)
            await survey.invite(uow, stored, now)
            ratings = dict.fromkeys(KNOWLEDGE.office.survey.scales, stars)
            await survey.answer_survey(uow, KNOWLEDGE.office.survey, stored, ratings, "", now)
            await uow.commit()
    found = await ask(database, figures, KNOWLEDGE, NOVEMBER, now, hall.areas[0])
    assert set(found.satisfied.values()) == {survey.Share(1, 1)}
    everybody = await ask(database, figures, KNOWLEDGE, NOVEMBER, now)
    assert everybody.satisfied[RESPONSE] == survey.Share(2, 2)


async def test_open_cases_are_counted_by_phase_and_closed_ones_are_not(database, now):
    ticket = await open_case(database, now)
    other = await take_in(database, now)
    await close_case(database, other.reference, now)
    counted = await ask(database, open_by_phase)
    assert counted == {"tiltraekning": 0, "afklaring": 0, "sagsbehandling": 0, ticket.phase: 1}
