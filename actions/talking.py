"""Everything said that is neither an answer nor a case: courtesy, refusal, care, out of scope, unsure, choices, status."""

from __future__ import annotations

from actions import buttons
from actions.answering import answer_questions, ask_which_again, obey_choice, offer_perhaps_answered, say_unsure
from actions.base import OfficeAction
from actions.context import Turn
from actions.follow_up import answer_follow_up
from actions.next_step import say_helped, say_not_helped, was_asked_if_it_helped
from office import tickets
from office.choosing import YES
from office.contact import contact_person
from office.deadlines import next_deadline
from office.intake import find_reference
from office.store.tables import Ticket
from office.words import moment_in_words

# The kind of outcome each conversational intent ends in.
OUTCOMES = {
    "greet": "smalltalk",
    "goodbye": "smalltalk",
    "thanks": "smalltalk",
    "praise": "smalltalk",
    "helped": "smalltalk",
    "not_helped": "unsure",
    "who_are_you": "smalltalk",
    "affirm": "smalltalk",
    "deny": "smalltalk",
    "cancel": "smalltalk",
    "start_over": "smalltalk",
    "why": "smalltalk",
    "skip": "smalltalk",
    "abuse": "refused",
    "injection": "refused",
    "crisis": "human",
    "private_matter": "out_of_scope",
    "out_of_scope": "out_of_scope",
}
# Intents whose words speak of a person: whether "ja" to them means that one is wanted.
_OFFER_A_PERSON = {"abuse": YES, "crisis": YES, "out_of_scope": None}
# What a new beginning forgets.
_TOPIC_SLOTS = ("focus_article", "shown_articles", "runners_up", "neighbours_offered", "unsure_before")


class ActionTalk(OfficeAction):
    """Say the response that belongs to the intent."""

    action_name = "action_talk"

    async def answer(self, turn: Turn) -> None:
        talk(turn, turn.intent)


class ActionUnsure(OfficeAction):
    """Say that the message was not understood."""

    action_name = "action_unsure"

    async def answer(self, turn: Turn) -> None:
        say_unsure(turn)


class ActionStatus(OfficeAction):
    """Tell where the case stands, to the conversation that opened it; to anybody else, how status is obtained."""

    action_name = "action_status"

    async def answer(self, turn: Turn) -> None:
        await tell_status(turn)


def talk(turn: Turn, intent: str) -> None:
    """Answer a conversational intent; a "ja" or "nej" belongs to what was asked last."""
    if intent in ("affirm", "deny") and was_asked_if_it_helped(turn):
        intent = "helped" if intent == "affirm" else "not_helped"
    if intent == "helped":
        say_helped(turn)
    elif intent == "not_helped":
        say_not_helped(turn)
    elif intent == "abuse":
        _meet_abuse(turn)
    elif not (intent == "affirm" and ask_which_again(turn)):
        _say_response(turn, intent)


def _say_response(turn: Turn, intent: str) -> None:
    offered = [buttons.person(turn, _OFFER_A_PERSON[intent])] if intent in _OFFER_A_PERSON else []
    turn.say(intent, outcome={"kind": OUTCOMES[intent]}, buttons=offered)
    if OUTCOMES[intent] == "out_of_scope":
        offer_perhaps_answered(turn)
    if intent == "start_over":
        for slot in _TOPIC_SLOTS:
            turn.set_slot(slot, None)


def _meet_abuse(turn: Turn) -> None:
    """Stay calm and of use: the second time shorter, with the telephone."""
    again = bool(turn.slot("abuse_met"))
    turn.say(
        "abuse_again" if again else "abuse",
        {"kind": OUTCOMES["abuse"]},
        [buttons.person(turn, _OFFER_A_PERSON["abuse"])],
        phone=turn.knowledge.office.phone,
    )
    turn.set_slot("abuse_met", True)


async def tell_status(turn: Turn) -> None:
    """Tell the status of this conversation's case; a number from elsewhere opens nothing, whether it exists or not."""
    async with turn.parts.database.reading() as uow:
        own = await tickets.of_conversation(uow, turn.conversation_id)
    asked_for = find_reference(turn.text)
    ticket = next((t for t in own if asked_for in (None, t.reference)), None)
    if ticket is not None:
        _say_status(turn, ticket)
    else:
        turn.say(
            "status_elsewhere" if asked_for else "status_without_number",
            outcome={"kind": "status"},
            buttons=[buttons.person(turn, YES)],
            reference=asked_for or "",
        )
        offer_perhaps_answered(turn)


def _say_status(turn: Turn, ticket: Ticket) -> None:
    person = contact_person(turn.knowledge, ticket)  # the office itself when they have left
    due = moment_in_words(next_deadline(ticket, turn.knowledge.office.promises), turn.language)
    turn.say(
        f"status_{ticket.status}",
        outcome={"kind": "status"},
        custom={"kind": "ticket", "ticket": ticket.reference},
        reference=ticket.reference,
        person=person["name"],
        due=due,
    )


async def interrupt(turn: Turn, intent: str) -> None:
    """Answer a message that is not an answer to the form's question, as it would be answered outside the form."""
    if intent == "answer":
        answer_questions(turn)
    elif intent == "follow_up":
        answer_follow_up(turn)
    elif intent == "status":
        await tell_status(turn)
    elif intent == "choose":
        obey_choice(turn)
    elif intent in OUTCOMES:
        talk(turn, intent)
    else:
        say_unsure(turn)
