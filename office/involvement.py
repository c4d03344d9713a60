"""Others are involved while the contact person keeps the case: somebody is asked, answers, or the question is closed.

Source: promises S06, S09 (no transfer: the office contacts the department), S15 (state authorities are part of it) and A8.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from knowledge.model import Knowledge
from office.errors import NotAllowed
from office.history import record
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Involvement, Ticket
from office.tickets import change


async def involve(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    area: str,
    question: str,
    actor: str,
    now: datetime,
    person: str | None = None,
) -> Involvement:
    """Ask an area (or authority), and where given the person id in it, a question about the case.

    The area joins the case's areas; the contact person stays. Raises NotAllowed for an unknown area or somebody not in it.
    """
    known = knowledge.areas.get(area)
    if known is None:
        raise NotAllowed(f"Fagområdet “{area}” findes ikke.")
    if person is not None and area not in (knowledge.people[person].areas if person in knowledge.people else ()):
        raise NotAllowed(f"Den medarbejder arbejder ikke med {known.title.lower()}.")
    if not question.strip():
        raise NotAllowed("Skriv, hvad du vil vide.")
    question = mask_cpr(question)[0]
    involvement = Involvement(
        ticket_id=ticket.id, area=area, person=person, question=question, asked_by=actor, asked_at=now
    )
    uow.session.add(involvement)
    record(uow, ticket, now, actor, "involved", area, new=person, why=question)
    joined = "authorities" if known.state else "areas"
    if area not in getattr(ticket, joined):
        await change(uow, ticket, {joined: [*getattr(ticket, joined), area]}, actor, now, question)
    await uow.session.flush()
    return involvement


async def answer_involvement(
    uow: UnitOfWork, ticket: Ticket, involvement: Involvement, answer: str, actor: str, now: datetime
) -> None:
    """Record what was answered; the question is closed by it. Raises NotAllowed when it is closed already, or nothing said."""
    _check_open(involvement)
    if not answer.strip():
        raise NotAllowed("Skriv svaret, før du gemmer det.")
    involvement.answer, involvement.answered_at, involvement.closed_at = mask_cpr(answer)[0], now, now
    record(uow, ticket, now, actor, "involved_answered", involvement.area, new=involvement.answer)
    await uow.session.flush()


async def close_involvement(
    uow: UnitOfWork, ticket: Ticket, involvement: Involvement, actor: str, now: datetime, why: str
) -> None:
    """Close a question that needs no answer any more. Raises NotAllowed when it is closed already."""
    _check_open(involvement)
    involvement.closed_at = now
    record(uow, ticket, now, actor, "involved_closed", involvement.area, why=why)
    await uow.session.flush()


async def mark_read(uow: UnitOfWork, ticket: Ticket, involvement: Involvement, actor: str, now: datetime) -> None:
    """Note that the contact person has read the answer: it leaves their day. Raises NotAllowed when there is nothing new."""
    if involvement.answered_at is None or involvement.read_at is not None:
        raise NotAllowed("Der er ikke noget ulæst svar.")
    involvement.read_at = now
    record(uow, ticket, now, actor, "involved_read", involvement.area)
    await uow.session.flush()


async def involvement_of(uow: UnitOfWork, ticket: Ticket, number: int) -> Involvement | None:
    """Return one question, only if it belongs to this case."""
    row: Involvement | None = await uow.session.scalar(
        select(Involvement).where(Involvement.id == number, Involvement.ticket_id == ticket.id)
    )
    return row


async def involvements_of(uow: UnitOfWork, ticket: Ticket) -> list[Involvement]:
    """Return everybody asked about the case, oldest first."""
    rows = await uow.session.scalars(
        select(Involvement).where(Involvement.ticket_id == ticket.id).order_by(Involvement.id)
    )
    return list(rows)


def _check_open(involvement: Involvement) -> None:
    if involvement.closed_at is not None:
        raise NotAllowed("Spørgsmålet er allerede lukket.")
