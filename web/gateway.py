"""One exchange: the visitor's words are stored, then the engine answers them, then its answer is stored. Nothing else.

Messages of one conversation are answered one at a time. The same client_message_id again, also at the same moment, gets
the replies that the first one got. When the engine fails, the gateway takes the message in itself (see takeover).
While a visitor waits for a person or talks with one, messages are kept for that person and never reach the engine (see live).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web

from office import conversations
from office.choosing import chosen
from office.conversations import Utterance
from office.live import ASK, BACK, HANDLERS
from office.store import UnitOfWork
from office.store.tables import Conversation, Message
from web.engine import Engine, EngineFailure, Said
from web.errors import PublicError
from web.events import DESK, Broker
from web.live import TalkRoom, wants_person
from web.parts import Parts
from web.pass_on import pass_on
from web.replies import ONLY_MARKS, cpr_notice, helped_of, language_of, outcome_of, utterances
from web.requests import VisitorWords
from web.takeover import TakenIn, leaves_contact, take_in
from web.visitor_text import for_engine

logger = logging.getLogger(__name__)
# What the engine is told in the visitor's place.
HUMAN, CANCEL = "/human", "/cancel"


@dataclass(frozen=True)
class Exchange:
    """The stored replies to one visitor's message, and its outcome."""

    replies: Sequence[Message]
    outcome: Mapping[str, Any]


class Gateway:
    """Carries words between visitors, the store and the engine."""

    def __init__(self, parts: Parts, engine: Engine, broker: Broker) -> None:
        self._parts = parts
        self._engine = engine
        self._broker = broker
        self._talks = TalkRoom(parts)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, conversation_id: str, words: VisitorWords, language_hint: str) -> Exchange:
        """Store a visitor's message and return what was answered. Raises PublicError for an unknown choice."""
        message_id = await self._store(conversation_id, words)
        return await self.answer(conversation_id, message_id, language_hint)

    async def answer(self, conversation_id: str, message_id: int, language_hint: str | None = None) -> Exchange:
        """Answer a stored message when its turn comes; one that has been answered already keeps its answer."""
        turn = self._turns.setdefault(conversation_id, asyncio.Lock())
        async with turn:
            async with self._parts.database.reading() as uow:
                message = await uow.session.get_one(Message, message_id)
                if message.state != "received":
                    return await _stored_exchange(uow, message)
                conversation = await uow.session.get_one(Conversation, conversation_id)
                command = await _command_of(uow, message)
                gives_contact = leaves_contact(message) and await self._talks.asks_for_contact(uow, conversation_id)
            exchange = await self._without_engine(conversation, message, command, gives_contact)
            if exchange is not None:
                return exchange
            text = HUMAN if command == ASK else command or for_engine(message.text)
            return await self._answer_now(conversation, message, text, language_hint)

    async def _store(self, conversation_id: str, words: VisitorWords) -> int:
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            text, payload = words.text, {}
            if words.choice is not None:
                text, payload = await _label_of(uow, conversation_id, words.choice), {"choice": words.choice}
            message, known = await conversations.receive(
                uow, conversation, text, self._parts.now(), words.client_message_id, payload
            )
            if words.choice is None and not known:
                await _note_choice_in_words(uow, message)
            kept = not known and await self._leave_to_person(uow, conversation, message)
            await uow.commit()
        self._broker.notify(conversation_id)
        if kept:
            self._broker.notify(DESK)
        return message.id

    async def _leave_to_person(self, uow: UnitOfWork, conversation: Conversation, message: Message) -> bool:
        """Keep a message for the person whom the visitor waits for or talks with. Returns whether there is one."""
        command = await _command_of(uow, message)
        outcome = None if command in (ASK, BACK) else await self._talks.keep(uow, conversation, message)
        if outcome is None:
            return False
        courtesies = self._courtesies(message, conversation.language)
        await conversations.answer(uow, conversation, message, courtesies, outcome, self._parts.now())
        return True

    async def _without_engine(
        self, conversation: Conversation, message: Message, command: str | None, gives_contact: bool
    ) -> Exchange | None:
        """Do what belongs to a person or to us, not to the engine: our own buttons, words for a person, the way to be reached
        that we asked for. None when the engine is to answer after all."""
        if command in (ASK, BACK):
            return await self._obey(conversation.id, message.id, command)
        if conversation.handler in HANDLERS.values():
            return await self._kept_for_person(conversation.id, message.id)
        return await self._take_in_talk(conversation.id, message.id) if gives_contact else None

    async def _answer_now(
        self, conversation: Conversation, message: Message, text: str, language_hint: str | None
    ) -> Exchange:
        if not text:
            return await self._only_marks(conversation.id, message.id)
        if conversation.handler == "gateway" and leaves_contact(message):
            return await self._take_in(conversation.id, message.id)
        metadata = {"language_hint": language_hint or conversation.language}
        self._broker.typing(conversation.id)
        try:
            said = await self._engine.send(conversation.id, message.id, text, metadata)
        except EngineFailure as failure:
            logger.error("the engine failed, the gateway takes message %s in: %s", message.id, failure)
            return await self._take_in(conversation.id, message.id)
        return await self._keep(conversation.id, message.id, said)

    async def _keep(self, conversation_id: str, message_id: int, said: Sequence[Said]) -> Exchange:
        """Store what the engine said."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            if conversation.handler == "gateway":
                conversation.handler = "bot"
            conversation.language = language_of(said) or conversation.language
            first = self._courtesies(message, conversation.language)
            outcome = outcome_of(said)
            helped = helped_of(said)
            if helped is not None:
                await conversations.note_help(uow, message, helped)
            passed_on = await pass_on(uow, self._parts, message, outcome, conversation.language)
            if passed_on is not None:
                return await self._finish(uow, conversation, message, [*first, passed_on], {"kind": "human"})
            words = [*first, *utterances(said, self._parts.knowledge, conversation.last_seq + len(first) + 1)]
            if await wants_person(uow, conversation, said, outcome):
                words += await self._talks.offer(uow, conversation, conversation.last_seq + len(words) + 1)
            return await self._finish(uow, conversation, message, words, outcome)

    async def _obey(self, conversation_id: str, message_id: int, command: str) -> Exchange | None:
        """Ask for a person, or go back to the assistant. None when no person can be had: the ordinary intake begins then."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            done = await self._talks.obey(uow, conversation, message, command)
            if done is None:
                return None
            words, outcome = done
            exchange = await self._finish(uow, conversation, message, [words], outcome)
        self._broker.notify(DESK)
        if command == ASK:
            await self._end_form(conversation_id, message_id)
        return exchange

    async def _end_form(self, conversation_id: str, message_id: int) -> None:
        """Let the engine leave an intake under way, so that it asks nothing of its own when the assistant is back."""
        try:
            await self._engine.send(conversation_id, message_id, CANCEL, {})
        except EngineFailure as failure:
            # The intake is closed in the store, where the form looks before it takes an answer.
            logger.warning("the engine was not told that a person takes over: %s", failure)

    async def _kept_for_person(self, conversation_id: str, message_id: int) -> Exchange | None:
        """Keep a message that was stored before the visitor asked for a person; None when nobody is waited for any more."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            kept = await self._leave_to_person(uow, conversation, message)
            exchange = await _stored_exchange(uow, message) if kept else None
            await uow.commit()
        self._broker.notify(conversation_id)
        self._broker.notify(DESK)
        return exchange

    async def _take_in_talk(self, conversation_id: str, message_id: int) -> Exchange:
        """Make the case of a talk that nobody answered, now that the visitor has left a way to be reached."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            words, outcome = await self._talks.take_in(uow, conversation, message)
            first = self._courtesies(message, conversation.language)
            return await self._finish(uow, conversation, message, [*first, words], outcome)

    async def _take_in(self, conversation_id: str, message_id: int) -> Exchange:
        """Store what the gateway does and says while the engine is down: the case and its confirmation in one commit."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            taken: TakenIn = await take_in(uow, self._parts, conversation, message)
            if conversation.handler not in HANDLERS.values():
                conversation.handler = taken.handler
            words = [*self._courtesies(message, conversation.language), taken.utterance]
            return await self._finish(uow, conversation, message, words, taken.outcome, state="failed")

    async def _only_marks(self, conversation_id: str, message_id: int) -> Exchange:
        """Answer a message that holds nothing but slashes."""
        async with self._parts.database.writing() as uow:
            conversation = await conversations.locked(uow, conversation_id)
            message = await uow.session.get_one(Message, message_id)
            words = [Utterance(ONLY_MARKS[conversation.language], language=conversation.language)]
            return await self._finish(uow, conversation, message, words, {"kind": "unsure"})

    async def _finish(
        self,
        uow: UnitOfWork,
        conversation: Conversation,
        message: Message,
        words: Sequence[Utterance],
        outcome: Mapping[str, Any],
        state: str = "answered",
    ) -> Exchange:
        now = self._parts.now()
        replies = await conversations.answer(uow, conversation, message, words, outcome, now, state)
        await uow.commit()
        self._broker.notify(conversation.id)
        return Exchange(replies, outcome)

    def _courtesies(self, message: Message, language: str) -> list[Utterance]:
        return [cpr_notice(self._parts.knowledge, language)] if message.payload.get("cpr_masked") else []


GATEWAY = web.AppKey("gateway", Gateway)


async def _stored_exchange(uow: UnitOfWork, message: Message) -> Exchange:
    return Exchange(await conversations.replies_to(uow, message), message.outcome or {})


async def _label_of(uow: UnitOfWork, conversation_id: str, choice_id: str) -> str:
    choice = await conversations.find_choice(uow, conversation_id, choice_id)
    if choice is None:
        raise PublicError("unknown_choice")
    return str(choice["label"])


async def _note_choice_in_words(uow: UnitOfWork, message: Message) -> None:
    """Let a message that names one of the choices offered last ("nr. 2", "ja tak") count as pressing it."""
    heard = await conversations.heard_before(uow, message)
    choice = chosen(message.text, heard.payload.get("choices", ())) if heard is not None else None
    if choice is not None:
        message.payload = {**message.payload, "choice": choice["id"]}


async def _command_of(uow: UnitOfWork, message: Message) -> str | None:
    """Return the hidden command of the choice that the message is; None for words, which never are a command."""
    choice_id = message.payload.get("choice")
    choice = await conversations.find_choice(uow, message.conversation_id, choice_id) if choice_id else None
    return str(choice["command"]) if choice else None
