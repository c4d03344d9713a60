"""One person's rights: to see what is kept about them, and to have it deleted (GDPR articles 15, 17 and 20).

The person is known by what cases are kept under: e-mail, phone or CVR number. Both acts are written in the audit log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select

from office.anonymising import anonymise_conversations, anonymise_tickets, pointing_at
from office.history import record
from office.intake import find_cvr, find_email, find_phone
from office.lifecycle import OPEN_STATUSES
from office.settings import Settings
from office.store import UnitOfWork
from office.store.tables import Base, Conversation, Intake, Message, Ticket

KINDS = {"email": "e-mail", "phone": "telefonnummer", "cvr": "CVR-nummer"}
_SECRETS = ("token_hash",)


@dataclass(frozen=True)
class Person:
    """Whose data: `kind` is email, phone or cvr, `value` is written as cases keep it."""

    kind: str
    value: str


@dataclass(frozen=True)
class Traces:
    """Where a person's data is: ids of cases and of conversations, those the cases came from among them."""

    tickets: tuple[int, ...]
    conversations: tuple[str, ...]


@dataclass(frozen=True)
class Erased:
    """How many cases and conversations were anonymised, and the references of those that could not be."""

    tickets: int
    conversations: int
    kept: tuple[str, ...]


def person(kind: str, text: str) -> Person:
    """Return whom `text` names, however it was typed. Raises ValueError, in Danish, when it is no e-mail, phone or CVR."""
    readers: dict[str, Callable[[str], str | None]] = {"email": find_email, "phone": find_phone, "cvr": _read_cvr}
    value = readers[kind](text)
    if value is None:
        raise ValueError(f"'{text}' kan ikke læses som {KINDS[kind]}.")
    return Person(kind, value)


async def traces(uow: UnitOfWork, who: Person) -> Traces:
    """Return the cases kept under `who`, and the conversations that led to them, began an intake for them or name them."""
    own = select(Ticket.id, Ticket.conversation_id).where(_is(getattr(Ticket, who.kind), who.value))
    tickets = (await uow.session.execute(own)).all()
    intakes = select(Intake.conversation_id).where(_is(Intake.facts[who.kind].as_string(), who.value))
    named = or_(*(Message.text.icontains(spelling, autoescape=True) for spelling in _spellings(who)))
    messages = select(Message.conversation_id).where(Message.author == "visitor", named)
    conversations = [conversation for _, conversation in tickets]
    conversations += await uow.session.scalars(intakes)
    conversations += await uow.session.scalars(messages)
    return Traces(tuple(ticket for ticket, _ in tickets), tuple(dict.fromkeys(conversations)))


async def export(uow: UnitOfWork, who: Person, actor: str, now: datetime) -> dict[str, Any]:
    """Return all that is kept about `who`, table by table, as JSON can carry it: moments in ISO 8601, of files what they are.

    Every table that points at the cases or conversations is in it, the history too: so who has read the data is told as
    well. Writes in the audit log that it was handed out; the caller commits.
    """
    found = await traces(uow, who)
    rows: dict[str, dict[Any, dict[str, Any]]] = {}
    for model, ids in ((Ticket, found.tickets), (Conversation, found.conversations)):
        target = Base.metadata.tables[model.__tablename__]
        for table, column in [(target, target.c.id), *pointing_at(target)]:
            if table.info.get("derived"):
                continue  # it says nothing that the case does not
            rows.setdefault(table.name, {}).update(await _rows(uow, table, column.in_(ids)))
    for ticket_id in found.tickets:
        record(uow, await uow.session.get_one(Ticket, ticket_id), now, actor, "exported")
    if not found.tickets:
        record(uow, None, now, actor, "exported")
    return {who.kind: who.value, "at": now.isoformat(), **{name: list(kept.values()) for name, kept in rows.items()}}


async def erase(uow: UnitOfWork, settings: Settings, who: Person, actor: str, now: datetime) -> Erased:
    """Anonymise what is kept about `who`; the caller commits.

    An open case is kept with its conversation: the office still owes an answer and must be able to give it, so it is closed
    first. Kept is also a conversation of somebody else's case in which `who` is only named.
    """
    found = await traces(uow, who)
    closed = select(Ticket.id).where(Ticket.id.in_(found.tickets), Ticket.status.not_in(OPEN_STATUSES))
    tickets = tuple(await uow.session.scalars(closed))
    await anonymise_tickets(uow, settings, tickets, actor, now, "Efter ønske fra den, det handler om")
    kept = (
        await uow.session.execute(
            select(Ticket.reference, Ticket.conversation_id)
            .where(Ticket.conversation_id.in_(found.conversations), Ticket.anonymised_at.is_(None))
            .order_by(Ticket.reference)
        )
    ).all()
    conversations = set(found.conversations) - {conversation for _, conversation in kept}
    await anonymise_conversations(uow, settings, conversations, now)
    record(uow, None, now, actor, "erased")
    return Erased(len(tickets), len(conversations), tuple(reference for reference, _ in kept))


def _read_cvr(text: str) -> str | None:
    return find_cvr(f"CVR {text}")


def _is(column: Any, value: str) -> ColumnElement[bool]:
    """Equal whatever the case: PostgreSQL tells A from a, and people write their e-mail either way."""
    return func.lower(column) == func.lower(value)


def _spellings(who: Person) -> tuple[str, ...]:
    pairs = " ".join(who.value[n : n + 2] for n in range(0, len(who.value), 2))
    return (who.value,) if who.kind == "email" else (who.value, pairs)


async def _rows(uow: UnitOfWork, table: Table, condition: ColumnElement[bool]) -> dict[Any, dict[str, Any]]:
    """Return matching rows by their primary key, so that a row found twice is handed out once."""
    rows = (await uow.session.execute(select(table).where(condition).order_by(*table.primary_key))).mappings()
    return {tuple(row[c] for c in table.primary_key): _plain(row) for row in rows}


def _plain(row: Any) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _SECRETS
    }
