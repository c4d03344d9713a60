"""What business and office write to each other on a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from knowledge.model import Knowledge
from office import conversations
from office.answer import content_of_answer
from office.calendar import WorkCalendar
from office.conversations import Utterance
from office.history import record
from office.lifecycle import status_after_message, status_after_reply
from office.moves import move, reopen
from office.notices import notify
from office.plans import plan_of
from office.store import UnitOfWork
from office.store.tables import Message, Ticket


async def reply_to_business(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    text: str,
    author_name: str,
    actor: str,
    now: datetime,
    answers_case: bool = False,
) -> Message:
    """Store a caseworker's words to the business: in the chat if it is open, and on the follow-up page.

    Any reply is a first answer. With `answers_case` it is also the answer with content: what was promised (office/answer.py)
    follows the words, and no deadline is left; raises NotAllowed while the plan cannot say it.
    """
    if answers_case:
        text = f"{text}\n\n{content_of_answer(ticket, await plan_of(uow, ticket), knowledge)}".rstrip()
    status = status_after_reply(ticket.status, answers_case)
    if status != ticket.status:
        await move(uow, knowledge, ticket, status, actor, now)
    message = await _say(uow, ticket, text, author_name, now)
    ticket.first_answered_at = ticket.first_answered_at or now
    ticket.reply_due = None
    if answers_case:
        ticket.answered_at = ticket.answered_at or now
        ticket.screened_at = ticket.screened_at or now  # the answer says all that a screening would
    record(uow, ticket, now, actor, "replied")
    await notify(uow, ticket, "replied", now, messages=[message.id])
    await uow.session.flush()
    return message


async def ask_business(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, text: str, author_name: str, actor: str, now: datetime
) -> Message:
    """Ask the business for something without which the case cannot go on; it waits until they write. Raises NotAllowed."""
    message = await reply_to_business(uow, knowledge, ticket, text, author_name, actor, now)
    if ticket.status != "waiting_for_business":
        await move(uow, knowledge, ticket, "waiting_for_business", actor, now)
    return message


async def write_from_business(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    text: str,
    now: datetime,
    client_message_id: str | None = None,
) -> Message:
    """Store what the business writes on the follow-up page; sent again under the same client id it is stored once."""
    conversation = await conversations.locked(uow, ticket.conversation_id)
    message, known = await conversations.receive(uow, conversation, text, now, client_message_id, ticket_id=ticket.id)
    if not known:
        message.state = "answered"
        message.outcome = {"kind": "status"}
        await _business_wrote(uow, knowledge, ticket, message, now)
    return message


async def add_message(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, message: Message, now: datetime) -> None:
    """Put what the business wrote on its ticket, where the contact person sees it, and tell the contact person."""
    message.ticket_id = ticket.id
    await _business_wrote(uow, knowledge, ticket, message, now)


async def messages_of(uow: UnitOfWork, ticket: Ticket) -> list[Message]:
    """Return what was written on this ticket, oldest first."""
    rows = await uow.session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id))
    return list(rows)


async def _say(uow: UnitOfWork, ticket: Ticket, text: str, author_name: str, now: datetime) -> Message:
    conversation = await conversations.locked(uow, ticket.conversation_id)
    utterance = Utterance(text, payload={"ticket": ticket.reference}, ticket_id=ticket.id)
    return await conversations.say(uow, conversation, "caseworker", utterance, now, author_name)


async def _business_wrote(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, message: Message, now: datetime
) -> None:
    """Make it the office's turn: an answer within a day to these words too (promise S01), and an ended case opens again."""
    record(uow, ticket, now, "virksomheden", "wrote")
    await notify(uow, ticket, "wrote", now, messages=[message.id])
    ticket.needs_no_more_at = None
    status = status_after_message(ticket.status)
    if status == "reopened" != ticket.status:
        await reopen(uow, knowledge, ticket, "virksomheden", now)
    elif status != ticket.status:
        await move(uow, knowledge, ticket, status, "virksomheden", now)
    if ticket.first_answered_at is not None and ticket.reply_due is None:
        ticket.reply_due = WorkCalendar(knowledge.office).first_answer_due(now).due
    await uow.session.flush()
