"""Moving a case from one status to the next, with everything that follows from it. The rules are in lifecycle.py."""

from __future__ import annotations

from datetime import datetime

from knowledge.model import Knowledge
from office import deadlines
from office.announcements import tell_business
from office.history import set_field
from office.lifecycle import check_move
from office.store import UnitOfWork
from office.store.tables import Ticket


async def move(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    status: str,
    actor: str,
    now: datetime,
    why: str | None = None,
) -> None:
    """Move the case on to `status`; its clocks stop and start accordingly. Raises NotAllowed when the rules forbid it."""
    check_move(ticket, status)
    before = ticket.status
    set_field(uow, ticket, "status", status, actor, now, why)
    if before == "waiting_for_business":
        await deadlines.end_wait(uow, knowledge, ticket, now)
    if status == "waiting_for_business":
        await deadlines.begin_wait(uow, ticket, now)
    await uow.session.flush()


async def reopen(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, actor: str, now: datetime, why: str | None = None
) -> None:
    """Open an ended case again with the same contact person and new deadlines. Raises NotAllowed when it has not ended.

    What was promised and kept before stays in the history.
    """
    await move(uow, knowledge, ticket, "reopened", actor, now, why)
    ticket.closed_at = ticket.outcome = ticket.dialogue_offered_at = ticket.needs_no_more_at = None
    await deadlines.restart(uow, knowledge, ticket, now)
    person = knowledge.people.get(ticket.contact_person)
    name = person.name if person else knowledge.office.name
    await tell_business(
        uow, ticket, "reopened", now, person=name, due=deadlines.next_deadline(ticket, knowledge.office.promises)
    )
