"""The engine fails, is silent, or says nothing that counts: the gateway says so, keeps every word, and opens the case itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from office import correspondence, history, intakes, tickets
from office.intake import Facts
from office.store.tables import Conversation, History, Message, Ticket
from tests.web.conftest import Chat
from tests.web.standin_engine import answer, choices, words
from web.sweeper import Swept, sweep

# --- what counts as a failure -------------------------------------------------------------------------------


def silent(engine):
    engine.delay = 1.5


def in_error(engine):
    engine.status = 500


def saying_nothing(engine):
    engine.replies = []


def without_outcome(engine):
    engine.replies = [{"text": "Hej", "custom": {"kind": "text"}}]


def with_an_unknown_outcome(engine):
    engine.replies = [words("Hej", "nonsense")]


def with_a_failed_action(engine):
    engine.replies = [answer(), {"custom": {"failed": "action_finish_intake"}}]


def speaking_gibberish(engine):
    engine.raw = "<html>"


def answering_a_list(engine):
    engine.raw = "[1, 2]"


@pytest.mark.parametrize(
    "failing",
    [
        silent,
        in_error,
        saying_nothing,
        without_outcome,
        with_an_unknown_outcome,
        with_a_failed_action,
        speaking_gibberish,
        answering_a_list,
    ],
)
async def test_a_failing_engine_is_said_honestly_and_the_message_is_kept(chat, engine, failing):
    failing(engine)
    body = await chat.say("vi vil udvide vores hal")
    assert chat.status == 200
    assert body["outcome"] == {"kind": "failed"}
    (reply,) = body["messages"]
    assert "tekniske problemer" in reply["text"]
    assert "Din besked er gemt" in reply["text"]
    assert "00 00 50 50" in reply["text"]
    assert [m["text"] for m in await chat.read() if m["author"] == "visitor"] == ["vi vil udvide vores hal"]


class TestWithTheEngineDown:
    @pytest.fixture(autouse=True)
    def down(self, engine):
        engine.status = 500

    async def test_a_way_to_be_reached_makes_it_a_case(self, chat, engine, database):
        await chat.say("vi vil bygge nyt og servere fadøl")
        body = await chat.say("Lise Holm, 00 00 77 01")
        (reply,) = body["messages"]
        assert reply["kind"] == "ticket"
        assert reply["ticket"]["reference"] == "EK-2026-000001"
        assert "EK-2026-000001" in reply["text"]
        assert body["outcome"] == {
            "kind": "case",
            "level": "complex",
            "areas": ["erhvervsservice", "byggesag", "bevilling", "politi"],
        }
        async with database.reading() as uow:
            ticket = await uow.session.scalar(select(Ticket))
            states = list(await uow.session.scalars(select(Message.state).where(Message.author == "visitor")))
        assert ticket.subject == "vi vil bygge nyt og servere fadøl\nLise Holm, 00 00 77 01"
        assert ticket.phone == "00007701"
        assert states == ["failed", "failed"]

    async def test_contact_data_in_the_very_first_message_is_enough(self, chat):
        body = await chat.say("ring til mig om et skilt på 00 00 77 01")
        assert body["messages"][0]["ticket"]["reference"] == "EK-2026-000001"

    async def test_the_same_message_again_opens_no_second_case(self, chat, database):
        first = await chat.say("ring til mig på 00 00 77 01", "same")
        assert await chat.say("ring til mig på 00 00 77 01", "same") == first
        assert await count(database, Ticket) == 1

    async def test_it_asks_again_kindly_and_never_twice_in_the_same_words(self, chat):
        said = [(await chat.say(f"hallo {n}"))["messages"][0]["text"] for n in range(5)]
        assert all(a != b for a, b in pairwise(said))
        assert not any("oprettet" in text for text in said)

    async def test_the_engine_is_tried_again_with_every_message(self, chat, engine):
        await chat.say("hallo")
        engine.status = 200
        body = await chat.say("hvem klipper hækken?")
        assert body["outcome"]["kind"] == "answer"
        engine.status = 500
        again = await chat.say("og hvad koster det?")
        assert "tekniske problemer" in again["messages"][0]["text"]

    async def test_what_was_said_before_the_engine_came_back_is_not_in_a_later_case(self, chat, engine, database):
        await chat.say("noget helt andet")
        engine.status = 200
        await chat.say("hvem klipper hækken?")
        engine.status = 500
        await chat.say("ring på 00 00 77 01")
        async with database.reading() as uow:
            assert (await uow.session.scalar(select(Ticket))).subject == "ring på 00 00 77 01"

    async def test_an_intake_under_way_gives_the_case_its_subject_type_and_facts(self, chat, parts, database):
        await remember(parts, chat.id, Facts(company="Nul ApS", contact_name="Lise Holm"))
        body = await chat.say("mail: lise@nul.example")
        assert body["outcome"]["type"] == "udvidelse-produktionshal"
        assert body["outcome"]["level"] == "complex"
        async with database.reading() as uow:
            ticket = await uow.session.scalar(select(Ticket))
        assert (ticket.company, ticket.contact_name, ticket.email) == ("Nul ApS", "Lise Holm", "lise@nul.example")
        assert ticket.subject.startswith("Vi vil udvide hallen")

    async def test_an_intake_that_already_has_a_phone_number_becomes_a_case_at_once(self, chat, parts):
        await remember(parts, chat.id, Facts(phone="00007702"))
        body = await chat.say("Industrivej 12")
        assert body["messages"][0]["ticket"]["reference"] == "EK-2026-000001"

    async def test_a_case_that_was_saved_before_the_engine_fell_silent_is_told_and_not_opened_twice(
        self, chat, engine, parts, database
    ):
        async def save_and_fail(message):
            await open_case(parts, chat.id, int(message["message"]))

        engine.before_reply = save_and_fail
        body = await chat.say("00 00 77 03")
        assert "nåede at blive oprettet som sag EK-2026-000001" in body["messages"][0]["text"]
        assert body["messages"][0]["ticket"]["reference"] == "EK-2026-000001"
        assert await count(database, Ticket) == 1

    async def test_who_has_a_case_already_is_not_asked_for_a_phone_number_again(self, chat, parts, database):
        reference = await open_case(parts, chat.id)
        body = await chat.say("det er 800 m2")
        assert reference in body["messages"][0]["text"]
        async with database.reading() as uow:
            ticket = await tickets.by_reference(uow, reference)
            (message,) = await correspondence.messages_of(uow, ticket)
            actions = [row.action for row in await history.history_of(uow, ticket)]
        assert message.text == "det er 800 m2"
        assert actions == ["opened", "wrote"]

    async def test_english_is_answered_in_english(self, chat):
        body = await chat.say("we want to open a café in the harbour")
        assert body["messages"][0]["lang"] == "en"
        assert "technical trouble" in body["messages"][0]["text"]

    async def test_a_cpr_number_is_told_of_here_too(self, chat):
        body = await chat.say("010190-1234")
        assert [m["kind"] for m in body["messages"]] == ["notice", "notice"]
        assert "CPR" in body["messages"][0]["text"]

    async def test_a_choice_is_kept_as_the_words_it_stands_for(self, chat, engine):
        engine.status = 200
        engine.replies = [choices("Hvilken?", Tal_med_en_medarbejder="/human")]
        (reply,) = (await chat.say("hegn"))["messages"]
        engine.status = 500
        body = await chat.choose(reply["choices"][0]["id"])
        assert body["outcome"] == {"kind": "failed"}
        body = await chat.say("lise@nul.example")
        assert body["messages"][0]["ticket"]

    async def test_when_the_case_cannot_be_saved_nothing_is_said_of_it(self, chat, monkeypatch, database):
        async def full(*_args, **_more):
            raise OSError("disk full")

        monkeypatch.setattr("web.gateway.conversations.answer", full)
        body = await chat.say("ring på 00 00 77 01", "same")
        assert (chat.status, body["error"]["code"]) == (500, "unexpected")
        assert await count(database, Ticket) == 0
        monkeypatch.undo()
        body = await chat.say("ring på 00 00 77 01", "same")
        assert body["messages"][0]["ticket"]["reference"] == "EK-2026-000001"


# --- the sweeper --------------------------------------------------------------------------------------------


async def test_a_message_left_unanswered_by_a_crash_is_answered(client, chat, clock, database, monkeypatch):
    async def crash(*_args):
        raise OSError

    monkeypatch.setattr("web.gateway.Gateway.answer", crash)
    await chat.say("hvem klipper hækken?")
    assert chat.status == 500
    monkeypatch.undo()
    assert await sweep(client.app) == Swept()  # it may still be under way
    clock.forward(minutes=5)
    assert await sweep(client.app) == Swept(answered=1)
    assert (await chat.read())[-1]["article"]["id"] == "haek-i-skel"
    assert await sweep(client.app) == Swept()


async def test_a_silent_intake_with_a_way_to_be_reached_becomes_a_case_and_the_visitor_is_told(
    client, chat, clock, parts, database
):
    await remember(parts, chat.id, Facts(phone="00007704"))
    assert await sweep(client.app) == Swept()
    clock.forward(minutes=31)
    assert await sweep(client.app) == Swept(opened=1)
    last = (await chat.read())[-1]
    assert last["ticket"]["reference"] == "EK-2026-000001"
    assert "gemt som sag EK-2026-000001" in last["text"]
    async with database.reading() as uow:
        assert (await uow.session.scalar(select(Ticket))).status == "abandoned_intake"
    assert await sweep(client.app) == Swept()


async def test_a_silent_intake_without_a_way_to_be_reached_becomes_nothing(client, chat, clock, parts, database):
    await remember(parts, chat.id, Facts(company="Nul ApS"))
    clock.forward(minutes=31)
    assert await sweep(client.app) == Swept()
    assert await count(database, Ticket) == 0


async def test_the_handler_of_a_conversation_is_the_gateway_only_while_it_waits_for_contact_data(
    chat, engine, database
):
    async def handler():
        async with database.reading() as uow:
            return (await uow.session.get(Conversation, chat.id)).handler

    engine.status = 500
    await chat.say("hallo")
    assert await handler() == "gateway"
    await chat.say("00 00 77 01")
    assert await handler() == "bot"


async def test_a_case_opened_by_the_gateway_says_so_in_its_history(chat, engine, database):
    engine.status = 500
    await chat.say("ring på 00 00 77 01")
    async with database.reading() as uow:
        assert (await uow.session.scalar(select(History).where(History.action == "opened"))).actor == "gateway"


async def test_another_conversation_is_not_touched_by_the_failure(client, chat, engine):
    engine.status = 500
    await chat.say("hallo")
    engine.status = 200
    other = Chat(client)
    await other.begin()
    assert (await other.say("hæk?"))["outcome"]["kind"] == "answer"


async def remember(parts, conversation_id, facts):
    async with parts.database.writing() as uow:
        await intakes.remember_intake(
            uow,
            conversation_id,
            parts.now(),
            "Vi vil udvide hallen",
            facts.known(),
            "udvidelse-produktionshal",
        )
        await uow.commit()


async def open_case(parts, conversation_id, message_id=None):
    async with parts.database.writing() as uow:
        inquiry = tickets.Inquiry(
            conversation_id, "Vi vil udvide hallen", Facts(phone="00007703"), message_id=message_id
        )
        ticket = await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now() - timedelta(seconds=1))
        await uow.commit()
    return ticket.reference


async def count(database, table):
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(table))
