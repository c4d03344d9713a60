"""Personal data is taken out, the rest stays: numbers are never given out twice, and statistics still add up.

Which columns are personal is said where they are declared (store/tables.py: `personal`); every table that points at a case or
a conversation is reached by its foreign key, so a new table is covered by marking its columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, update

from office.store import UnitOfWork
from office.store.tables import Base, Conversation, History, Ticket


async def anonymise_tickets(uow: UnitOfWork, ids: Collection[int], actor: str, now: datetime, why: str) -> None:
    """Blank the personal data of closed cases and all that points at them, and write in the history by whom and why.

    Their secret links stop working. What was said before the case was opened goes with the conversation.
    """
    tickets = Base.metadata.tables[Ticket.__tablename__]
    await _blank(uow, tickets, ids, now, version=tickets.c.version + 1, link_version=tickets.c.link_version + 1)
    for ticket_id in ids:
        uow.session.add(History(ticket_id=ticket_id, at=now, actor=actor, action="anonymised", why=why))
    await uow.session.flush()


async def anonymise_conversations(uow: UnitOfWork, ids: Collection[str], now: datetime) -> None:
    """Blank what was said and told in these conversations; their tokens stop working. What came of each message is kept."""
    await _blank(uow, Base.metadata.tables[Conversation.__tablename__], ids, now)


def pointing_at(target: Table) -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every table that refers to `target`, with the column that does."""
    for table in Base.metadata.sorted_tables:
        yield from ((table, column) for column in table.columns if column.references(target.c.id))


async def _blank(uow: UnitOfWork, target: Table, ids: Collection[Any], now: datetime, **changes: Any) -> None:
    await uow.session.flush()
    for table, column in pointing_at(target):
        if blanks := _blanks(table):
            await uow.session.execute(update(table).where(column.in_(ids)).values(blanks))
    values = {**_blanks(target), "anonymised_at": now, **changes}
    await uow.session.execute(update(target).where(target.c.id.in_(ids)).values(values))


def _blanks(table: Table) -> dict[str, Any]:
    return {column.name: column.info["personal"] for column in table.columns if "personal" in column.info}
