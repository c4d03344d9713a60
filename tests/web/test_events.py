"""Server-sent events: what is said arrives unasked, once, in order, from wherever it was written."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from office import correspondence, tickets
from office.intake import Facts
from office.store import Database
from tests.web.conftest import SATURDAY


class Events:
    """Reads a stream event by event."""

    def __init__(self, response):
        self.response = response

    async def next(self, name="message", timeout=5.0):
        """Return (id, data) of the next event called `name`; others are passed over."""
        async with asyncio.timeout(timeout):
            while True:
                fields = await self._block()
                if fields.get("event") == name:
                    return int(fields.get("id", 0)), json.loads(fields["data"])

    async def _block(self):
        fields = {}
        while line := (await self.response.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        return fields


@asynccontextmanager
async def following(client, chat, **headers):
    async with client.get(f"/api/v1/conversations/{chat.id}/events", headers={**chat.headers, **headers}) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield Events(response)


async def test_a_stream_begins_with_the_state_of_the_office_and_everything_said(client, chat):
    async with following(client, chat) as events:
        assert (await events.next("state"))[1]["office"]["open"] is True
        number, message = await events.next()
        assert (number, message["author"]) == (1, "bot")


async def test_what_was_received_before_is_not_sent_again(client, chat):
    await chat.say("hæk?")
    async with following(client, chat, **{"Last-Event-ID": "2"}) as events:
        assert (await events.next())[0] == 3


async def test_a_message_and_its_answer_arrive_with_typing_between(client, chat, engine):
    engine.delay = 0.6
    async with following(client, chat, **{"Last-Event-ID": "1"}) as events:
        saying = asyncio.create_task(chat.say("hæk?", "mine"))
        number, own = await events.next()
        assert (number, own["author"], own["client_message_id"]) == (2, "visitor", "mine")
        assert (await events.next("typing"))[1] == {"author": "bot"}
        assert (await events.next())[1]["article"]["id"] == "haek-i-skel"
        await saying


async def test_the_words_of_a_caseworker_in_another_process_arrive_soon(client, chat, parts, settings):
    other_process = Database(settings.database)
    async with parts.database.writing() as uow:
        inquiry = tickets.Inquiry(chat.id, "Vi vil udvide", Facts(phone="00007701"))
        await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now())
        await uow.commit()
    async with following(client, chat, **{"Last-Event-ID": "1"}) as events:
        await events.next("state")
        async with other_process.writing() as uow:
            (ticket,) = await tickets.of_conversation(uow, chat.id)
            await correspondence.reply_to_business(
                uow, parts.knowledge, ticket, "Jeg ringer i morgen.", "Bo Byggesen", "bo", parts.now()
            )
            await uow.commit()
        _, message = await events.next()
    await other_process.close()
    assert (message["author"], message["author_name"]) == ("caseworker", "Bo Byggesen")
    assert message["text"] == "Jeg ringer i morgen."
    assert "ticket" not in message


async def test_when_the_office_closes_the_stream_says_so(client, chat, clock):
    async with following(client, chat) as events:
        await events.next("state")
        clock.now = SATURDAY
        assert (await events.next("state"))[1]["office"]["open"] is False


async def test_a_quiet_stream_gives_a_sign_of_life(client, chat, monkeypatch):
    monkeypatch.setattr("web.events._HEARTBEAT_EVERY", 0.1)
    monkeypatch.setattr("web.events._LOOK_EVERY", 0.2)
    async with following(client, chat) as events:
        await events.next()
        async with asyncio.timeout(5):
            while not (await events.response.content.readline()).startswith(b": "):
                pass


async def test_streams_end_when_the_server_stops(client, chat):
    async with following(client, chat) as events:
        await events.next()
        await client.server.close()
        async with asyncio.timeout(5):
            await events.response.content.read()


@pytest.mark.parametrize("number", ["x", "-1"])
async def test_a_last_event_id_that_is_no_number_is_refused(client, chat, number):
    response = await client.get(
        f"/api/v1/conversations/{chat.id}/events", headers={**chat.headers, "Last-Event-ID": number}
    )
    assert response.status == 422


async def test_a_stream_needs_the_token(client, chat):
    assert (await client.get(f"/api/v1/conversations/{chat.id}/events")).status == 401


async def test_one_conversation_cannot_hold_endless_streams(client, chat, monkeypatch):
    monkeypatch.setattr("web.events._STREAMS_PER_CONVERSATION", 1)
    async with following(client, chat) as events:
        await events.next()
        response = await client.get(f"/api/v1/conversations/{chat.id}/events", headers=chat.headers)
        assert response.status == 429
        assert response.headers["Retry-After"] == "60"
