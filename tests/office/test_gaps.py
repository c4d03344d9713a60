"""What editors are shown: questions that ended badly, once each, and nothing that reaches anybody."""

from datetime import timedelta

from office import conversations, gaps
from office.conversations import Utterance
from office.gaps import Gap

CHOICES = {
    "choices": [
        {"id": "2-1", "label": "Skilte", "command": '/choose{"article": "skilte-facader"}'},
        {"id": "2-2", "label": "Tal med en medarbejder", "command": "/human"},
    ]
}
CLARIFY = {"kind": "clarify", "articles": ["skilte-facader"]}


async def talk(database, now, *exchanges) -> None:
    """One conversation of exchanges (what the visitor wrote, the outcome, what the visitor pressed, what was offered)."""
    async with database.writing() as uow:
        conversation, _ = await conversations.start(uow, now)
        for text, outcome, pressed, offered in exchanges:
            payload = {"choice": pressed} if pressed else {}
            message, _ = await conversations.receive(uow, conversation, text, now, payload=payload)
            await conversations.answer(uow, conversation, message, [Utterance("…", payload=offered)], outcome, now)
        await uow.commit()


async def found(database, first) -> list[Gap]:
    async with database.reading() as uow:
        return await gaps.since(uow, first)


async def test_unsure_out_of_scope_and_unhelpful_are_gaps_and_an_answer_is_none(database, now):
    await talk(
        database,
        now,
        ("hvad med det grønne", {"kind": "unsure"}, None, {}),
        ("hvornår spiller FCK", {"kind": "out_of_scope"}, None, {}),
        ("må jeg have skilt", {"kind": "answer", "articles": ["skilte-facader"], "helped": False}, None, {}),
        ("må jeg have hæk", {"kind": "answer", "articles": ["haek-i-skel"]}, None, {}),
    )
    assert await found(database, now) == [
        Gap("hvad med det grønne", gaps.UNSURE),
        Gap("hvornår spiller FCK", gaps.OUT_OF_SCOPE),
        Gap("må jeg have skilt", gaps.NOT_HELPED),
    ]


async def test_a_question_asked_back_is_a_gap_until_a_topic_is_chosen(database, now):
    await talk(database, now, ("noget med et skilt", CLARIFY, None, CHOICES))
    answered = ("Skilte", {"kind": "answer", "articles": ["skilte-facader"]}, "2-1", {})
    await talk(database, now, ("skiltet", CLARIFY, None, CHOICES), answered)
    assert await found(database, now) == [Gap("noget med et skilt", gaps.CLARIFY)]


async def test_asking_for_a_person_instead_chooses_no_topic(database, now):
    await talk(database, now, ("skiltet", CLARIFY, None, CHOICES), ("Tal med …", {"kind": "human"}, "2-2", {}))
    assert await found(database, now) == [Gap("skiltet", gaps.CLARIFY)]


async def test_a_topic_chosen_that_did_not_help_leaves_the_question_a_gap(database, now):
    unhelpful = ("Skilte", {"kind": "answer", "articles": ["skilte-facader"], "helped": False}, "2-1", {})
    await talk(database, now, ("skiltet", CLARIFY, None, CHOICES), unhelpful)
    assert await found(database, now) == [Gap("skiltet", gaps.NOT_HELPED)]


async def test_older_messages_are_left_in_peace(database, now):
    await talk(database, now - timedelta(days=31), ("hvad med det grønne", {"kind": "unsure"}, None, {}))
    assert await found(database, now - timedelta(days=30)) == []


async def test_nobody_can_be_reached_by_what_editors_read(database, now):
    await talk(database, now, ("ring 00 00 11 22 eller lise@smed.example", {"kind": "unsure"}, None, {}))
    assert [gap.text for gap in await found(database, now)] == ["ring [nummer] eller [mailadresse]"]
