"""Tickets on a real database: one commit, one per message, history for every change, a link that opens only its own."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from knowledge import load
from office import contact, conversations, correspondence, history, intakes, tickets
from office.deadlines import next_deadline
from office.intake import Facts
from office.store.tables import History, Ticket

knowledge = load()
PHONE = Facts(company="Metalværkstedet Nul", phone="00001111")


async def begin(database, now, text="vi vil udvide vores hal"):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        message, _ = await conversations.receive(uow, conversation, text, now)
        await uow.commit()
    return conversation, message


def inquiry_of(conversation, message, facts=PHONE, case_type="udvidelse-produktionshal"):
    return tickets.Inquiry(conversation.id, message.text, facts, case_type, message.id)


async def open_one(database, now, facts=PHONE):
    conversation, message = await begin(database, now)
    async with database.writing() as uow:
        ticket = await tickets.open_ticket(uow, knowledge, inquiry_of(conversation, message, facts), now)
        await uow.commit()
    return ticket


async def test_a_ticket_has_reference_person_both_dates_reasons_and_history(database, now):
    ticket = await open_one(database, now)
    assert ticket.reference == "EK-2026-000001"
    assert ticket.contact_person in knowledge.people
    assert now < ticket.first_answer_due < ticket.answer_due
    assert ticket.reasons
    assert ticket.checklist
    async with database.reading() as uow:
        assert [row.action for row in await history.history_of(uow, ticket)] == ["opened"]


async def test_without_commit_nothing_is_saved(database, now):
    conversation, message = await begin(database, now)
    async with database.writing() as uow:
        await tickets.open_ticket(uow, knowledge, inquiry_of(conversation, message), now)
    async with database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Ticket)) == 0
        assert await uow.session.scalar(select(func.count()).select_from(History)) == 0


async def test_the_same_message_opens_one_ticket_only(database, now):
    conversation, message = await begin(database, now)
    references = set()
    for _ in range(2):
        async with database.writing() as uow:
            ticket = await tickets.open_ticket(uow, knowledge, inquiry_of(conversation, message), now)
            await uow.commit()
        references.add(ticket.reference)
    assert len(references) == 1


async def test_an_inquiry_that_nobody_could_answer_is_refused(database, now):
    conversation, message = await begin(database, now)
    async with database.writing() as uow:
        with pytest.raises(ValueError, match="e-mail or phone"):
            await tickets.open_ticket(uow, knowledge, inquiry_of(conversation, message, Facts(company="Nul")), now)


async def test_a_name_too_long_to_be_one_is_cut_not_refused(database, now):
    ticket = await open_one(database, now, Facts(company="Nul " * 500, address="Æblevej " * 250, phone="00001111"))
    async with database.reading() as uow:
        stored = await tickets.by_reference(uow, ticket.reference)
        assert (len(stored.company), len(stored.address)) == (200, 300)


async def test_twenty_at_once_get_twenty_numbers_and_nobody_is_overloaded(database, now):
    async def one(number):
        return await open_one(database, now, Facts(phone=f"0000{number:04d}"))

    opened = await asyncio.gather(*(one(n) for n in range(20)))
    assert len({t.reference for t in opened}) == 20
    for person in {t.contact_person for t in opened}:
        mine = sum(t.contact_person == person for t in opened)
        assert mine <= knowledge.people[person].capacity


async def test_the_same_business_keeps_its_contact_person(database, now):
    first = await open_one(database, now)
    for number in range(6):
        await open_one(database, now, Facts(phone=f"0000999{number}"))
    again = await open_one(database, now + timedelta(days=3))
    assert again.contact_person == first.contact_person
    assert "i forvejen" in again.assignment_reason


async def test_a_change_writes_who_what_old_new_and_why(database, now):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        await tickets.change_level(uow, knowledge, ticket, "medium", "Mette", now, "Kun én tilladelse")
        await uow.commit()
        row = (await history.history_of(uow, ticket))[-1]
    assert (row.actor, row.field, row.old, row.new, row.why) == (
        "Mette",
        "level",
        "complex",
        "medium",
        "Kun én tilladelse",
    )


async def test_a_change_that_changes_nothing_is_refused(database, now):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        with pytest.raises(history.NothingToRecord):
            await tickets.change(uow, ticket, {"phase": ticket.phase}, "Mette", now)


async def test_a_reply_answers_the_first_deadline_and_moves_the_case_on(database, now):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        ticket = await tickets.by_reference(uow, ticket.reference)
        await correspondence.reply_to_business(uow, knowledge, ticket, "Hej, jeg kigger på det.", "Mette", "Mette", now)
        await uow.commit()
    assert ticket.first_answered_at == now
    assert ticket.status == "with_contact_person"
    assert next_deadline(ticket, knowledge.office.promises) == ticket.answer_due


async def test_the_secret_link_opens_its_own_case_only(database, now):
    one, other = await open_one(database, now), await open_one(database, now, Facts(phone="00002222"))
    token = contact.follow_up_token(one, "key")
    async with database.reading() as uow:
        assert (await contact.by_follow_up_link(uow, one.reference, token, "key")).id == one.id
        assert await contact.by_follow_up_link(uow, other.reference, token, "key") is None
        assert await contact.by_follow_up_link(uow, one.reference, token, "another key") is None
        assert await contact.by_follow_up_link(uow, "EK-2026-999999", token, "key") is None


async def test_an_answer_to_a_question_is_added_and_may_bring_in_more_areas(database, now):
    conversation, message = await begin(database, now, "hvad kan vi bruge Havnegade 3 til?")
    async with database.writing() as uow:
        inquiry = inquiry_of(conversation, message, case_type="anvendelse-af-adresse")
        ticket = await tickets.open_ticket(uow, knowledge, inquiry, now)
        assert "bevilling" not in ticket.areas
        await tickets.add_detail(uow, knowledge, ticket, "Hvad skal der ske?", "en bar med udskænkning af alkohol", now)
        await uow.commit()
    assert "bevilling" in ticket.areas
    assert ticket.details == {"Hvad skal der ske?": "en bar med udskænkning af alkohol"}


async def test_a_half_finished_intake_with_a_phone_number_becomes_a_case(database, now):
    conversation, _ = await begin(database, now)
    async with database.writing() as uow:
        await intakes.remember_intake(
            uow, conversation.id, now, "ny hal", {"phone": "00003333"}, "udvidelse-produktionshal"
        )
        await uow.commit()
    later = now + timedelta(minutes=31)
    async with database.writing() as uow:
        opened = await intakes.take_in_abandoned(uow, knowledge, later, timedelta(minutes=30))
        await uow.commit()
    assert [(t.status, t.phone) for t in opened] == [("abandoned_intake", "00003333")]
    async with database.writing() as uow:
        assert await intakes.take_in_abandoned(uow, knowledge, later, timedelta(minutes=30)) == []


async def test_a_half_finished_intake_without_a_way_back_is_not_a_case(database, now):
    conversation, _ = await begin(database, now)
    async with database.writing() as uow:
        await intakes.remember_intake(uow, conversation.id, now, "ny hal", {"company": "Nul"}, None)
        assert await intakes.take_in_abandoned(uow, knowledge, now + timedelta(hours=1), timedelta(minutes=30)) == []
