"""What business and office write to each other on a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from office import conversations
from office.conversations import Utterance
from office.history import record
from office.notices import notify
from office.store import UnitOfWork
from office.store.tables import Message, Ticket
from office.tickets import change


async def reply_to_business(
    uow: UnitOfWork,
    ticket: Ticket,
    text: str,
    author_name: str,
    actor: str,
    now: datetime,
    answers_case: bool = False,
) -> Message:
    """Store a caseworker's words to the business: in the chat if it is open, and on the follow-up page.

    Any reply is a first answer; with `answers_case` it is also the answer with content, and no deadline is left.
    """
    conversation = await conversations.locked(uow, ticket.conversation_id)
    utterance = Utterance(text, payload={"ticket": ticket.reference}, ticket_id=ticket.id)
    message = await conversations.say(uow, conversation, "caseworker", utterance, now, author_name)
    if ticket.first_answered_at is None:
        ticket.first_answered_at = now
    if answers_case and ticket.answered_at is None:
        ticket.answered_at = now
    status = "answered" if ticket.answered_at else "with_contact_person"
    if ticket.status != status:
        await change(uow, ticket, {"status": status}, actor, now)
    record(uow, ticket, now, actor, "replied")
    await notify(uow, ticket, "replied", now, messages=[message.id])
    await uow.session.flush()
    return message


async def write_from_business(
    uow: UnitOfWork, ticket: Ticket, text: str, now: datetime, client_message_id: str | None = None
) -> Message:
    """Store what the business writes on the follow-up page; sent again under the same client id it is stored once."""
    conversation = await conversations.locked(uow, ticket.conversation_id)
    message, known = await conversations.receive(uow, conversation, text, now, client_message_id, ticket_id=ticket.id)
    if not known:
        message.state = "answered"
        message.outcome = {"kind": "status"}
        await add_message(uow, ticket, message, now)
    return message


async def add_message(uow: UnitOfWork, ticket: Ticket, message: Message, now: datetime) -> None:
    """Put what the business wrote on its ticket, where the contact person sees it, and tell the contact person."""
    message.ticket_id = ticket.id
    record(uow, ticket, now, "virksomheden", "wrote")
    await notify(uow, ticket, "wrote", now, messages=[message.id])


async def messages_of(uow: UnitOfWork, ticket: Ticket) -> list[Message]:
    """Return what business and caseworker wrote to each other on this ticket, oldest first."""
    rows = await uow.session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id))
    return list(rows)
