"""The day and the list: what is overdue, due today, waiting and soon; and finding a case again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from office import correspondence, involvement, tickets
from office.handover import hand_over
from office.intake import Facts
from office.meetings import Proposal, accept_meeting, propose_meeting, times_of
from office.store.tables import AbsenceEntry, Ticket
from tests.web.conftest import Desk

LARGEST = 300_000


async def do(parts, reference, work):
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        await work(uow, ticket)
        await uow.commit()


def section(page, key):
    """The part of the day under one heading."""
    return page[page.index(f'id="{key}-title"') :].partition("</section>")[0]


# --- the day ------------------------------------------------------------------------------------------------


async def test_a_case_stands_under_soon_then_today_then_overdue(desk, reference, clock):
    assert reference in section(await desk.page("/desk"), "snart")
    clock.forward(hours=15)
    await desk.log_in()
    assert reference in section(await desk.page("/desk"), "i-dag")
    clock.forward(hours=12)
    await desk.log_in()
    page = await desk.page("/desk")
    assert reference in section(page, "overskredet")
    assert reference not in section(page, "i-dag")


async def test_a_substitute_sees_for_whom_until_when_and_how_many_cases_wait(desk, reference, parts):
    async def go_away(uow, ticket):
        await hand_over(uow, parts.knowledge, ticket, "mille-miljoe", "karla", parts.now(), "Til testen")
        await correspondence.ask_business(uow, parts.knowledge, ticket, "Send planen", "Mille", "mille", parts.now())
        away = AbsenceEntry(
            person="mille-miljoe", first=date(2026, 11, 24), last=date(2026, 11, 25), substitute="bo-byg"
        )
        uow.session.add(away)

    await do(parts, reference, go_away)
    page = await desk.page("/desk")
    assert "Du er afløser for" in page
    assert "som er tilbage torsdag den 26. november 2026. 1 sag venter" in page


async def test_a_deadline_on_the_day_says_how_it_was_counted(desk, reference):
    row = section(await desk.page("/desk"), "snart")
    assert 'role="tooltip"' in row
    assert "24 timer, hvor kun arbejdsdage tæller" in row


async def test_a_new_message_waits_until_it_is_answered(desk, reference, parts):
    async def talk(uow, ticket):
        await correspondence.reply_to_business(uow, parts.knowledge, ticket, "Hej.", "Bo", "bo", parts.now())
        await correspondence.write_from_business(uow, parts.knowledge, ticket, "Her er tegningen.", parts.now())

    await do(parts, reference, talk)
    waiting = section(await desk.page("/desk"), "waiting")
    assert "Nyt fra virksomheder" in waiting
    assert reference in waiting
    await desk.send(await desk.page(f"/desk/sager/{reference}"), f"/desk/sager/{reference}/svar", text="Tak.")
    assert reference not in section(await desk.page("/desk"), "waiting")


async def test_a_message_due_today_stands_once_and_is_marked(desk, reference, parts, clock):
    async def talk(uow, ticket):
        await correspondence.reply_to_business(uow, parts.knowledge, ticket, "Hej.", "Bo", "bo", parts.now())
        await correspondence.write_from_business(uow, parts.knowledge, ticket, "Her er tegningen.", parts.now())

    await do(parts, reference, talk)
    clock.forward(hours=16)
    await desk.log_in()
    page = await desk.page("/desk")
    assert "Ny besked" in section(page, "i-dag")
    assert reference not in section(page, "waiting")


async def test_the_answer_of_a_colleague_waits_until_it_is_read(desk, reference, parts):
    async def ask(uow, ticket):
        row = await involvement.involve(uow, parts.knowledge, ticket, "miljoe", "Støjer det?", "bo", parts.now())
        await involvement.answer_involvement(uow, ticket, row, "Nej, under grænsen.", "mille", parts.now())

    await do(parts, reference, ask)
    assert "under grænsen" in section(await desk.page("/desk"), "waiting")
    await desk.send(await desk.page(f"/desk/sager/{reference}"), f"/desk/sager/{reference}/spoerg/1/laest")
    assert "under grænsen" not in section(await desk.page("/desk"), "waiting")


async def test_a_question_stands_on_the_day_of_the_one_who_is_asked(client, reference, parts):
    async def ask(uow, ticket):
        await involvement.involve(uow, parts.knowledge, ticket, "miljoe", "Støjer det?", "bo", parts.now())

    await do(parts, reference, ask)
    mille = Desk(client, parts)
    await mille.add_user("mille", "Mille Grønfelt", "mille-miljoe")
    await mille.log_in("mille")
    assert "Støjer det?" in section(await mille.page("/desk"), "waiting")


async def test_a_meeting_of_today_stands_on_the_day_with_its_time(desk, reference, parts, clock):
    async def agree(uow, ticket):
        proposal = Proposal([parts.now() + timedelta(hours=3)], 45, "Rådhuset")
        by = ("Bo", "bo", parts.now())
        meeting = await propose_meeting(uow, parts.knowledge, ticket, proposal, *by)
        await accept_meeting(uow, ticket, meeting, times_of(meeting)[0], parts.now())

    await do(parts, reference, agree)
    waiting = section(await desk.page("/desk"), "waiting")
    assert "13.00" in waiting
    assert "Rådhuset" in waiting


async def test_the_day_of_the_office_has_the_cases_of_others_too(desk, reference, parts):
    async def give(uow, ticket):
        await hand_over(uow, parts.knowledge, ticket, "mille-miljoe", "test", parts.now(), "test")

    await do(parts, reference, give)
    assert reference not in await desk.page("/desk")
    assert reference in await desk.page("/desk?vis=alle")


async def test_the_next_deadline_stands_on_every_page(desk, reference):
    for path in ("/desk", "/desk/sager", f"/desk/sager/{reference}", "/desk/udbakke"):
        page = await desk.page(path)
        strip = page[page.index('aria-label="Næste frist"') :].partition("</aside>")[0]
        assert reference in strip, path
        assert "24 timer" in strip, path


async def test_who_owes_nothing_is_told_so(desk):
    assert "Du har ingen frister lige nu." in await desk.page("/desk")


# --- the list -----------------------------------------------------------------------------------------------


async def open_case(parts, chat, text="Vi vil bygge en hal", **facts):
    async with parts.database.writing() as uow:
        facts.setdefault("email", "a@b.example")
        inquiry = tickets.Inquiry(chat.id, text, Facts(**facts))
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        await uow.commit()
    return ticket.reference


@pytest.mark.parametrize(
    "words",
    ["EK-2026-000001", "ek-2026-000001", "000001", "kaffe", "Kafferist", "havnegade 7", "rist havne", "fredagskaffe"],
)
async def test_a_case_is_found_by_number_company_address_and_words(desk, parts, chat, words):
    wanted = await open_case(
        parts, chat, "Må vi servere fredagskaffe udenfor?", company="Kafferisteriet", address="Ristevej, Havnegade 7"
    )
    other = await open_case(parts, chat, "Vi vil have et skilt", company="Autoværkstedet", address="Industrivej 2")
    response = await desk.client.get("/desk/sager", params={"q": words})
    results = (await response.text()).partition('id="results"')[2]
    assert wanted in results
    assert other not in results


@pytest.mark.parametrize("words", ["%", "æøå", "'; DROP TABLE", "_", "a" * 500])
async def test_words_that_find_nothing_are_no_error(desk, reference, words):
    response = await desk.client.get("/desk/sager", params={"q": words})
    assert response.status == 200
    assert "Ingen sager passer" in await response.text()


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("omraade=byggesag", True),
        ("omraade=bevilling", False),
        ("niveau=complex", True),
        ("niveau=medium", False),
        ("status=received", True),
        ("status=closed", False),
        ("status=ended", False),
        ("omraade=findes-ikke", True),
        ("side=2", False),
    ],
)
async def test_the_list_is_narrowed(desk, reference, query, there):
    results = (await desk.page(f"/desk/sager?vis=alle&{query}")).partition('id="results"')[2]
    assert (reference in results) == there


async def test_a_case_is_found_by_what_it_says_now(desk, reference, parts):
    async def move(uow, ticket):
        await tickets.change(uow, ticket, {"company": "Nyt Navn ApS", "areas": ["bevilling"]}, "bo", parts.now())

    await do(parts, reference, move)
    assert reference in (await desk.page("/desk/sager?vis=alle&q=nyt+navn")).partition('id="results"')[2]
    assert reference not in (await desk.page("/desk/sager?vis=alle&q=nul")).partition('id="results"')[2]
    assert reference in (await desk.page("/desk/sager?vis=alle&omraade=bevilling")).partition('id="results"')[2]


async def test_what_is_owed_stands_before_what_waits_for_the_business(desk, parts, chat):
    waiting = await open_case(parts, chat)
    owed = await open_case(parts, chat)

    async def ask(uow, ticket):
        await correspondence.ask_business(uow, parts.knowledge, ticket, "Send mere.", "Bo", "bo", parts.now())

    await do(parts, waiting, ask)
    results = (await desk.page("/desk/sager?vis=alle")).partition('id="results"')[2]
    assert results.index(owed) < results.index(waiting)


async def test_many_cases_come_a_page_at_a_time_and_no_page_is_heavy(desk, parts, chat):
    for _ in range(60):
        await open_case(parts, chat)
    async with parts.database.writing() as uow:
        await uow.session.execute(update(Ticket).values(contact_person="bo-byg"))
        await uow.commit()
    first, second = await desk.page("/desk/sager"), await desk.page("/desk/sager?side=2")
    assert "60 sager" in first
    assert first.count('rel="next"') == 1
    assert (first.count("<tr "), second.count("<tr ")) == (31, 31)
    assert all(len(page.encode()) < LARGEST for page in (first, second, await desk.page("/desk")))


async def test_the_next_deadline_is_kept_with_the_case(parts, reference, desk):
    async with parts.database.reading() as uow:
        before = await uow.session.scalar(select(Ticket.next_due))
        ticket = await tickets.by_reference(uow, reference)
        assert before == ticket.first_answer_due
    await desk.send(await desk.page(f"/desk/sager/{reference}"), f"/desk/sager/{reference}/svar", text="Hej.")
    async with parts.database.reading() as uow:
        ticket = await tickets.by_reference(uow, reference)
        assert ticket.next_due == min(ticket.answer_due, ticket.screening_due)
