"""Aalborg's points on process (A1 to A8, A11 to A13), one test a promise."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.check import find_problems
from office import tickets
from office.clock import local
from office.involvement import answer_involvement, involve, involvements_of
from office.plans import plan_of, save_plan
from office.reminders import watch_deadlines, watch_expected_days
from office.store.follow_up_tables import Survey
from office.survey import count

FIELDS_OF_THE_AGREEMENT = ("byggesag", "miljoe", "beredskab")
READY, LATER = date(2027, 2, 1), date(2027, 3, 1)


async def expect(cases, ticket, day, why=None):
    async def command(uow, _knowledge, stored, now):
        plan = await plan_of(uow, stored)
        await save_plan(uow, stored, replace(plan, expected=day), "mette", now, why)

    return await cases.do(command, ticket)


def test_a1_information_on_the_three_fields_and_sustainability_is_dated_and_watched(cases):
    articles = cases.knowledge.articles.values()
    for area in FIELDS_OF_THE_AGREEMENT:
        assert [a for a in articles if area in a.areas], area
    assert "baeredygtighed-cirkulaer" in cases.knowledge.articles
    assert all(a.reviewed and a.sources for a in articles)
    late = find_problems(cases.knowledge, None, max(a.review_by for a in articles) + timedelta(days=1))
    assert sum("skulle være gennemgået" in str(problem) for problem in late) == len(articles)


@pytest.mark.parametrize("article", ["byggetilladelse", "aendret-anvendelse", "lokalplan", "ledige-lokaler"])
def test_a3_answers_about_projects_offer_to_book_a_talk_beforehand(cases, article):
    booking = cases.knowledge.office.local["forhaandsdialog_booking"].url
    assert booking in [link.url for link in cases.knowledge.articles[article].links]


async def test_a4_sparring_about_sustainability_is_offered_with_the_answer_and_its_level_recorded(cases):
    async def agree(uow, _knowledge, ticket, now):
        await tickets.change(uow, ticket, {"sustainability_level": 2}, "mette", now, "Aftalt i telefonen")

    ticket = await cases.reply(await cases.open("tilflytning-nybyggeri"), answers_case=True)
    assert "Bæredygtighed: Vi tilbyder sparring" in (await cases.told(ticket))[-1]
    ticket = await cases.do(agree, ticket)
    assert ticket.sustainability_level == 2
    assert [row.why for row in await cases.history(ticket, "changed") if row.field == "sustainability_level"] == [
        "Aftalt i telefonen"
    ]


async def test_a5_what_to_have_ready_is_on_the_case_from_the_beginning(cases):
    for case_type in cases.knowledge.cases:
        ticket = await cases.open(case_type)
        assert ticket.checklist == ticket.missing == list(cases.knowledge.cases[case_type].checklist), case_type


async def test_a6_the_estimate_is_concrete_and_a_change_is_told(cases):
    ticket = await expect(cases, await cases.open(), READY)
    await expect(cases, ticket, LATER, "Høringen tager længere tid.")
    first, changed = await cases.told(ticket)
    assert "mandag den 1. februar 2027" in first
    assert "mandag den 1. marts 2027" in changed
    assert "Høringen tager længere tid." in changed


async def test_a7_the_business_is_contacted_within_5_working_days_with_the_name_of_its_caseworker(cases):
    ticket = await cases.open()
    assert local(ticket.answer_due).date() == date(2026, 12, 1)
    ticket = await cases.reply(ticket, answers_case=True)
    assert cases.knowledge.people[ticket.contact_person].name in (await cases.told(ticket))[0]


async def test_a8_one_caseworker_coordinates_all_areas_into_one_answer_and_the_date_is_watched(cases):
    async def answer(uow, _knowledge, stored, now):
        for question in await involvements_of(uow, stored):
            await answer_involvement(uow, stored, question, "Det kan lade sig gøre.", "plan", now)

    ticket = await cases.open("udvidelse-produktionshal")
    for area in ("plan", "miljoe"):
        ticket = await cases.do(involve, ticket, area, "Hvad kræver det?", "mette")
    ticket = await cases.reply(await cases.do(answer, ticket), answers_case=True)
    assert len(await cases.told(ticket)) == 1
    late = await cases.open("udvidelse-produktionshal")
    cases.to("2026-12-02 10:00")
    await cases.run(watch_deadlines)
    assert "answer_due" in [row.field for row in await cases.history(late, "overdue")]


async def test_a8_the_day_the_business_was_told_to_expect_is_watched(cases):
    ticket = await expect(cases, await cases.open(), READY)
    cases.to(f"{READY} 09:05")
    assert [await cases.run(watch_expected_days) for _ in range(2)] == [1, 0]
    assert [row.new for row in await cases.history(ticket, "due_soon")] == [ticket.contact_person]
    cases.to(f"{READY + timedelta(days=1)} 09:05")
    assert [await cases.run(watch_expected_days) for _ in range(2)] == [1, 0]
    assert [row.new for row in await cases.history(ticket, "overdue")] == [cases.knowledge.office.coordinator]
    await expect(cases, ticket, LATER, "Høringen tager længere tid.")
    cases.to(f"{READY + timedelta(days=2)} 09:05")
    assert await cases.run(watch_expected_days) == 0


@pytest.mark.parametrize(("satisfied", "met"), [(9, False), (10, True)])
def test_a11_the_goals_are_more_than_50_percent_answers_90_satisfied_and_80_with_the_time(cases, satisfied, met):
    rules = cases.knowledge.office.survey
    assert rules.goals == {"response": 50, "service": 90, "time": 80}
    answers = [
        Survey(answered_at=cases.now, ratings={"service": 4 if n < satisfied else 3, "time": 5}) for n in range(10)
    ]
    assert count(answers, rules).goals_met(rules) == {"response": True, "service": met, "time": True}
    half = count([*answers, *(Survey() for _ in answers)], rules)
    assert half.goals_met(rules)["response"] is False


@pytest.mark.parametrize("level", [1, 2, 3])
async def test_a12_sustainability_has_three_levels(cases, level):
    async def agree(uow, _knowledge, ticket, now):
        await tickets.change(uow, ticket, {"sustainability_level": level}, "mette", now)

    assert (await cases.do(agree, await cases.open())).sustainability_level == level


async def test_a12_sustainability_has_no_fourth_level(cases):
    async def agree(uow, _knowledge, ticket, now):
        await tickets.change(uow, ticket, {"sustainability_level": 4}, "mette", now)

    with pytest.raises(ValueError, match="sustainability_level"):
        await cases.do(agree, await cases.open())


async def test_a13_deadlines_follow_the_agreement_in_force(cases):
    office = cases.knowledge.office
    shorter = replace(office, promises=replace(office.promises, answer_working_days=3))
    cases.knowledge = replace(cases.knowledge, office=shorter)
    assert local((await cases.open()).answer_due).date() == date(2026, 11, 27)
