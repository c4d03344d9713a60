"""The visitor's side of a live talk: the offer, the queue, the gate before the engine, and what the chat shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from office import conversations, intakes, live, live_talks
from office.conversations import Utterance
from office.live import BACK, HANDLERS
from office.live_words import BACK_LABEL, WORDS, wait_in_words
from office.store import UnitOfWork
from office.store.live_tables import LiveTalk
from office.store.tables import Conversation, Message
from web.engine import Said
from web.parts import Parts
from web.signs import Signs

_AT_SCREEN = {
    "da": {True: "Medarbejderen er her.", False: "Medarbejderen er ikke ved skærmen lige nu."},
    "en": {True: "The caseworker is here.", False: "The caseworker is not at the screen right now."},
}
Done = tuple[Utterance, dict[str, Any]]


async def wants_person(
    uow: UnitOfWork, conversation: Conversation, said: Sequence[Said], outcome: Mapping[str, Any]
) -> bool:
    """Tell whether the engine understood that a person is wanted: asked for in words, or the end of the exchange.

    The questions of an intake end in "human" too, but repeat no offer.
    """
    if any(reply.custom.get("wants_person") for reply in said):
        return True
    case_saved = any(reply.custom.get("ticket") for reply in said)
    intake = await intakes.open_intake(uow, conversation.id)
    return outcome["kind"] == "human" and not case_saved and intake is None


class TalkRoom:
    """What the gateway does for live talks, each within the gateway's unit of work."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def offer(self, uow: UnitOfWork, conversation: Conversation, seq: int) -> list[Utterance]:
        """Return the offer of a person as the message numbered `seq`; none when nobody can be had now."""
        if not self._may_offer(conversation):
            return []
        return [await live_talks.offer(uow, conversation, seq, self._parts.now())]

    async def keep(self, uow: UnitOfWork, conversation: Conversation, message: Message) -> dict[str, Any] | None:
        """Keep a message for the person waited for or talked with. Returns the outcome; None when there is no such person."""
        if conversation.handler not in HANDLERS.values():
            return None
        talk = await live.open_talk(uow, conversation.id)
        if talk is None:
            conversation.handler = "bot"
            return None
        live_talks.hear(talk, self._parts.now())
        return _outcome(talk)

    async def obey(self, uow: UnitOfWork, conversation: Conversation, message: Message, command: str) -> Done | None:
        """Do what a button of ours says. Returns words and outcome, or None when a person is wanted and cannot be had."""
        now = self._parts.now()
        seq = conversation.last_seq + 1
        talk = await live.open_talk(uow, conversation.id)
        if command == BACK and talk is not None:
            return await live_talks.leave(uow, conversation, talk, seq, now), {"kind": "smalltalk"}
        if command == BACK:
            language = conversation.language
            return Utterance(WORDS["back"][language], language=language), {"kind": "smalltalk"}
        if talk is None and not self._may_offer(conversation):
            return None
        talk = talk or await live_talks.ask(uow, conversation, message, now)
        words = await live_talks.queued(uow, self._parts.knowledge, conversation, talk, seq, now)
        return words, _outcome(talk)

    async def asks_for_contact(self, uow: UnitOfWork, conversation_id: str) -> bool:
        """Tell whether the visitor was asked for a way to be reached because nobody answered."""
        return await live.asking_talk(uow, conversation_id) is not None

    async def take_in(self, uow: UnitOfWork, conversation: Conversation, message: Message) -> Done:
        """Make the case of a talk that nobody answered. Returns the words that say so, and the outcome."""
        talk = await live.asking_talk(uow, conversation.id)
        assert talk is not None, "the turn of the conversation is ours, and it was asking"
        ticket, words = await live_talks.take_in(
            uow, self._parts.knowledge, conversation, talk, message, self._parts.now()
        )
        outcome = {"kind": "case", "level": ticket.level, "areas": [*ticket.areas, *ticket.authorities]}
        return words, outcome | ({"type": ticket.case_type} if ticket.case_type else {})

    def _may_offer(self, conversation: Conversation) -> bool:
        rules = self._parts.knowledge.office.live
        return live.may_offer(conversation, self._parts.calendar, rules, self._parts.now())


async def talk_state(uow: UnitOfWork, parts: Parts, signs: Signs, talk: LiveTalk | None) -> dict[str, Any]:
    """Return what the chat shows of the talk: who answers, the place in the queue, the wait, and the way back."""
    if talk is None:
        return {"state": "bot"}
    conversation = await uow.session.get_one(Conversation, talk.conversation_id)
    language = conversation.language
    back = await _way_back(uow, talk, language)
    if talk.state == "waiting":
        wait = await live.wait_of(uow, parts.now(), talk)
        words = wait_in_words(wait, language)
        return {"state": "waiting", "position": wait.position, "minutes": wait.minutes, "text": words, **back}
    present = signs.present(talk, "person")
    words = _AT_SCREEN[language][present]
    return {"state": "person", "name": talk.taken_name, "present": present, "text": words, **back}


async def _way_back(uow: UnitOfWork, talk: LiveTalk, language: str) -> dict[str, Any]:
    """Return the choice that leads back to the assistant; it was offered when the visitor got in the queue."""
    said = await conversations.since(uow, talk.conversation_id, talk.first_seq, 5)
    offered = (choice for m in said for choice in m.payload.get("choices", ()) if choice["command"] == BACK)
    choice = next(offered, None)
    return {"back": {"id": choice["id"], "label": BACK_LABEL[language]}} if choice else {}


def _outcome(talk: LiveTalk) -> dict[str, Any]:
    return {"kind": "human", "live": HANDLERS[talk.state]}
