"""The history: who did what to which case, when and why. Every change goes through `record`, in the same commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from office.clock import local
from office.store import UnitOfWork
from office.store.tables import History, Ticket


class NothingToRecord(Exception):
    """A change that changes nothing was about to be written to the history."""


def record(
    uow: UnitOfWork,
    ticket: Ticket,
    now: datetime,
    actor: str,
    action: str,
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
    why: str | None = None,
) -> None:
    uow.session.add(
        History(ticket_id=ticket.id, at=now, actor=actor, action=action, field=field, old=old, new=new, why=why)
    )


async def history_of(uow: UnitOfWork, ticket: Ticket) -> list[History]:
    """Return the ticket's history, oldest first."""
    rows = await uow.session.scalars(select(History).where(History.ticket_id == ticket.id).order_by(History.id))
    return list(rows)


async def record_view(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime) -> None:
    """Write to the audit log that somebody read the ticket's personal data: one row a person a day."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = await uow.session.scalar(
        select(History.id)
        .where(
            History.ticket_id == ticket.id,
            History.actor == actor,
            History.action == "viewed",
            History.at >= midnight,
        )
        .limit(1)
    )
    if known is None:
        record(uow, ticket, now, actor, "viewed")
