"""The history: who did what to which case, when and why. Every change goes through `record`, in the same commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from office.clock import local
from office.store import UnitOfWork
from office.store.tables import History, Ticket
from office.words import moment_in_words

# What can happen. A case: opened, changed (a field, the status too), handed_over (for good), substituted (while somebody is
# away), returned, recounted (a deadline), due_soon and overdue (a deadline, told to the person and to the coordinator),
# replied, told (a notice of the system to the business), wrote (the business), viewed, planned, noted (an internal note),
# involved, involved_answered, involved_read (the answer, by the contact person), involved_closed, file_added, file_sent,
# meeting_proposed, meeting_agreed, meeting_declined, meeting_cancelled, link_renewed, link_revoked, surveyed (the business has
# answered), anonymised. The office: absence_set, absence_ended, duty_set, duty_cleared, published and unpublished (the figures
# of a month), answered_at_once (an inquiry that became no case), board_taken_out (as a file), board_sent (to the task force).
# Personal data: exported and erased (on a case, or without one where there is none), purge_begun and purged (all that is due
# that day). A live talk in the chat (field: its number): live_taken, live_offered (to whom), live_kept (the offer
# came to nothing), live_passed and live_ended (why). Access: logged_in, login_refused, logged_out, password_changed (by its
# owner), sessions_ended, user_added, user_changed (a field), user_disabled, user_enabled, password_given (by an
# administrator), log_read and log_exported (the audit log itself).
Action = Literal[
    "opened",
    "changed",
    "handed_over",
    "substituted",
    "returned",
    "recounted",
    "due_soon",
    "overdue",
    "replied",
    "told",
    "wrote",
    "viewed",
    "planned",
    "involved",
    "involved_answered",
    "involved_read",
    "noted",
    "involved_closed",
    "absence_set",
    "absence_ended",
    "duty_set",
    "answered_at_once",
    "board_taken_out",
    "board_sent",
    "duty_cleared",
    "published",
    "unpublished",
    "file_added",
    "file_sent",
    "meeting_proposed",
    "meeting_agreed",
    "meeting_declined",
    "meeting_cancelled",
    "link_renewed",
    "link_revoked",
    "surveyed",
    "anonymised",
    "exported",
    "erased",
    "purge_begun",
    "purged",
    "live_taken",
    "live_offered",
    "live_kept",
    "live_passed",
    "live_ended",
    "logged_in",
    "login_refused",
    "logged_out",
    "password_changed",
    "sessions_ended",
    "user_added",
    "user_changed",
    "user_disabled",
    "user_enabled",
    "password_given",
    "log_read",
    "log_exported",
]


class NothingToRecord(Exception):
    """A change that changes nothing was about to be written to the history."""


def record(
    uow: UnitOfWork,
    ticket: Ticket | None,
    now: datetime,
    actor: str,
    action: Action,
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
    why: str | None = None,
    about: str | None = None,
) -> None:
    """Write one row: the only way an event of a case (or, with `ticket` None, of the office) is recorded.

    `actor` is a username, "bot", "gateway", "system" or "virksomheden"; `old`, `new` and `why` are words to be read;
    `about` is the username of the user that something was done to.
    """
    number = ticket.id if ticket is not None else None
    row = History(
        ticket_id=number, at=now, actor=actor, action=action, field=field, old=old, new=new, why=why, about=about
    )
    uow.session.add(row)


def set_field(
    uow: UnitOfWork, ticket: Ticket, name: str, value: Any, actor: str, now: datetime, why: str | None = None
) -> None:
    """Change one field of a ticket and write it down. Raises NothingToRecord when it has that value already."""
    old = getattr(ticket, name)
    if old == value:
        raise NothingToRecord(ticket.reference)
    record(uow, ticket, now, actor, "changed", name, _in_words(old), _in_words(value), why)
    setattr(ticket, name, value)


async def history_of(uow: UnitOfWork, ticket: Ticket) -> list[History]:
    """Return the ticket's history, oldest first."""
    rows = await uow.session.scalars(select(History).where(History.ticket_id == ticket.id).order_by(History.id))
    return list(rows)


async def newest_first(uow: UnitOfWork, ticket: Ticket, before: int = 0, limit: int = 50) -> list[History]:
    """Return at most `limit` rows, the newest first; with `before` those that came before the row of that number."""
    query = select(History).where(History.ticket_id == ticket.id)
    if before:
        query = query.where(History.id < before)
    return list(await uow.session.scalars(query.order_by(History.id.desc()).limit(limit)))


async def changes_after(uow: UnitOfWork, ticket: Ticket, number: int, limit: int = 10) -> list[History]:
    """Return what has happened to the case since the row of that number, oldest first; that it was read is no happening."""
    rows = await uow.session.scalars(
        select(History)
        .where(History.ticket_id == ticket.id, History.id > number, History.action != "viewed")
        .order_by(History.id)
        .limit(limit)
    )
    return list(rows)


async def last_change_of(uow: UnitOfWork, ticket: Ticket, fields: Sequence[str]) -> History | None:
    """Return the last time somebody at the desk changed one of these fields and said why."""
    row: History | None = await uow.session.scalar(
        select(History)
        .where(
            History.ticket_id == ticket.id,
            History.action == "changed",
            History.field.in_(fields),
            History.why.is_not(None),
        )
        .order_by(History.id.desc())
        .limit(1)
    )
    return row


async def record_view(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime) -> None:
    """Write to the audit log that somebody read the ticket's personal data: one row a person a day."""
    await _record_once_a_day(uow, ticket, actor, "viewed", now)


async def record_log_read(uow: UnitOfWork, actor: str, now: datetime) -> None:
    """Write to the audit log that somebody read it: one row a person a day."""
    await _record_once_a_day(uow, None, actor, "log_read", now)


async def _record_once_a_day(uow: UnitOfWork, ticket: Ticket | None, actor: str, action: Action, now: datetime) -> None:
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = await uow.session.scalar(
        select(History.id)
        .where(
            History.ticket_id == (ticket.id if ticket is not None else None),
            History.actor == actor,
            History.action == action,
            History.at >= midnight,
        )
        .limit(1)
    )
    if known is None:
        record(uow, ticket, now, actor, action)


def _in_words(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, datetime):
        return moment_in_words(value)
    return None if value is None else str(value)
