"""The chat API: contract, idempotency, order, privacy, choices, and what becomes of bad input."""

from __future__ import annotations

import asyncio
import json

import pytest
from openapi_spec_validator import validate
from sqlalchemy import select

from office.store.tables import Conversation, Message
from tests.stored import everything_in
from tests.web.conftest import SATURDAY, Chat, open_ticket
from tests.web.standin_engine import answer, choices, words
from web.chat_api import openapi

# --- the description ----------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi():
    validate(openapi())


def test_every_route_of_the_api_is_described_and_the_other_way_round(client):
    served = {
        (route.resource.canonical.removeprefix("/api/v1"), route.method.lower())
        for route in client.app.router.routes()
        if route.resource.canonical.startswith("/api/") and route.method != "HEAD"
    }
    described = {
        (path, method)
        for path, operations in openapi()["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "delete", "patch")
    }
    assert served == described


async def test_the_server_serves_its_description(chat):
    body = await chat.request("get", "/openapi.json")
    assert body == json.loads(json.dumps(openapi()))


# --- beginning ----------------------------------------------------------------------------------------------


async def test_a_conversation_begins_with_who_speaks_and_what_not_to_write(client):
    chat = Chat(client)
    body = await chat.begin()
    assert chat.status == 201
    (greeting,) = body["messages"]
    assert greeting["author"] == "bot"
    assert "digital assistent fra ErhvervsKontoret" in greeting["text"]
    assert "CPR" in greeting["text"]
    assert body["office"] == {
        "open": True,
        "notice": None,
        "phone": "00 00 50 50",
        "email": "erhverv@proeve.example",
    }


async def test_after_hours_the_notice_tells_when_the_office_opens(client, clock):
    clock.now = SATURDAY
    body = await Chat(client).begin()
    assert body["office"]["open"] is False
    assert "mandag den 30. november 2026 kl. 09.00" in body["office"]["notice"]
    assert [m["kind"] for m in body["messages"]] == ["text", "notice"]


async def test_the_token_is_not_stored(chat, database):
    async with database.reading() as uow:
        conversation = await uow.session.get(Conversation, chat.id)
    assert chat.token not in (conversation.token_hash, conversation.id)


# --- an exchange --------------------------------------------------------------------------------------------


async def test_an_answer_comes_with_its_article_source_date_and_longer_text(chat, engine):
    engine.replies = [answer("Du og din nabo aftaler selv.")]
    body = await chat.say("hvem skal klippe hækken?")
    (reply,) = body["messages"]
    article = reply["article"]
    assert (reply["kind"], reply["text"], reply["lang"]) == ("answer", "Du og din nabo aftaler selv.", "da")
    assert article["title"] == "Hæk og hegn mellem erhvervsgrunde"
    assert article["reviewed"] == "2026-11-20"
    assert article["reviewer"] == "Redaktør for byggeri og plan"
    assert article["sources"] == [
        {"text": "Hegnsloven"},
        {"text": "Kommunens side om hegnsyn", "url": "https://www.proeve.example/hegnsyn"},
    ]
    assert article["links"] == [{"text": "Læs om hegnsynet", "url": "https://www.proeve.example/hegnsyn"}]
    assert "<h3>Hovedregler</h3>" in article["body_html"]
    assert "<h1" not in article["body_html"]
    assert "1 &lt; 2" in article["body_html"]
    assert body["outcome"] == {"kind": "answer", "articles": ["haek-i-skel"], "confidence": 0.93}


async def test_an_english_answer_brings_the_english_article(chat, engine):
    engine.replies = [answer("Yes, usually.", "frisoer-i-egen-bolig", "en")]
    (reply,) = (await chat.say("may I cut hair at home?"))["messages"]
    assert reply["lang"] == "en"
    assert reply["article"]["title"] == "Hair salon in your own home"
    assert reply["article"]["links"][0]["text"] == "Look up the local plan"
    assert "Conditions" in reply["article"]["body_html"]


async def test_an_article_without_english_version_is_marked_as_danish(chat, engine):
    engine.replies = [answer("Du og din nabo.", "haek-i-skel", "en")]
    (reply,) = (await chat.say("who cuts the hedge?"))["messages"]
    assert reply["lang"] == "da"


async def test_what_was_shown_stays_when_the_article_is_changed_later(chat, engine, database):
    await chat.say("hæk?")
    async with database.writing() as uow:
        message = await uow.session.scalar(select(Message).where(Message.kind == "answer"))
        message.payload = {"article": {**message.payload["article"], "version": "0" * 12, "title": "Gammel titel"}}
        await uow.commit()
    shown = (await chat.read())[-1]["article"]
    assert shown["title"] == "Gammel titel"
    assert "body_html" not in shown


async def test_the_message_is_stored_before_the_engine_sees_it(chat, engine, database):
    stored = []

    async def look(message):
        async with database.reading() as uow:
            stored.append(await uow.session.get(Message, int(message["message"])))

    engine.before_reply = look
    await chat.say("er jeg gemt?")
    assert stored[0].text == "er jeg gemt?"
    assert stored[0].state == "received"


async def test_the_engine_is_told_conversation_message_and_language(chat, engine):
    await chat.say("hello", **{"Accept-Language": "en-GB,en;q=0.9,da;q=0.5"})
    (sent,) = engine.received
    assert sent["conversation"] == chat.id
    assert sent["metadata"] == {"message_id": sent["message"], "language_hint": "en"}


async def test_the_same_client_message_id_gets_the_same_reply_and_is_answered_once(chat, engine):
    first = await chat.say("hæk?", "same")
    again = await chat.say("hæk?", "same")
    assert again == first
    assert len(engine.received) == 1


async def test_the_same_client_message_id_twice_at_once_is_answered_once(chat, engine):
    engine.delay = 0.1
    replies = await asyncio.gather(*(chat.say("hæk?", "same") for _ in range(4)))
    assert all(reply == replies[0] for reply in replies)
    assert len(engine.received) == 1
    assert sum(m["author"] == "visitor" for m in await chat.read()) == 1


async def test_messages_of_one_conversation_are_answered_one_at_a_time(chat, engine):
    engine.delay = 0.05
    await asyncio.gather(*(chat.say(f"nummer {n}") for n in range(4)))
    assert engine.most_at_once == 1
    assert len(engine.received) == 4


async def test_two_conversations_are_answered_at_the_same_time(client, chat, engine):
    other = Chat(client)
    await other.begin()
    engine.delay = 0.1
    await asyncio.gather(chat.say("hæk?"), other.say("hæk?"))
    assert engine.most_at_once == 2


async def test_numbers_have_no_gaps_and_everybody_is_in_the_history(chat):
    await chat.say("hæk?", "a-1")
    messages = await chat.read()
    assert [m["seq"] for m in messages] == [1, 2, 3]
    assert [m["author"] for m in messages] == ["bot", "visitor", "bot"]
    assert messages[1]["client_message_id"] == "a-1"
    assert [m["seq"] for m in await chat.read(after=2)] == [3]


async def test_several_answers_in_one_reply_are_one_outcome_with_all_articles(chat, engine):
    engine.replies = [words("Hej!"), answer(), answer(article="frisoer-i-egen-bolig")]
    body = await chat.say("hej, hæk og frisør?")
    assert body["outcome"]["kind"] == "answer"
    assert body["outcome"]["articles"] == ["haek-i-skel", "frisoer-i-egen-bolig"]


async def test_the_outcome_shows_nothing_that_the_contract_does_not_name(chat, engine):
    engine.replies = [words("Hej", "smalltalk")]
    engine.replies[0]["custom"]["outcome"]["secret"] = "intern"
    assert (await chat.say("hej"))["outcome"] == {"kind": "smalltalk"}


# --- choices ------------------------------------------------------------------------------------------------


async def test_a_choice_hides_its_command_and_hands_it_to_the_engine_when_chosen(chat, engine):
    engine.replies = [choices("Hvilken?", Hæk_i_skel='/choose{"article": "haek-i-skel"}')]
    (reply,) = (await chat.say("hegn"))["messages"]
    assert reply["choices"] == [{"id": f"{reply['seq']}-1", "label": "Hæk i skel"}]
    await chat.choose(reply["choices"][0]["id"])
    assert engine.texts[-1] == '/choose{"article": "haek-i-skel"}'
    said = [m["text"] for m in await chat.read() if m["author"] == "visitor"]
    assert said[-1] == "Hæk i skel"
    assert "/choose" not in json.dumps(await chat.read())


@pytest.mark.parametrize("choice", ["99-1", "1-1", "2-9", "x", "1-1; DROP", "", 7, ["3-1"]])
async def test_an_unknown_choice_is_a_clear_error(chat, engine, choice):
    body = await chat.send({"choice": choice, "client_message_id": "x"})
    assert chat.status == 422
    assert "Vælg en af knapperne igen" in body["error"]["message"]
    assert engine.received == []


async def test_a_choice_of_another_conversation_is_unknown(client, chat, engine):
    engine.replies = [choices("Hvilken?", Hæk='/choose{"article": "haek-i-skel"}')]
    (reply,) = (await chat.say("hegn"))["messages"]
    stranger = Chat(client)
    await stranger.begin()
    await stranger.choose(reply["choices"][0]["id"])
    assert stranger.status == 422


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b", "\u0000\u0007", "\u202e"])
async def test_an_empty_message_is_refused_kindly(chat, engine, text):
    body = await chat.say(text)
    assert chat.status == 422
    assert body["error"]["code"] == "nothing_to_send"
    assert engine.received == []


async def test_a_message_without_text_or_choice_is_refused(chat):
    await chat.send({})
    assert chat.status == 422


async def test_text_that_is_no_text_is_refused(chat):
    body = await chat.send({"text": {"a": 1}})
    assert (chat.status, body["error"]["code"]) == (422, "text_expected")


async def test_a_hundred_kilobytes_are_refused_with_the_limit_and_a_way_out(chat):
    body = await chat.say("a" * 100_000)
    assert chat.status == 413
    assert "65536 bytes" in body["error"]["message"]


async def test_too_many_characters_are_refused_with_the_limit_and_a_way_out(chat, engine):
    body = await chat.say("æ" * 2001)
    assert chat.status == 422
    assert "2001 tegn" in body["error"]["message"]
    assert "2000" in body["error"]["message"]
    assert "del den" in body["error"]["message"]
    await chat.say("æ" * 2000)
    assert chat.status == 200
    assert len(engine.received) == 1


@pytest.mark.parametrize("text", ["😀🎉", "???", "<script>alert(1)</script>", "'; DROP TABLE tickets; --", "👨‍👩‍👧"])
async def test_odd_but_harmless_text_goes_to_the_engine_as_it_is(chat, engine, text):
    await chat.say(text)
    assert engine.texts == [text]
    assert [m["text"] for m in await chat.read() if m["author"] == "visitor"] == [text]


async def test_control_characters_and_direction_marks_are_taken_out(chat, engine):
    await chat.say("hej\u0000\u0007\u202e du\r\nder\ud800")
    assert engine.texts == ["hej du\nder"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/restart", "restart"),
        ('/handoff{"x":1}', 'handoff{"x":1}'),
        (" \u200b// / /choose", "choose"),
        ("\\/help", "help"),
    ],
)
async def test_text_that_begins_with_a_slash_is_never_a_command(chat, engine, text, seen):
    await chat.say(text)
    assert chat.status == 200
    assert engine.texts == [seen]


async def test_nothing_but_slashes_gets_a_kind_reply_without_the_engine(chat, engine):
    body = await chat.say("///")
    assert body["outcome"] == {"kind": "unsure"}
    assert "med ord" in body["messages"][0]["text"]
    assert engine.received == []


@pytest.mark.parametrize("body", ['{"text": ', "text=hej", "\x00", "[" * 50_000, b"\xff\xfe\x00\xd8"])
async def test_broken_json_is_a_clear_error(chat, body):
    answered = await chat.send(body)
    assert (chat.status, answered["error"]["code"]) == (400, "bad_json")


@pytest.mark.parametrize("body", ["[]", '"hej"', "7", "null"])
async def test_json_that_is_no_object_is_a_clear_error(chat, body):
    answered = await chat.send(body)
    assert (chat.status, answered["error"]["code"]) == (400, "not_an_object")


async def test_unknown_fields_are_passed_over(chat):
    await chat.send({"text": "hæk?", "client_message_id": "u", "admin": True, "seq": 99})
    assert chat.status == 200


async def test_the_client_message_id_may_be_left_out(chat):
    await chat.send({"text": "hæk?"})
    assert chat.status == 200


@pytest.mark.parametrize("bad", ["", "a" * 65, "æ", "a b", 7])
async def test_an_unusable_client_message_id_is_refused(chat, bad):
    body = await chat.send({"text": "hej", "client_message_id": bad})
    assert (chat.status, body["error"]["code"]) == (422, "bad_message_id")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30])
async def test_a_number_that_is_none_is_refused(chat, after):
    body = await chat.request("get", "/conversations/{id}/messages", headers=chat.headers, params={"after": after})
    assert (chat.status, body["error"]["code"]) == (422, "bad_number")


@pytest.mark.parametrize("token", ["x" * 43, "", "æøå" * 20, "kort"])
async def test_a_wrong_token_opens_nothing(chat, engine, token):
    chat.token = token
    for read in (chat.say("hej"), chat.read()):
        body = await read
        assert (chat.status, body["error"]["code"]) == (401, "unauthorised")
    assert engine.received == []


async def test_no_token_opens_nothing(chat):
    body = await chat.request("get", "/conversations/{id}/messages")
    assert (chat.status, body["error"]["code"]) == (401, "unauthorised")
    assert chat.response_headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_does_not_open_another_conversation(client, chat):
    other = Chat(client)
    await other.begin()
    chat.id = other.id
    await chat.read()
    assert chat.status == 401


async def test_an_unknown_conversation_answers_like_a_wrong_token(chat):
    right = dict(chat.headers)
    chat.id = "f" * 32
    unknown = await chat.request("get", "/conversations/{id}/messages", headers=right)
    assert (chat.status, unknown["error"]["code"]) == (401, "unauthorised")


# --- privacy ------------------------------------------------------------------------------------------------


async def test_a_cpr_number_is_masked_before_storage_and_the_visitor_is_told_first(chat, engine, database):
    body = await chat.say("mit cpr er 010190-1234, må jeg klippe hækken?")
    assert [m["kind"] for m in body["messages"]] == ["notice", "answer"]
    assert "Digital Post til Prøve Kommune, ErhvervsKontoret" in body["messages"][0]["text"]
    assert engine.texts == ["må jeg klippe hækken?"]
    assert "010190-1234" not in await everything_in(database)


async def test_a_ticket_of_another_conversation_is_never_shown_as_a_card(client, chat, engine, parts):
    reference = await open_ticket(parts, chat.id)
    stranger = Chat(client)
    await stranger.begin()
    engine.replies = [words("Her er sagen.", "status", kind="ticket", ticket=reference)]
    (reply,) = (await stranger.say(reference))["messages"]
    assert "ticket" not in reply


async def test_a_ticket_is_shown_in_plain_words_with_a_link_that_works(chat, engine, parts, client):
    reference = await open_ticket(parts, chat.id)
    engine.replies = [words("Din sag er oprettet.", "case", kind="ticket", ticket=reference)]
    (reply,) = (await chat.say("udvid"))["messages"]
    ticket = reply["ticket"]
    assert ticket["reference"] == reference
    assert ticket["level_text"] == "Større: flere afdelinger samarbejder"
    assert ticket["areas"] == ["Byggesag", "Plan", "Miljø"]
    assert ticket["contact_person"] == {
        "name": "Bo Byggesen",
        "title": "Byggesagsbehandler",
        "email": "bo@proeve.example",
        "phone": "00 00 50 52",
    }
    assert ticket["first_answer_due"] == "2026-11-25T09:00:00Z"
    assert ticket["first_answer_due_text"] == "onsdag den 25. november 2026 kl. 10.00"
    assert ticket["answer_due_text"] == "tirsdag den 1. december 2026 kl. 15.30"
    assert "Tegninger af de nuværende og nye bygninger" in ticket["checklist"]
    assert (await client.get(ticket["status_url"].removeprefix(str(client.make_url("")).rstrip("/")))).status == 200


# --- errors -------------------------------------------------------------------------------------------------


async def test_errors_are_danish_unless_english_leads(chat):
    danish = await chat.say("", **{"Accept-Language": "da,en;q=0.8"})
    english = await chat.say("", **{"Accept-Language": "en,da;q=0.8"})
    assert danish["error"]["message"].startswith("Der står ikke noget")
    assert english["error"]["message"].startswith("The message is empty")


async def test_an_unknown_address_of_the_api_has_the_same_error_shape(client):
    for method, path, status in (("get", "/api/v1/nothing", 404), ("delete", "/api/v1/conversations", 405)):
        response = await client.request(method, path)
        assert response.status == status
        assert set((await response.json())["error"]) == {"code", "message"}


async def test_a_crash_tells_no_trace_and_logs_no_words(chat, client, monkeypatch, caplog):
    words_of_a_visitor = "hemmelige " + "ord"

    async def crash(*_args):
        raise RuntimeError(words_of_a_visitor)

    monkeypatch.setattr("web.gateway.Gateway.receive", crash)
    body = await chat.say("hej")
    assert (chat.status, body["error"]["code"]) == (500, "unexpected")
    assert "RuntimeError" in caplog.text
    assert "hemmelige ord" not in caplog.text
    assert "hemmelige" not in json.dumps(body)
