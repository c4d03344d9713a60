"""The plan: usual course first, versions kept, the business told when the expected day changes (promises S04, A6)."""

from dataclasses import replace
from datetime import date

import pytest

from office.answer import content_of_answer
from office.errors import NotAllowed
from office.history import NothingToRecord
from office.plans import Plan, in_danish, plan_of, plan_versions, save_plan

READY, LATER = date(2027, 2, 1), date(2027, 3, 1)


async def current(cases, ticket):
    async with cases.database.reading() as uow:
        return await plan_of(uow, ticket)


async def save(cases, ticket, plan, why=None):
    async def command(uow, _knowledge, stored, now):
        await save_plan(uow, stored, plan, "mette", now, why)

    return await cases.do(command, ticket)


async def test_a_case_begins_with_the_usual_course_of_its_type(cases):
    plan = await current(cases, await cases.open("udvidelse-produktionshal"))
    course = cases.knowledge.cases["udvidelse-produktionshal"].course
    assert (plan.steps, plan.permits, plan.cost) == (course.steps, course.permits, course.cost)
    assert plan.lacks() == []


async def test_what_nobody_can_know_beforehand_is_left_open(cases):
    assert (await current(cases, await cases.open("andet"))).lacks() == ["tilladelser"]
    assert (await current(cases, await cases.open(None))).lacks() == ["tilladelser", "forløb", "tid", "pris"]


async def test_the_first_expected_day_is_told_to_the_business(cases):
    ticket = await cases.open()
    await save(cases, ticket, replace(await current(cases, ticket), expected=READY))
    assert await cases.told(ticket) == ["Vi venter, at din sag er klar mandag den 1. februar 2027."]


async def test_another_expected_day_is_told_with_the_reason_and_the_old_version_is_kept(cases):
    ticket = await cases.open()
    plan = replace(await current(cases, ticket), expected=READY)
    await save(cases, ticket, plan)
    await save(cases, ticket, replace(plan, expected=LATER), "Høringen tager længere tid.")
    assert (await cases.told(ticket))[-1] == (
        "Tidsplanen for din sag er ændret. Vi venter nu, at den er klar mandag den 1. marts 2027; før var det mandag den "
        "1. februar 2027. Grunden: Høringen tager længere tid."
    )
    async with cases.database.reading() as uow:
        versions = await plan_versions(uow, ticket)
    assert [(v.number, v.expected, v.made_by) for v in versions] == [
        (1, None, "system"),
        (2, READY, "mette"),
        (3, LATER, "mette"),
    ]
    assert [row.why for row in await cases.history(ticket, "planned")] == [None, "Høringen tager længere tid."]


async def test_a_change_of_the_expected_day_needs_a_reason(cases):
    ticket = await cases.open()
    await save(cases, ticket, Plan(expected=READY))
    with pytest.raises(NotAllowed, match="Skriv hvorfor"):
        await save(cases, ticket, Plan(expected=LATER))
    with pytest.raises(NotAllowed, match="ikke fjernes"):
        await save(cases, ticket, Plan(), "Ved ikke")
    with pytest.raises(NotAllowed, match="allerede gået"):
        await save(cases, ticket, Plan(expected=date(2026, 11, 20)), "Tastefejl")


async def test_a_change_of_steps_alone_is_not_sent_to_the_business(cases):
    ticket = await cases.open()
    await save(cases, ticket, replace(await current(cases, ticket), steps=("Startmøde", "Ansøgning")))
    assert await cases.told(ticket) == []


async def test_the_same_plan_again_is_not_a_change(cases):
    ticket = await cases.open()
    with pytest.raises(NothingToRecord):
        await save(cases, ticket, await current(cases, ticket))


async def test_an_english_case_is_told_in_english(cases):
    ticket = await cases.open(language="en")
    await save(cases, ticket, replace(await current(cases, ticket), expected=READY))
    assert await cases.told(ticket) == ["We expect your case to be ready on Monday 1 February 2027."]


@pytest.mark.parametrize(("language", "told"), [("da", False), ("en", True)])
async def test_a_business_that_reads_english_is_told_what_is_in_danish(cases, language, told):
    ticket = await cases.open("mindre-byggeri-og-ombygning", language=language)
    ticket = await save(cases, ticket, replace(await current(cases, ticket), time="In March", cost="DKK 650 an hour"))
    ticket = await cases.reply(ticket, "Here it is.", answers_case=True)
    assert ("explains it in English" in (await cases.told(ticket))[-1]) is told


async def test_a_plan_in_other_words_than_the_usual_ones_is_not_called_danish(cases):
    ticket = await cases.open("anvendelse-af-adresse", language="en")
    case = cases.knowledge.cases["anvendelse-af-adresse"]
    assert in_danish(await current(cases, ticket), case)
    assert not in_danish(Plan(("We look at it",), (), "In March", None, "DKK 650 an hour"), case)
    assert not in_danish(Plan(), None)


async def test_no_permits_needed_is_an_answer_and_not_looked_into_is_none(cases):
    ticket = await cases.open()
    plan = Plan(("Vi ringer",), (), "En uge.", None, "Gratis.")
    assert "Du skal ikke bruge nogen" in content_of_answer(ticket, plan, cases.knowledge)
    with pytest.raises(NotAllowed, match="noget om tilladelser"):
        content_of_answer(ticket, replace(plan, permits=None), cases.knowledge)


async def test_a_cpr_number_in_a_plan_is_masked(cases):
    ticket = await cases.open()
    await save(cases, ticket, Plan(steps=("Ring til 010190-1234",), cost="010190-1234"))
    assert "1234" not in str(await current(cases, ticket))
