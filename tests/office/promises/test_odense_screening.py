"""What Odense promises of screening (C01 to C05), one test a promise."""

from datetime import date

from office import closing, screening
from office.clock import local
from office.deadlines import owed
from office.involvement import involve
from office.plans import plan_of

READY = date(2027, 1, 15)


async def screened(cases, missing):
    ticket = await cases.open("udvidelse-produktionshal")
    return await cases.do(screening.finish_screening, ticket, missing, READY, "Mette", "mette")


async def test_c01_every_inquiry_is_screened_within_5_working_days(cases):
    ticket = await cases.open()
    assert local(ticket.screening_due).date() == date(2026, 12, 1)
    assert "5 arbejdsdage" in ticket.screening_explained
    assert "screening_due" in [item.what for item in owed(ticket, cases.knowledge.office.promises)]


async def test_c02_a_screening_lists_what_is_missing_names_the_contact_person_and_the_expected_day(cases):
    ticket = await screened(cases, ["Tegninger"])
    async with cases.database.reading() as uow:
        plan = await plan_of(uow, ticket)
    assert ticket.missing == ["Tegninger"]
    assert ticket.contact_person in cases.knowledge.people
    assert plan.expected == READY


async def test_c03_the_business_is_told_what_it_delivers_what_we_deliver_and_when(cases):
    words = "\n".join(await cases.told(await screened(cases, ["Tegninger"])))
    assert "Det mangler vi fra dig:\n- Tegninger" in words
    assert "Det gør vi: " in words
    assert "klar fredag den 15. januar 2027" in words


async def test_c04_the_contact_person_is_fixed_while_the_case_goes_through_the_departments(cases):
    ticket = await cases.open("udvidelse-produktionshal")
    person = ticket.contact_person
    for area in ("plan", "miljoe", "trafik-vej"):
        ticket = await cases.do(involve, ticket, area, "Hvad kræver det?", "mette")
    assert ticket.contact_person == person


async def test_c05_other_ways_are_offered_before_control(cases):
    ticket = await cases.do(closing.refuse, await cases.open(), "Nej.", "Et mindre skilt kræver intet.", "M", "m")
    assert ticket.dialogue_offered_at == cases.now
    assert "Et mindre skilt kræver intet." in (await cases.told(ticket))[-1]
