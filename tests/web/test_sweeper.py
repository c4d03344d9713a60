"""The sweeper keeps promises while nobody looks: absences are covered, deadlines counted again, and the chat says so."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.model import Absence
from office.people import set_absence
from office.store.tables import Ticket
from tests.web.conftest import open_ticket
from web.parts import PARTS
from web.sweeper import count_again, sweep


@pytest.fixture
async def bo_is_away(chat, parts):
    await open_ticket(parts, chat.id)
    async with parts.database.writing() as uow:
        absence = Absence(date(2026, 11, 24), date(2026, 11, 27), "", None)
        await set_absence(uow, parts.knowledge, "bo-byg", absence, "karla", parts.now())
        await uow.commit()


async def said(chat, words):
    return [message["text"] for message in await chat.read() if words in message["text"]]


@pytest.mark.usefixtures("bo_is_away")
async def test_a_visitor_hears_once_in_the_chat_who_takes_over_and_when_the_person_is_back(client, chat, clock):
    for _ in range(2):
        await sweep(client.app)
    assert len(await said(chat, "Bo Byggesen er væk i en periode")) == 1
    clock.forward(days=6)
    await sweep(client.app)
    assert len(await said(chat, "Bo Byggesen er tilbage")) == 1


async def test_deadlines_are_counted_again_at_the_start(client, chat, parts):
    reference = await open_ticket(parts, chat.id)
    async with parts.database.writing() as uow:
        ticket = await uow.session.get_one(Ticket, 1)
        assert ticket.reference == reference
        right, ticket.answer_due = ticket.answer_due, ticket.first_answer_due
        await uow.commit()
    assert await count_again(client.app) == 1
    assert await count_again(client.app) == 0
    async with client.app[PARTS].database.reading() as uow:
        assert (await uow.session.get_one(Ticket, 1)).answer_due == right
