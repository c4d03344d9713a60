"""A small office for tests: real rules on a real database, with a clock whose hands the test moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from knowledge import Knowledge
from office import conversations, correspondence, history, tickets
from office.clock import COPENHAGEN
from office.intake import Facts
from office.store import Database, UnitOfWork
from office.store.tables import History, Message, Ticket


def at(text: str) -> datetime:
    """A Danish local time as the UTC moment it is."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC)


class Cases:
    """Opens cases and does things to them, each in a unit of work of its own, at the time the clock shows."""

    def __init__(self, database: Database, knowledge: Knowledge, now: datetime) -> None:
        self.database = database
        self.knowledge = knowledge
        self.now = now
        self._number = 0

    async def open(self, case_type: str | None = "udvidelse-produktionshal", **fields: Any) -> Ticket:
        """Open a case by a new business."""
        self._number += 1
        facts = fields.pop("facts", Facts(company="Nul ApS", phone=f"0000{self._number:04d}"))
        text = fields.pop("text", "vi har et spørgsmål")
        async with self.database.writing() as uow:
            conversation, _ = await conversations.start(uow, self.now)
            inquiry = tickets.Inquiry(conversation.id, text, facts, case_type, **fields)
            ticket = await tickets.open_ticket(uow, self.knowledge, inquiry, self.now)
            await uow.commit()
        return ticket

    async def do(self, command: Callable[..., Awaitable[Any]], ticket: Ticket, *arguments: Any, **more: Any) -> Ticket:
        """Run a command of the office (uow, knowledge, ticket, …, now) on the case as it is stored; returns it after."""
        async with self.database.writing() as uow:
            stored = await uow.session.get_one(Ticket, ticket.id)
            await command(uow, self.knowledge, stored, *arguments, now=self.now, **more)
            await uow.commit()
        return stored

    async def run(self, step: Callable[[UnitOfWork, Knowledge, datetime], Awaitable[Any]]) -> Any:
        """Run a step of the sweeper."""
        async with self.database.writing() as uow:
            done = await step(uow, self.knowledge, self.now)
            await uow.commit()
        return done

    async def reply(self, ticket: Ticket, text: str = "Jeg kigger på det.", answers_case: bool = False) -> Ticket:
        return await self.do(
            correspondence.reply_to_business, ticket, text, "Mette", "mette", answers_case=answers_case
        )

    async def write(self, ticket: Ticket, text: str = "Her er tegningerne.") -> Ticket:
        return await self.do(correspondence.write_from_business, ticket, text)

    async def ask(self, ticket: Ticket, text: str = "Send tegningerne.") -> Ticket:
        return await self.do(correspondence.ask_business, ticket, text, "Mette", "mette")

    async def stored(self, ticket: Ticket) -> Ticket:
        async with self.database.reading() as uow:
            return await uow.session.get_one(Ticket, ticket.id)

    async def told(self, ticket: Ticket) -> list[str]:
        """What the business was told by caseworkers and system, oldest first."""
        async with self.database.reading() as uow:
            rows = await uow.session.scalars(
                select(Message.text)
                .where(Message.ticket_id == ticket.id, Message.author != "visitor")
                .order_by(Message.id)
            )
            return list(rows)

    async def history(self, ticket: Ticket, action: str) -> list[History]:
        async with self.database.reading() as uow:
            return [row for row in await history.history_of(uow, ticket) if row.action == action]

    def to(self, text: str) -> None:
        """Move the clock to a Danish local time."""
        self.now = at(text)

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)
