"""Personal data is taken out, the rest stays: numbers are never given out twice, and statistics still add up.

Which columns are personal is said where they are declared (store/tables.py: `personal`); every table that points at a case or
a conversation is reached by its foreign key, so a new table is covered by marking its columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, select, update

from office import files, survey
from office.history import record
from office.settings import Settings
from office.store import UnitOfWork
from office.store.derived import words_about_nobody
from office.store.tables import Base, Conversation, SearchWord, Ticket
from office.store.tracker import forget


async def anonymise_tickets(
    uow: UnitOfWork, settings: Settings, ids: Collection[int], actor: str, now: datetime, why: str
) -> None:
    """Blank the personal data of ended cases and all that points at them, and write in the history by whom and why.

    Files go altogether, and the survey counts on about nobody. The secret links stop working. What was said before the case
    was opened goes with the conversation.
    """
    ended = (await uow.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))).all()
    for ticket in ended:
        await files.delete_of_ticket(uow, files.file_folder(settings), ticket)
        await survey.delete_of_ticket(uow, ticket)
    await uow.session.execute(delete(SearchWord).where(SearchWord.ticket_id.in_(ids)))
    tickets = Base.metadata.tables[Ticket.__tablename__]
    await _blank(uow, tickets, ids, now, version=tickets.c.version + 1, link_version=tickets.c.link_version + 1)
    for ticket in ended:
        uow.session.add_all(SearchWord(ticket_id=ticket.id, word=word) for word in words_about_nobody(ticket))
        record(uow, ticket, now, actor, "anonymised", why=why)


async def anonymise_conversations(uow: UnitOfWork, settings: Settings, ids: Collection[str], now: datetime) -> None:
    """Blank what was said and told in these conversations, in the engine's own file too; their tokens stop working.

    What came of each message is kept.
    """
    # The engine's file first: should we crash in between, the conversation is found again and this is done again.
    await forget(settings.tracker, ids)
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
