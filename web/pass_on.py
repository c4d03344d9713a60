"""What a business writes back to a caseworker in the chat is put on the case, so that it is not lost on the assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from office import conversations, correspondence
from office.contact import contact_person
from office.conversations import Utterance
from office.store import UnitOfWork
from office.store.tables import Message, Ticket
from web.parts import Parts

# What the assistant makes of words that were not meant for it.
_NOT_FOR_THE_ASSISTANT = ("unsure", "smalltalk", "out_of_scope")
_PASSED_ON = {
    "da": "Jeg har lagt din besked på sag {reference}, så {person} ser den.",
    "en": "I have added your message to case {reference}, where {person} will see it.",
}


async def pass_on(
    uow: UnitOfWork, parts: Parts, message: Message, outcome: Mapping[str, Any], language: str
) -> Utterance | None:
    """Put a reply to a caseworker on the case. Returns the words that say so, unless the assistant has an answer of its own.

    A message is such a reply when a caseworker spoke last, or when the one before was passed on.
    """
    heard = await conversations.heard_before(uow, message)
    ticket = await _ticket_of(uow, heard) if heard is not None else None
    if ticket is None:
        return None
    await correspondence.add_message(uow, parts.knowledge, ticket, message, parts.now())
    if outcome["kind"] not in _NOT_FOR_THE_ASSISTANT:
        return None
    person = contact_person(parts.knowledge, ticket)["name"]
    text = _PASSED_ON[language].format(reference=ticket.reference, person=person)
    return Utterance(text, "notice", language, {"passed_on": ticket.id})


async def _ticket_of(uow: UnitOfWork, heard: Message) -> Ticket | None:
    number = heard.ticket_id if heard.author == "caseworker" else heard.payload.get("passed_on")
    return await uow.session.get(Ticket, number) if number is not None else None
