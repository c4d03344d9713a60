"""What Odense's ErhvervsKontakten promises (S01 to S17), one test a promise. docs/promises.md is the table of them."""

from datetime import date, timedelta

import pytest

from knowledge.check import HARDEST_SUMMARY
from knowledge.model import Knowledge
from knowledge.readability import lix
from office import closing, handover, tickets
from office.assignment import assign
from office.clock import local
from office.deadlines import owed
from office.errors import NotAllowed
from office.involvement import involve
from office.plans import plan_of
from office.reminders import watch_deadlines
from office.triage import triage
from tests.office.test_people import away

CHANNELS = ("chat", "form", "phone", "e-mail", "visit")


async def plan(cases, ticket):
    async with cases.database.reading() as uow:
        return await plan_of(uow, ticket)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_s01_every_inquiry_on_every_channel_is_owed_an_answer_within_24_hours(cases, channel):
    ticket = await cases.open(None, channel=channel)
    assert ticket.first_answer_due - ticket.received_at == timedelta(hours=24)
    assert owed(ticket, cases.knowledge.office.promises)[0].what == "first_answer_due"


async def test_s02_a_simple_inquiry_is_answered_not_just_received_within_24_hours(cases):
    ticket = await cases.open()
    ticket = await cases.do(tickets.change_level, ticket, "simple", "mette", why="Står på hjemmesiden")
    assert ticket.answer_due - ticket.received_at == timedelta(hours=24)


@pytest.mark.parametrize("case_type", ["anvendelse-af-adresse", "udvidelse-produktionshal"])
async def test_s03_more_complex_matters_are_answered_within_5_working_days_and_have_a_contact_person(cases, case_type):
    ticket = await cases.open(case_type)
    assert ticket.level in ("medium", "complex")
    assert local(ticket.answer_due).date() == date(2026, 12, 1)
    assert ticket.contact_person in cases.knowledge.people


async def test_s04_the_answer_states_contact_person_permits_course_and_time_and_costs(cases):
    ticket = await cases.reply(await cases.open("udvidelse-produktionshal"), "Her er svaret.", answers_case=True)
    course, person = await plan(cases, ticket), cases.knowledge.people[ticket.contact_person]
    (words,) = await cases.told(ticket)
    assert f"Din kontaktperson: {person.name}" in words
    assert f"Tilladelser ({len(course.permits)}): {course.permits[0]}" in words
    assert f"Forløb: {course.steps[0]}" in words
    assert f"Tid: {course.time}" in words
    assert f"Pris: {course.cost}" in words
    with pytest.raises(NotAllowed, match="tilladelser, forløb, tid og pris"):
        await cases.reply(await cases.open(None), answers_case=True)


async def test_s05_a_new_business_is_also_offered_five_things(cases):
    ticket = await cases.reply(await cases.open("tilflytning-nybyggeri"), "Velkommen.", answers_case=True)
    (words,) = await cases.told(ticket)
    for offer in ("Placering:", "Samarbejde:", "Marked:", "Netværk:", "Rekruttering:"):
        assert f"\n- {offer}" in words


async def test_s06_one_contact_person_from_start_to_end_with_a_plan_and_no_gap_at_a_hand_over(cases):
    ticket = await cases.open("udvidelse-produktionshal")
    assert (await plan(cases, ticket)).steps
    ticket = await cases.do(involve, ticket, "plan", "Passer det med lokalplanen?", "mette")
    ticket = await cases.reply(await cases.write(await cases.ask(ticket)), answers_case=True)
    before = ticket.contact_person
    ticket = await cases.do(handover.hand_back, ticket, "mette", why="Ferie")
    (row,) = await cases.history(ticket, "handed_over")
    assert (row.old, row.new) == (before, ticket.contact_person)
    assert row.new in cases.knowledge.people


async def test_s07_responsibility_lasts_until_closed_and_the_business_needs_no_more(cases):
    ticket = await cases.open()
    with pytest.raises(NotAllowed):  # not answered
        await cases.do(closing.close, ticket, "helped", "mette")
    ticket = await cases.reply(ticket, answers_case=True)
    with pytest.raises(NotAllowed, match="ikke har brug for mere"):
        await cases.do(closing.close, ticket, "helped", "mette")


async def test_s08_every_rejection_carries_an_offer_of_dialogue(cases):
    ticket = await cases.open()
    with pytest.raises(NotAllowed, match="Et afslag står aldrig alene"):
        await cases.do(closing.refuse, ticket, "Nej.", "", "Mette", "mette")
    await cases.do(closing.refuse, ticket, "Nej.", "Ring, så ser vi på andre veje.", "Mette", "mette")
    assert "Ring, så ser vi på andre veje." in (await cases.told(ticket))[-1]


async def test_s09_nobody_is_sent_on_the_office_asks_the_department_and_the_new_owner_calls_back(cases):
    ticket = await cases.open("anvendelse-af-adresse")
    owner = ticket.contact_person
    ticket = await cases.do(involve, ticket, "trafik-vej", "Kan lastbiler dreje?", "mette")
    assert ticket.contact_person == owner
    ticket = await cases.do(handover.hand_over, ticket, "bertil-vejsande", "mette", why="Det handler om vejen")
    assert "kontakter dig. Du behøver ikke gøre noget." in (await cases.told(ticket))[-1]


async def test_s10_the_business_is_told_name_telephone_and_mail_of_the_right_person(cases):
    ticket = await cases.do(handover.hand_over, await cases.open(), "bertil-vejsande", "mette", why="Vejen")
    bertil = cases.knowledge.people["bertil-vejsande"]
    words = (await cases.told(ticket))[-1]
    assert all(fact in words for fact in (bertil.name, bertil.phone, bertil.email))


@pytest.mark.parametrize("day", [date(2026, 12, 23), date(2026, 12, 24), date(2026, 12, 26), date(2027, 7, 15)])
def test_s11_somebody_takes_every_inquiry_also_in_sickness_and_holidays(day, cases):
    people = cases.knowledge.people
    full = dict.fromkeys(people, 99)
    for area in cases.knowledge.areas:
        assert assign([area], cases.knowledge, {}, day).person in people
        assert assign([area], cases.knowledge, full, day).person in people


async def test_s11_a_busy_or_sick_person_never_keeps_a_business_waiting_unseen(cases):
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    await away(cases, ticket.contact_person)
    await cases.run(handover.cover_absences)
    ticket = await cases.stored(ticket)
    cases.to("2026-11-26 11:31")
    await cases.run(watch_deadlines)
    assert (await cases.history(ticket, "overdue"))[0].new == cases.knowledge.office.coordinator


async def test_s12_the_same_service_goals_apply_however_the_business_comes(cases):
    opened = [await cases.open(channel=channel) for channel in CHANNELS]
    assert len({(t.first_answer_due, t.screening_due, t.answer_due) for t in opened}) == 1


@pytest.mark.parametrize("text", ["vi vil flytte til kommunen og bygge nyt", "ny fabrik på bar mark hos jer"])
def test_s13_moving_here_and_building_new_is_always_a_larger_course(text, cases):
    knowledge: Knowledge = cases.knowledge
    case = knowledge.cases["tilflytning-nybyggeri"]
    assert triage(case, text, knowledge).level == "complex"
    assert case.course.steps


async def test_s15_a_state_authority_is_part_of_the_case_not_the_end_of_it(cases):
    ticket = await cases.open("restaurant-med-alkohol-og-udeservering")
    assert {"politi", "foedevarestyrelsen"} & set(ticket.authorities)
    assert ticket.contact_person in cases.knowledge.people
    assert ticket.checklist


def test_s16_answers_are_plain_enough_to_be_understood(cases):
    for article in cases.knowledge.articles.values():
        assert lix(article.summary) < HARDEST_SUMMARY, article.id


async def test_k02_every_case_is_in_one_phase_and_moves_are_logged(cases):
    async def move(uow, _knowledge, ticket, now):
        await tickets.change(uow, ticket, {"phase": "sagsbehandling"}, "mette", now, "Ansøgt")

    ticket = await cases.open("tilflytning-nybyggeri")
    assert ticket.phase == "tiltraekning"
    ticket = await cases.do(move, ticket)
    assert [(r.field, r.old, r.new) for r in await cases.history(ticket, "changed")] == [
        ("phase", "tiltraekning", "sagsbehandling")
    ]
