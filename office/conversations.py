"""Conversations and what is said in them. Stored before anybody reacts; numbered without gaps; masked for CPR."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Conversation, Message


@dataclass(frozen=True)
class Utterance:
    """Something bot, gateway or caseworker says: words, kind, and what the kind needs (see tables.Message)."""

    text: str
    kind: str = "text"
    language: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    ticket_id: int | None = None


def hash_token(token: str) -> str:
    """Return what is stored instead of a secret token (SHA-256; tokens are random and long, so no salt is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()


async def start(
    uow: UnitOfWork,
    now: datetime,
    channel: str = "chat",
    language: str = "da",
    conversation_id: str | None = None,
) -> tuple[Conversation, str]:
    """Begin a conversation. Returns it with the token that authorises all that follows; only its hash is kept.

    `conversation_id` is given by a form that names its conversation beforehand, so that sending it twice opens one only.
    """
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=conversation_id or secrets.token_hex(16),
        token_hash=hash_token(token),
        channel=channel,
        language=language,
        handler="bot",
        last_seq=0,
        started_at=now,
        last_at=now,
    )
    uow.session.add(conversation)
    await uow.session.flush()
    return conversation, token


async def authorised(uow: UnitOfWork, conversation_id: str, token: str) -> Conversation | None:
    """Return the conversation when `token` is its own; None for a wrong token and for an unknown conversation alike."""
    conversation = await uow.session.get(Conversation, conversation_id)
    stored = conversation.token_hash if conversation and conversation.token_hash else ""
    return conversation if hmac.compare_digest(stored, hash_token(token)) else None


async def locked(uow: UnitOfWork, conversation_id: str) -> Conversation:
    """Return the conversation for writing in it: its numbering is ours until the block ends. Raises when it is unknown."""
    return await uow.session.get_one(Conversation, conversation_id, with_for_update=True)


async def receive(
    uow: UnitOfWork,
    conversation: Conversation,
    text: str,
    now: datetime,
    client_message_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
    ticket_id: int | None = None,
) -> tuple[Message, bool]:
    """Store what a visitor wrote, masked. Returns the message and whether it was there already (same client id)."""
    if client_message_id is not None:
        known = await uow.session.scalar(
            select(Message).where(
                Message.conversation_id == conversation.id, Message.client_message_id == client_message_id
            )
        )
        if known is not None:
            return known, True
    masked, found_cpr = mask_cpr(text)
    message = Message(
        conversation_id=conversation.id,
        seq=_next_seq(conversation, now),
        author="visitor",
        kind="text",
        text=masked,
        payload={**(payload or {}), **({"cpr_masked": True} if found_cpr else {})},
        at=now,
        client_message_id=client_message_id,
        state="received",
        ticket_id=ticket_id,
    )
    uow.session.add(message)
    await uow.session.flush()
    return message, False


async def answer(
    uow: UnitOfWork,
    conversation: Conversation,
    message: Message,
    utterances: Sequence[Utterance],
    outcome: Mapping[str, Any],
    now: datetime,
    state: str = "answered",
) -> list[Message]:
    """Store the replies to `message` with the exchange's outcome. Returns the stored replies in order."""
    message.outcome = dict(outcome)
    message.state = state
    return [await say(uow, conversation, "bot", utterance, now, answers=message.id) for utterance in utterances]


async def say(
    uow: UnitOfWork,
    conversation: Conversation,
    author: str,
    utterance: Utterance,
    now: datetime,
    author_name: str | None = None,
    answers: int | None = None,
) -> Message:
    """Store one utterance by bot, caseworker or system."""
    said = Message(
        conversation_id=conversation.id,
        seq=_next_seq(conversation, now),
        author=author,
        author_name=author_name,
        kind=utterance.kind,
        text=mask_cpr(utterance.text)[0],
        language=utterance.language,
        payload=dict(utterance.payload),
        at=now,
        answers=answers,
        ticket_id=utterance.ticket_id,
    )
    uow.session.add(said)
    await uow.session.flush()
    return said


async def replies_to(uow: UnitOfWork, message: Message) -> list[Message]:
    """Return the stored replies to a visitor's message, in order."""
    rows = await uow.session.scalars(select(Message).where(Message.answers == message.id).order_by(Message.seq))
    return list(rows)


async def since(uow: UnitOfWork, conversation_id: str, after: int = 0, limit: int = 500) -> list[Message]:
    """Return what was said after number `after`, in order, at most `limit` messages."""
    rows = await uow.session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    return list(rows)


async def latest(uow: UnitOfWork, conversation_id: str, before: int = 0, limit: int = 40) -> list[Message]:
    """Return the last `limit` messages in order; with `before` those that came before that number."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    if before:
        query = query.where(Message.seq < before)
    rows = await uow.session.scalars(query.order_by(Message.seq.desc()).limit(limit))
    return list(rows)[::-1]


async def last_words(uow: UnitOfWork, conversation_id: str, author: str) -> list[Message]:
    """Return what `author` said last in the conversation, newest first, at most 50 messages."""
    rows = await uow.session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == author)
        .order_by(Message.seq.desc())
        .limit(50)
    )
    return list(rows)


async def heard_before(uow: UnitOfWork, message: Message) -> Message | None:
    """Return what the visitor last heard before writing `message`, if anything."""
    heard: Message | None = await uow.session.scalar(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.seq < message.seq,
            Message.author != "visitor",
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return heard


async def note_help(uow: UnitOfWork, message: Message, helped: bool) -> None:
    """Write on the question that was answered last before `message` whether its answer helped, as the visitor said there.

    It stands in that question's outcome as `helped`; the last word counts. Without an answered question nothing happens.
    """
    asked = await last_words(uow, message.conversation_id, "visitor")
    answered = (m for m in asked if m.seq < message.seq and (m.outcome or {}).get("kind") == "answer")
    question = next(answered, None)
    if question is not None:
        question.outcome = {**(question.outcome or {}), "helped": helped}


async def left_unanswered(uow: UnitOfWork, before: datetime) -> list[Message]:
    """Return visitors' messages stored before `before` that nobody has answered yet, oldest first, at most 100."""
    rows = await uow.session.scalars(
        select(Message)
        .where(Message.author == "visitor", Message.state == "received", Message.at < before)
        .order_by(Message.id)
        .limit(100)
    )
    return list(rows)


async def find_choice(uow: UnitOfWork, conversation_id: str, choice_id: str) -> dict[str, Any] | None:
    """Return the choice {id, label, command} that the bot offered in this conversation under `choice_id`, if any."""
    number = choice_id.split("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    message = await uow.session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == int(number))
    )
    choices = message.payload.get("choices", []) if message and message.author == "bot" else []
    return next((choice for choice in choices if choice["id"] == choice_id), None)


def _next_seq(conversation: Conversation, now: datetime) -> int:
    conversation.last_seq += 1
    conversation.last_at = now
    return conversation.last_seq
