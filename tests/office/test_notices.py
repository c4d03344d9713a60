"""Who is told what: events write their notices, phone-only businesses get no mail, and wrong facts are refused."""

from datetime import timedelta

import pytest

from knowledge import load
from office import closing, conversations, correspondence, intakes, outbox, tickets
from office.handover import cover_absences
from office.notices import KINDS, facts_of, notify, notify_colleague
from tests.office.test_outbox import WITH_MAIL, claim, rows_of
from tests.office.test_people import away
from tests.office.test_tickets import open_one


async def told(database, channel="mail"):
    return [(row.kind, row.person) for row in await rows_of(database, channel)]


async def do(database, ticket, action):
    async with database.writing() as uow:
        await action(uow, await tickets.by_reference(uow, ticket.reference))
        await uow.commit()


def reply(now, text="Jeg ser på det."):
    return lambda uow, ticket: correspondence.reply_to_business(uow, load(), ticket, text, "Bo Byggesen", "bo", now)


def write(now, text="Her er tegningen.", client_id=None):
    return lambda uow, ticket: correspondence.write_from_business(uow, load(), ticket, text, now, client_id)


async def test_a_new_case_is_told_to_business_and_contact_person(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    assert await told(database) == [("received", None), ("new_case", ticket.contact_person)]


async def test_a_business_with_a_phone_only_gets_no_mail_and_its_contact_person_does(database, now):
    ticket = await open_one(database, now)
    await do(database, ticket, reply(now))
    assert await told(database) == [("new_case", ticket.contact_person)]


async def test_the_same_message_twice_tells_of_one_case(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    before = await told(database)
    async with database.writing() as uow:
        inquiry = tickets.Inquiry(ticket.conversation_id, ticket.subject, WITH_MAIL, None, ticket.source_message_id)
        await tickets.open_ticket(uow, load(), inquiry, now)
        await uow.commit()
    assert await told(database) == before


async def test_an_abandoned_intake_is_told_to_both(database, now):
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        await intakes.remember_intake(uow, conversation.id, now, "hjælp", WITH_MAIL.known(), None)
        await uow.commit()
    async with database.writing() as uow:
        await intakes.take_in_abandoned(uow, load(), now + timedelta(hours=1), timedelta(minutes=30))
        await uow.commit()
    assert [kind for kind, _ in await told(database)] == ["received", "new_case"]


async def test_a_reply_is_told_to_the_business_and_its_words_to_the_contact_person(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    await do(database, ticket, reply(now))
    await do(database, ticket, write(now))
    assert (await told(database))[2:] == [("replied", None), ("wrote", ticket.contact_person)]


async def test_words_sent_twice_are_told_once(database, now):
    ticket = await open_one(database, now)
    for _ in range(2):
        await do(database, ticket, write(now, client_id="a"))
    (row,) = [row for row in await rows_of(database) if row.kind == "wrote"]
    assert len(row.facts["messages"]) == 1


async def test_messages_in_quick_succession_are_one_mail(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    for text in ("Hej Lise", "Jeg har set på tegningen", "og den er fin"):
        await do(database, ticket, reply(now, text))
    (row,) = [row for row in await rows_of(database) if row.kind == "replied"]
    assert len(row.facts["messages"]) == 3


async def test_a_message_that_comes_while_the_mail_is_being_sent_gets_a_mail_of_its_own(database, now):
    ticket = await open_one(database, now)
    await do(database, ticket, write(now, "først"))
    later = now + timedelta(minutes=2)
    while (await claim(database, later)).kind != "wrote":
        pass
    await do(database, ticket, write(later, "så"))
    messages = [row.facts["messages"] for row in await rows_of(database) if row.kind == "wrote"]
    assert [len(numbers) for numbers in messages] == [1, 1]
    assert messages[0] != messages[1]


async def test_the_case_system_hears_of_each_event_whatever_the_business_left(database, now):
    ticket = await open_one(database, now)
    await do(database, ticket, reply(now))
    await do(database, ticket, write(now))
    assert [kind for kind, _ in await told(database, "webhook")] == ["received", "replied", "wrote"]


async def test_the_case_system_hears_of_a_withdrawal_a_reopening_and_a_substitute(cases):
    ticket = await cases.open("mindre-byggeri-og-ombygning")
    await cases.do(closing.withdraw, ticket, "virksomheden")
    await cases.write(ticket, "Alligevel!")
    await away(cases, ticket.contact_person)
    await cases.run(cover_absences)
    events = [KINDS[kind].event for kind, _ in await told(cases.database, "webhook")]
    assert [event for event in events if event != "ticket.wrote"] == [
        "ticket.received",
        "ticket.withdrawn",
        "ticket.reopened",
        "ticket.contact_changed",
    ]


async def test_a_notice_can_go_to_another_person_than_the_contact_person(database, now):
    ticket = await open_one(database, now)
    await do(database, ticket, lambda uow, t: notify(uow, t, "overdue", now, person="mette-ravnsholt", due=now))
    assert (await told(database))[-1] == ("overdue", "mette-ravnsholt")


@pytest.mark.parametrize("facts", [{}, {"due": "i morgen"}, {"due": None}, {"more": 1}])
async def test_facts_that_are_not_the_kind_s_own_are_refused(database, now, facts):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        with pytest.raises(ValueError, match="due: datetime"):
            await notify(uow, ticket, "overdue", now, **facts)


async def test_an_unknown_kind_is_refused(database, now):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        with pytest.raises(ValueError, match="'tabt'"):
            await notify(uow, ticket, "tabt", now)


async def test_facts_come_back_as_they_were_given(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    given = {"expected": now.date(), "why": "Naboerne skal høres."}
    await do(database, ticket, lambda uow, t: notify(uow, t, "expected_time_changed", now, **given))
    row = (await rows_of(database))[-1]
    assert facts_of(row.kind, row.facts) == given


def test_no_kind_is_for_anybody_else_than_business_person_or_the_whole_office():
    assert {kind.audience for kind in KINDS.values()} == {"business", "person", "office"}


async def test_what_is_for_the_whole_office_is_about_no_case(database, now):
    ticket = await open_one(database, now)
    async with database.writing() as uow:
        with pytest.raises(ValueError, match="'board'"):
            await notify(uow, ticket, "board", now, begins=now)


async def test_what_is_about_a_case_is_not_for_the_whole_office(database, now):
    async with database.writing() as uow:
        with pytest.raises(ValueError, match="'new_case'"):
            notify_colleague(uow, "mette-ravnsholt", "new_case", now)


async def test_a_case_that_is_deleted_takes_its_notices_along(database, now):
    ticket = await open_one(database, now, WITH_MAIL)
    async with database.writing() as uow:
        await uow.session.delete(await tickets.by_reference(uow, ticket.reference))
        await uow.commit()
    async with database.reading() as uow:
        assert not await outbox.anything_due(uow, now)
