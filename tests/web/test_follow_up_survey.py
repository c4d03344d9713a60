"""/sag/…/tilfredshed: what the business thinks, once."""

from __future__ import annotations

import pytest

from office import survey, tickets
from tests.web.conftest import hidden, open_ticket
from tests.web.test_follow_up import link_of


@pytest.fixture
async def link(reference, parts):
    return await link_of(parts, reference)


@pytest.fixture
async def closed(reference, link, parts):
    """The page with the questions of a closed case."""
    async with parts.database.writing() as uow:
        ticket = await tickets.by_reference(uow, reference)
        ticket.status = "closed"
        await survey.invite(uow, ticket, parts.now())
        await uow.commit()
    return f"{link}/tilfredshed"


async def send(client, page, **answers):
    token = hidden(await (await client.get(page)).text(), "token")
    return await client.post(page, data={"token": token, **answers})


async def answered(parts, reference):
    async with parts.database.reading() as uow:
        return await survey.survey_of(uow, await tickets.by_reference(uow, reference))


async def test_the_answers_are_stored_and_thanked_for(client, closed, parts, reference):
    response = await send(client, closed, service="5", time="4", comment="Godt gået")
    assert "Tak for dit svar" in await response.text()
    stored = await answered(parts, reference)
    assert (stored.ratings, stored.comment) == ({"service": 5, "time": 4}, "Godt gået")


async def test_who_has_answered_is_not_asked_again(client, closed, link):
    await send(client, closed, service="5", time="4")
    assert "<form" not in await (await client.get(closed)).text()
    assert "Sig din mening" not in await (await client.get(link)).text()


async def test_an_open_case_page_does_not_ask(client, link):
    assert "Sig din mening" not in await (await client.get(link)).text()


async def test_a_closed_case_page_leads_to_the_questions(client, closed, link):
    assert f'href="{closed}"' in await (await client.get(link)).text()


async def test_before_closing_the_page_says_that_it_comes_later(client, link):
    assert "Sagen er ikke afsluttet endnu" in await (await client.get(f"{link}/tilfredshed")).text()


@pytest.mark.parametrize("answers", [{"service": "5"}, {"service": "5", "time": "9"}, {"service": "5", "time": "x"}])
async def test_half_an_answer_is_told_of_and_the_rest_is_kept(client, closed, answers):
    response = await send(client, closed, comment="Godt gået", **answers)
    page = await response.text()
    assert response.status == 422
    assert "Godt gået" in page
    assert 'name="service" value="5" checked' in page


async def test_an_english_case_is_asked_in_english(client, chat, parts):
    link = await link_of(parts, await open_ticket(parts, chat.id, "en"))
    assert "The case is not closed yet" in await (await client.get(f"{link}/tilfredshed")).text()


async def test_a_wrong_secret_is_not_asked(client, closed):
    assert (await client.get(closed.replace("/tilfredshed", "x/tilfredshed"))).status == 404
