"""Satisfaction: asked once a closed case, credited to who had it then, and counted strictly (promises A9, A11)."""

from datetime import date

import pytest
from sqlalchemy import select

from knowledge.model import Scale, SurveyRules
from office import closing, survey
from office.errors import NotAllowed
from office.store.follow_up_tables import Survey
from office.store.tables import Outbox, Ticket
from office.survey import Share, by_month, count
from tests.office.case_work import at

RULES = SurveyRules(
    {name: Scale(name, name) for name in ("service", "time")}, {"response": 50, "service": 90, "time": 80}
)
NOVEMBER, DECEMBER = at("2026-11-30T23:30"), at("2026-12-01T00:30")


async def close(cases, ticket):
    ticket = await cases.reply(ticket, answers_case=False)
    async with cases.database.writing() as uow:
        stored = await uow.session.get_one(Ticket, ticket.id)
        stored.status, stored.answered_at, stored.needs_no_more_at = "answered", cases.now, cases.now
        await closing.close(uow, cases.knowledge, stored, "helped", "mette", cases.now)
        await uow.commit()
    return stored


async def answer(cases, ticket, comment="", **ratings):
    async with cases.database.writing() as uow:
        stored = await uow.session.get_one(Ticket, ticket.id)
        await survey.answer_survey(uow, cases.knowledge.office.survey, stored, ratings, comment, cases.now)
        await uow.commit()


async def stored(cases):
    async with cases.database.reading() as uow:
        return list(await uow.session.scalars(select(Survey)))


def answered(service, time, closed_at=NOVEMBER):
    return Survey(closed_at=closed_at, answered_at=closed_at, ratings={"service": service, "time": time})


def silent(closed_at=NOVEMBER):
    return Survey(closed_at=closed_at)


async def test_every_closed_case_is_asked_with_the_contact_person_of_then(cases):
    ticket = await close(cases, await cases.open())
    async with cases.database.writing() as uow:
        (await uow.session.get_one(Ticket, ticket.id)).contact_person = "somebody-else"
        await uow.commit()
    (asked,) = await stored(cases)
    assert (asked.contact_person, asked.closed_at) == (ticket.contact_person, cases.now)


async def test_a_withdrawn_case_is_not_asked(cases):
    await cases.do(closing.withdraw, await cases.open(), "virksomheden")
    assert await stored(cases) == []


async def test_the_first_answer_stands(cases):
    ticket = await close(cases, await cases.open())
    await answer(cases, ticket, service=5, time=4)
    await answer(cases, ticket, service=1, time=1)
    (asked,) = await stored(cases)
    assert asked.ratings == {"service": 5, "time": 4}


async def test_closed_again_an_answered_case_is_not_asked_again(cases):
    ticket = await close(cases, await cases.open())
    await answer(cases, ticket, service=5, time=4)
    await close(cases, await cases.write(ticket))
    async with cases.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Outbox).where(Outbox.kind == "closed", Outbox.channel == "webhook").order_by(Outbox.id)
        )
        assert [row.facts["survey"] for row in rows] == [True, False]
    assert len(await stored(cases)) == 1


async def test_closed_again_an_unanswered_case_counts_in_its_last_month(cases):
    ticket = await close(cases, await cases.open())
    cases.forward(days=30)
    await close(cases, await cases.write(ticket))
    assert [asked.closed_at for asked in await stored(cases)] == [cases.now]


@pytest.mark.parametrize("ratings", [{}, {"service": 5}, {"service": 0, "time": 5}, {"service": 5, "time": 6}])
async def test_half_an_answer_or_one_outside_the_scale_is_refused(cases, ratings):
    ticket = await close(cases, await cases.open())
    with pytest.raises(NotAllowed):
        await answer(cases, ticket, **ratings)


async def test_a_scale_nobody_asked_about_is_refused(cases):
    ticket = await close(cases, await cases.open())
    with pytest.raises(NotAllowed):
        await answer(cases, ticket, service=5, time=5, weather=5)


async def test_before_closing_nothing_can_be_answered(cases):
    with pytest.raises(NotAllowed):
        await answer(cases, await cases.open(), service=5, time=5)


async def test_a_cpr_number_in_the_comment_is_masked(cases):
    ticket = await close(cases, await cases.open())
    await answer(cases, ticket, "jeg er 010190-1234", service=5, time=5)
    assert (await stored(cases))[0].comment == "jeg er [CPR-nummer fjernet]"


async def test_deletion_leaves_figures_about_nobody(cases):
    ticket = await close(cases, await cases.open())
    await answer(cases, ticket, "Tak, Mette", service=5, time=5)
    async with cases.database.writing() as uow:
        await survey.delete_of_ticket(uow, ticket)
        await uow.commit()
    (asked,) = await stored(cases)
    assert (asked.ticket_id, asked.contact_person, asked.comment) == (None, None, None)
    assert asked.ratings == {"service": 5, "time": 5}


def test_very_satisfied_and_satisfied_count_the_rest_does_not():
    result = count([answered(rating, 6 - rating) for rating in range(1, 6)], RULES)
    assert (result.satisfied["service"], result.satisfied["time"]) == (Share(2, 5), Share(2, 5))


def test_exactly_at_the_goal_is_not_over_it():
    assert [Share(part, 10).exceeds(50) for part in (4, 5, 6)] == [False, False, True]
    assert (Share(9, 10).exceeds(90), Share(91, 100).exceeds(90)) == (False, True)


def test_the_response_rate_counts_all_closed_cases():
    result = count([answered(5, 5), silent(), silent()], RULES)
    assert result.response == Share(1, 3)
    assert result.goals_met(RULES) == {"response": False, "service": True, "time": True}


def test_of_no_answers_nothing_is_said():
    result = count([silent()], RULES)
    assert result.satisfied["service"].percent is None
    assert result.goals_met(RULES)["service"] is None


def test_a_scale_added_later_counts_only_who_was_asked_about_it():
    rules = SurveyRules({**RULES.scales, "clarity": Scale("k", "c")}, RULES.goals)
    assert count([answered(5, 5)], rules).satisfied["clarity"] == Share(0, 0)


def test_months_are_danish_months():
    months = by_month([silent(DECEMBER), silent(NOVEMBER)], RULES)
    assert {month: result.response.whole for month, result in months.items()} == {"2026-11": 1, "2026-12": 1}
    assert list(months) == ["2026-11", "2026-12"]


async def test_a_period_includes_both_its_days(cases):
    async with cases.database.writing() as uow:
        uow.session.add_all([silent(NOVEMBER), silent(DECEMBER)])
        await uow.commit()
    async with cases.database.reading() as uow:
        found = await survey.surveys_between(uow, date(2026, 11, 30), date(2026, 11, 30))
    assert [row.closed_at for row in found] == [NOVEMBER]
