"""What has been kept long enough is anonymised, by the times in office.yml (`retention`, in days).

An unfinished intake goes `abandoned_intake_days` after its last word, an ended case `ticket_days_after_close` after it
ended, a conversation `conversation_days` after its last word, but never before the cases that came of it. Log-ins are deleted
from the audit log after `access_log_days`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select

from office import audit
from office.anonymising import anonymise_conversations, anonymise_tickets
from office.clock import local
from office.history import record
from office.lifecycle import OPEN_STATUSES
from office.settings import Settings
from office.store import Database, UnitOfWork
from office.store.tables import Conversation, History, Intake, Ticket

_AT_A_TIME = 500


@dataclass(frozen=True)
class Expired:
    """What is due: the conversations whose unfinished intake goes, the cases' ids, and the conversations' ids."""

    intakes: tuple[str, ...]
    tickets: tuple[int, ...]
    conversations: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.intakes or self.tickets or self.conversations)

    def __add__(self, other: Expired) -> Expired:
        return Expired(
            self.intakes + other.intakes, self.tickets + other.tickets, self.conversations + other.conversations
        )

    def __str__(self) -> str:
        return (
            f"ufærdige henvendelser: {len(self.intakes)}, afsluttede sager: {len(self.tickets)}, "
            f"samtaler: {len(self.conversations)}"
        )


async def expired(uow: UnitOfWork, days: Mapping[str, int], now: datetime, limit: int | None = None) -> Expired:
    """Return what has been kept longer than `days` allows at `now`, the oldest first, at most `limit` of each."""
    ticket_is_due = Ticket.status.not_in(OPEN_STATUSES) & (
        Ticket.closed_at < now - _days(days, "ticket_days_after_close")
    )
    intakes = select(Intake.conversation_id).where(
        Intake.state != "done", Intake.updated_at < now - _days(days, "abandoned_intake_days")
    )
    tickets = select(Ticket.id).where(Ticket.anonymised_at.is_(None), ticket_is_due)
    kept_for = exists().where(Ticket.conversation_id == Conversation.id, Ticket.anonymised_at.is_(None), ~ticket_is_due)
    conversations = select(Conversation.id).where(
        Conversation.anonymised_at.is_(None),
        Conversation.last_at < now - _days(days, "conversation_days"),
        ~kept_for,
    )
    return Expired(
        tuple(await uow.session.scalars(intakes.order_by(Intake.updated_at).limit(limit))),
        tuple(await uow.session.scalars(tickets.order_by(Ticket.closed_at).limit(limit))),
        tuple(await uow.session.scalars(conversations.order_by(Conversation.last_at).limit(limit))),
    )


async def purge(database: Database, settings: Settings, days: Mapping[str, int], now: datetime, actor: str) -> Expired:
    """Anonymise all that is due and write in the audit log that it was done. Returns what it was.

    Works in small blocks, so that nobody waits for it; run
    again after a crash it goes on where it stopped.
    """
    done = Expired((), (), ())
    while batch := await _purge_some(database, settings, days, now, actor):
        done += batch
    async with database.writing() as uow:
        await audit.forget_comings_and_goings(uow, days["access_log_days"], now)
        record(uow, None, now, actor, "purged", new=str(done))
        await uow.commit()
    return done


async def claim_today(uow: UnitOfWork, now: datetime) -> bool:
    """Take today's purge on us, unless the audit log shows that somebody has since midnight, Danish time.

    The caller commits. Of processes that ask at once one gets it.
    """
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    claimed = select(History.id).where(
        History.ticket_id.is_(None), History.action == "purge_begun", History.at >= midnight
    )
    if await uow.session.scalar(claimed.limit(1)) is not None:
        return False
    record(uow, None, now, "system", "purge_begun")
    return True


async def _purge_some(
    database: Database, settings: Settings, days: Mapping[str, int], now: datetime, actor: str
) -> Expired:
    async with database.writing() as uow:
        batch = await expired(uow, days, now, _AT_A_TIME)
        if batch:
            await uow.session.execute(delete(Intake).where(Intake.conversation_id.in_(batch.intakes)))
            why = f"{days['ticket_days_after_close']} dage efter afslutning"
            await anonymise_tickets(uow, settings, batch.tickets, actor, now, why)
            await anonymise_conversations(uow, settings, batch.conversations, now)
            await uow.commit()
    return batch


def _days(days: Mapping[str, int], name: str) -> timedelta:
    return timedelta(days=days[name])
