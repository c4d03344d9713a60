"""The gateway answers itself while the engine is down: it says so, keeps every word, and opens a case as soon as it can.

Nothing here says that a case exists before the caller's commit: the words are stored in the same commit as the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from office import conversations, correspondence, intakes, tickets
from office.conversations import Utterance
from office.intake import Facts, find_facts
from office.lifecycle import OPEN_STATUSES
from office.store import UnitOfWork
from office.store.tables import Conversation, Intake, Message, Ticket
from web.language import guess
from web.parts import Parts

_TROUBLE = {
    "da": (
        "Beklager, vi har tekniske problemer, så jeg kan ikke svare på det lige nu. Din besked er gemt. Skriv dit navn og et "
        "telefonnummer eller en e-mail, så opretter jeg en sag, og du får et sagsnummer. Du kan også ringe på {phone}.",
        "Det driller stadig hos os. Alt, hvad du har skrevet, er gemt. Skriv et telefonnummer eller en e-mail, så tager en "
        "medarbejder over, og du får et sagsnummer med det samme.",
        "Jeg kan stadig ikke svare, men din besked ligger her og bliver ikke væk. Med en e-mail eller et telefonnummer kan jeg "
        "give den videre til et menneske. Du kan også prøve igen om lidt.",
    ),
    "en": (
        "Sorry, we have technical trouble, so I cannot answer that right now. Your message is kept. Write your name and a phone "
        "number or an e-mail, and I will open a case and give you its number. You can also call {phone}.",
        "We are still having trouble. Everything you have written is kept. With a phone number or an e-mail a caseworker can "
        "take over, and you get a case number at once.",
        "I still cannot answer, but your message is safe here. With an e-mail or a phone number I can hand it to a person. You "
        "can also try again in a moment.",
    ),
}
_OPENED = {
    "da": "Tak. Din henvendelse er oprettet som sag {reference}. {person} er din kontaktperson og vender tilbage til dig.",
    "en": "Thank you. Your inquiry is now case {reference}. {person} is your contact person and will get back to you.",
}
_SAVED_BEFORE = {
    "da": "Det gik trægt hos os, men din henvendelse nåede at blive oprettet som sag {reference}.",
    "en": "We were slow, but your inquiry was saved as case {reference}.",
}
_ADDED = {
    "da": (
        "Beklager, vi har tekniske problemer, så jeg kan ikke svare lige nu. Jeg har lagt din besked på sag {reference}, så "
        "{person} ser den. Du kan også ringe på {phone}."
    ),
    "en": (
        "Sorry, we have technical trouble, so I cannot answer right now. I have added your message to case {reference}, where "
        "{person} will see it. You can also call {phone}."
    ),
}


@dataclass(frozen=True)
class TakenIn:
    """What the gateway says itself, the outcome of the exchange, and who answers the next message."""

    utterance: Utterance
    outcome: dict[str, Any]
    handler: str


def leaves_contact(message: Message) -> bool:
    """Tell whether the message gives a way to answer back."""
    return find_facts(message.text).reachable


async def take_in(uow: UnitOfWork, parts: Parts, conversation: Conversation, message: Message) -> TakenIn:
    """Do what can be done for a message that the engine could not answer; the caller stores the words and commits."""
    said = await _unanswered(uow, conversation, message)
    language = guess(" ".join(m.text for m in said), conversation.language)
    conversation.language = language
    saved = await tickets.opened_by(uow, [m.id for m in said])
    if saved is not None:
        return _with_ticket(_SAVED_BEFORE, saved, parts, language)
    intake = await intakes.open_intake(uow, conversation.id)
    facts = _facts(said, intake)
    if facts.reachable:
        return _with_ticket(_OPENED, await _open(uow, parts, conversation, said, intake, facts), parts, language)
    known = [t for t in await tickets.of_conversation(uow, conversation.id) if t.status in OPEN_STATUSES]
    if known:
        await correspondence.add_message(uow, parts.knowledge, known[0], message, parts.now())
        return _added(known[0], parts, language)
    return _trouble(parts, language, len(said) - 1)


async def _unanswered(uow: UnitOfWork, conversation: Conversation, message: Message) -> list[Message]:
    """Return what the visitor has said since the engine last answered, or since a case was made of it; oldest first."""
    found = [message]
    for earlier in await conversations.last_words(uow, conversation.id, "visitor"):
        if earlier.id >= message.id:
            continue
        if earlier.state == "answered" or (earlier.outcome or {}).get("kind") != "failed" or earlier.ticket_id:
            break
        found.append(earlier)
    return found[::-1]


def _facts(said: Sequence[Message], intake: Intake | None) -> Facts:
    facts = Facts.of(intake.facts) if intake else Facts()
    for message in said:
        facts = facts.updated(find_facts(message.text))
    return facts


async def _open(
    uow: UnitOfWork,
    parts: Parts,
    conversation: Conversation,
    said: Sequence[Message],
    intake: Intake | None,
    facts: Facts,
) -> Ticket:
    words = [*([intake.subject] if intake else []), *(message.text for message in said)]
    inquiry = tickets.Inquiry(
        conversation_id=conversation.id,
        subject="\n".join(dict.fromkeys(words)),
        facts=facts,
        case_type=intake.case_type if intake else None,
        message_id=said[-1].id,
        channel=conversation.channel,
        language=conversation.language,
    )
    return await tickets.open_ticket(uow, parts.knowledge, inquiry, parts.now(), actor="gateway")


def _with_ticket(texts: dict[str, str], ticket: Ticket, parts: Parts, language: str) -> TakenIn:
    text = texts[language].format(reference=ticket.reference, person=_contact_person(ticket, parts))
    outcome = {"kind": "case", "level": ticket.level, "areas": [*ticket.areas, *ticket.authorities]}
    if ticket.case_type:
        outcome["type"] = ticket.case_type
    return TakenIn(Utterance(text, "ticket", language, {"ticket": ticket.reference}), outcome, handler="bot")


def _added(ticket: Ticket, parts: Parts, language: str) -> TakenIn:
    text = _ADDED[language].format(
        reference=ticket.reference, person=_contact_person(ticket, parts), phone=parts.knowledge.office.phone
    )
    return TakenIn(Utterance(text, "notice", language), {"kind": "failed"}, handler="bot")


def _trouble(parts: Parts, language: str, times_before: int) -> TakenIn:
    texts = _TROUBLE[language]
    text = texts[0] if times_before == 0 else texts[1 + (times_before - 1) % (len(texts) - 1)]
    words = Utterance(text.format(phone=parts.knowledge.office.phone), "notice", language)
    return TakenIn(words, {"kind": "failed"}, handler="gateway")


def _contact_person(ticket: Ticket, parts: Parts) -> str:
    person = parts.knowledge.people.get(ticket.contact_person)
    return person.name if person else parts.knowledge.office.name
