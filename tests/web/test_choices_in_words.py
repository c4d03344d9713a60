"""Answers in words to a choice, and what becomes of "Hjalp det?"."""

import pytest
from sqlalchemy import select

from office.store.tables import Message
from tests.web.standin_engine import answer, words

TITLES = {
    "text": "Hvad handler det om?",
    "buttons": [
        {"title": "Hæk og hegn", "payload": '/choose{"article": "haek-i-skel"}', "means": "topic"},
        {"title": "Frisør i egen bolig", "payload": '/choose{"article": "frisoer-i-egen-bolig"}', "means": "topic"},
        {"title": "Ingen af dem", "payload": '/choose{"article": "none"}', "means": "no"},
    ],
    "custom": {"kind": "choices", "language": "da", "outcome": {"kind": "clarify"}},
}
DID_IT_HELP = {
    "text": "Hjalp det?",
    "buttons": [
        {"title": "Ja", "payload": "/helped", "means": "yes"},
        {"title": "Nej", "payload": "/not_helped", "means": "no"},
    ],
    "custom": {"kind": "choices", "language": "da"},
}


async def outcomes(parts):
    async with parts.database.reading() as uow:
        rows = await uow.session.scalars(select(Message).where(Message.author == "visitor").order_by(Message.seq))
        return [row.outcome for row in rows]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("den anden", '/choose{"article": "frisoer-i-egen-bolig"}'),
        ("den med hækken", '/choose{"article": "haek-i-skel"}'),
        ("ingen af dem", '/choose{"article": "none"}'),
    ],
)
async def test_words_that_name_a_choice_press_it(chat, engine, text, command):
    engine.replies = [TITLES]
    await chat.say("hegn?")
    await chat.say(text)
    assert engine.texts[-1] == command


async def test_a_choice_in_words_stands_in_the_conversation_as_it_was_written(chat, engine):
    engine.replies = [TITLES]
    await chat.say("hegn?")
    await chat.say("Nr. 2 tak")
    assert (await chat.read())[-2]["text"] == "Nr. 2 tak"


async def test_only_what_was_offered_last_is_chosen_in_words(chat, engine):
    engine.replies = [TITLES]
    await chat.say("hegn?")
    engine.replies = [words("Goddag.")]
    await chat.say("goddag")
    await chat.say("den anden")
    assert engine.texts[-1] == "den anden"


async def test_a_message_of_its_own_goes_to_the_engine_as_it_is(chat, engine):
    engine.replies = [TITLES]
    await chat.say("hegn?")
    await chat.say("hvad koster et hegn?")
    assert engine.texts[-1] == "hvad koster et hegn?"


@pytest.mark.parametrize(("said", "helped"), [("ja tak", True), ("nej", False)])
async def test_whether_it_helped_is_written_on_the_question_that_was_answered(chat, engine, parts, said, helped):
    engine.replies = [answer(), DID_IT_HELP]
    await chat.say("hvor højt må et hegn være?")
    engine.replies = [words("Tak for svaret.", helped=helped)]
    await chat.say(said)
    asked, replied = await outcomes(parts)
    assert (asked["kind"], asked["helped"]) == ("answer", helped)
    assert "helped" not in replied


async def test_the_same_message_sent_again_after_that_still_gets_its_first_answer(chat, engine):
    engine.replies = [answer(), DID_IT_HELP]
    first = await chat.say("hvor højt må et hegn være?", client_message_id="m-1")
    engine.replies = [words("Det er jeg ked af.", helped=False)]
    await chat.say("nej")
    again = await chat.say("hvor højt må et hegn være?", client_message_id="m-1")
    assert again["messages"] == first["messages"]
    assert again["outcome"]["helped"] is False


async def test_that_something_did_not_help_before_anything_was_answered_is_written_nowhere(chat, engine, parts):
    engine.replies = [words("Det er jeg ked af.", helped=False)]
    await chat.say("det hjalp ikke")
    assert await outcomes(parts) == [{"kind": "smalltalk"}]
