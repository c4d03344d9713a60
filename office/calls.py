"""Inquiries that a caseworker takes in: by telephone, by e-mail, in person. They become a case, or are answered at once.

Source: promises S01 (every inquiry, all channels), S02 (simple ones are answered at once) and S12 (the same goals by any way).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from knowledge.model import Article, Knowledge
from office import conversations
from office.conversations import Utterance
from office.history import record
from office.intake import Facts
from office.store import UnitOfWork
from office.store.tables import Conversation, Message, Ticket, User
from office.tickets import Decided, Inquiry, open_ticket

# By which ways a caseworker takes inquiries in.
TAKEN_IN_BY = ("phone", "email", "visit")


@dataclass(frozen=True)
class Call:
    """An inquiry as the caseworker noted it. `id` becomes its conversation's, so that it is taken in only once."""

    id: str
    channel: str
    text: str
    facts: Facts = field(default_factory=Facts)
    case_type: str | None = None
    language: str = "da"
    decided: Decided = field(default_factory=Decided)


async def open_case(uow: UnitOfWork, knowledge: Knowledge, call: Call, user: User, now: datetime) -> Ticket:
    """Take the inquiry in as a case; the caller commits. Raises ValueError without a way to answer, and NotAllowed.

    Taken in before under the same id, it fails with IntegrityError.
    """
    _, message = await _note(uow, call, user, now)
    inquiry = Inquiry(
        conversation_id=call.id,
        subject=message.text,
        facts=call.facts,
        case_type=call.case_type,
        message_id=message.id,
        channel=call.channel,
        language=call.language,
        decided=call.decided,
    )
    ticket = await open_ticket(uow, knowledge, inquiry, now, actor=user.username)
    message.ticket_id = ticket.id
    message.outcome = {"kind": "case", "level": ticket.level, "areas": [*ticket.areas, *ticket.authorities]}
    if ticket.case_type:
        message.outcome = {**message.outcome, "type": ticket.case_type}
    return ticket


async def answer_at_once(
    uow: UnitOfWork, call: Call, said: Utterance, article: Article | None, user: User, now: datetime
) -> Message:
    """Write down that the inquiry was answered while the business waited: with which words, and from which version of which
    article (None: in the caseworker's own words). It is counted as a simple inquiry; the caller commits.

    What was typed about the business is not kept: there is nothing left to call back about.
    """
    conversation, message = await _note(uow, call, user, now)
    message.outcome = {"kind": "answer", **({"articles": [article.id]} if article else {})}
    version = f"{article.id} {article.version}" if article else None
    record(uow, None, now, user.username, "answered_at_once", field=call.channel, new=version)
    return await conversations.say(uow, conversation, "caseworker", said, now, user.name, answers=message.id)


async def _note(uow: UnitOfWork, call: Call, user: User, now: datetime) -> tuple[Conversation, Message]:
    """Store the caseworker's note of what the business said, and say whose note it is."""
    if call.channel not in TAKEN_IN_BY:
        raise ValueError(f"nobody takes inquiries in by {call.channel!r}")
    conversation, _ = await conversations.start(uow, now, call.channel, call.language, call.id)
    message, _ = await conversations.receive(uow, conversation, call.text, now)
    message.author_name, message.state = f"Noteret af {user.name}", "answered"
    return conversation, message
