"""Internal notes: what colleagues tell each other about a case. They are part of it, and the business never sees them there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from office.errors import NotAllowed
from office.history import record
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Note, Ticket


async def add_note(uow: UnitOfWork, ticket: Ticket, text: str, actor: str, now: datetime) -> Note:
    """Write a note, masked for CPR numbers; the history says that it was written, not what. Raises NotAllowed when empty."""
    if not text.strip():
        raise NotAllowed("Skriv noten, før du gemmer den.")
    note = Note(ticket_id=ticket.id, text=mask_cpr(text.strip())[0], written_by=actor, written_at=now)
    uow.session.add(note)
    record(uow, ticket, now, actor, "noted")
    await uow.session.flush()
    return note


async def notes_of(uow: UnitOfWork, ticket: Ticket) -> list[Note]:
    """Return the notes of a case, the newest first."""
    rows = await uow.session.scalars(select(Note).where(Note.ticket_id == ticket.id).order_by(Note.id.desc()))
    return list(rows)
