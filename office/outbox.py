"""The outbox: what is to be told lies in the database before anybody sends it. How it survives a crash: docs/outbox.md."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from office.store import UnitOfWork
from office.store.tables import Outbox, Ticket

# A claim lasts longer than any attempt to send may take, clocks of two machines a minute apart included.
LEASE = timedelta(minutes=5)
LONGEST_ATTEMPT = timedelta(minutes=2)
MOST_ATTEMPTS = 20
_LONGEST_PAUSE = timedelta(hours=4)
LISTED = 100  # rows of the list: more would be no page to look through
# States that only a person takes a row out of.
STOPPED = ("failed", "not_configured")


class Undeliverable(Exception):
    """Trying again would not help. The message is a short reason without anybody's address, kept and shown at the desk."""


class NotNow(Exception):
    """Trying again later may help. `server_down`: what stands behind this one would fail as well."""

    def __init__(self, reason: str, server_down: bool = False) -> None:
        super().__init__(reason)
        self.server_down = server_down


class ClaimLost(Exception):
    """The claim ran out while sending, and somebody else has the row now."""


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after failed attempt number `attempts` (from 1): 1, 2, 4 … minutes, at most four hours.

    None means to give up: after the twentieth attempt, about two days after the first.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(timedelta(minutes=2 ** (attempts - 1)), _LONGEST_PAUSE)


def put(
    uow: UnitOfWork,
    ticket: Ticket | None,
    channel: str,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    person: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Put a row in the outbox; it is sent only if the caller commits. Its `key` stays the same however often it is sent.

    `ticket` is None for what is about no single case.
    """
    uow.session.add(
        Outbox(
            key=secrets.token_hex(16),
            ticket_id=ticket.id if ticket is not None else None,
            channel=channel,
            kind=kind,
            person=person,
            facts=dict(facts),
            created_at=now,
            state="waiting",
            due_at=due_at or now,
        )
    )


async def untried(uow: UnitOfWork, ticket: Ticket, channel: str, kind: str, person: str | None) -> Outbox | None:
    """Return the row of this kind that nobody has tried to send yet, kept from being taken until the block ends."""
    row: Outbox | None = await uow.session.scalar(
        select(Outbox)
        .where(
            Outbox.ticket_id == ticket.id,
            Outbox.channel == channel,
            Outbox.kind == kind,
            Outbox.person.is_not_distinct_from(person),
            Outbox.state == "waiting",
            Outbox.attempts == 0,
        )
        .limit(1)
        .with_for_update()
    )
    return row


# --- sending ----------------------------------------------------------------------------------------------


async def anything_due(uow: UnitOfWork, now: datetime) -> bool:
    """Tell whether a row waits to be sent."""
    return await uow.session.scalar(select(Outbox.id).where(*_due(now)).limit(1)) is not None


async def set_aside(uow: UnitOfWork, channel: str) -> None:
    """Mark what waits for a channel that is not set up: it was not sent, and setting the channel up does not send it."""
    await uow.session.execute(
        update(Outbox)
        .where(Outbox.channel == channel, Outbox.state == "waiting")
        .values(state="not_configured", claim=None)
    )


async def claim(uow: UnitOfWork, channel: str, now: datetime) -> Outbox | None:
    """Take the row that has waited longest, for LEASE; None when nothing is due. Commit before sending.

    Two senders never get the same row. If the process dies, the row is due again when the lease has run out.
    """
    row: Outbox | None = await uow.session.scalar(
        select(Outbox)
        .where(Outbox.channel == channel, *_due(now))
        .order_by(Outbox.due_at, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is not None:
        row.claim, row.due_at = secrets.token_hex(16), now + LEASE
        row.attempts += 1
    return row


async def mark_sent(uow: UnitOfWork, claimed: Outbox, now: datetime) -> None:
    """Record that the receiving server has taken it. Raises ClaimLost."""
    row = await _held(uow, claimed)
    row.state, row.sent_at, row.claim, row.problem = "sent", now, None, None


async def mark_failed(uow: UnitOfWork, claimed: Outbox, problem: str) -> None:
    """Record that it cannot be delivered, with a reason that names nobody. Raises ClaimLost."""
    row = await _held(uow, claimed)
    row.state, row.claim, row.problem = "failed", None, problem


async def postpone(uow: UnitOfWork, claimed: Outbox, problem: str, now: datetime) -> bool:
    """Let it be tried again after a pause that grows. Returns False when it has been given up. Raises ClaimLost."""
    pause = pause_after(claimed.attempts)
    if pause is None:
        await mark_failed(uow, claimed, problem)
        return False
    row = await _held(uow, claimed)
    row.due_at, row.claim, row.problem = now + pause, None, problem
    return True


# --- the desk ---------------------------------------------------------------------------------------------


async def listed(uow: UnitOfWork, channels: Collection[str], limit: int = LISTED) -> list[tuple[Outbox, Ticket | None]]:
    """Return rows with their tickets, where they are about one: what has not been sent first, each part newest first."""
    # State by state, each along its index: sorting all rows by whether they are sent took half a second at 300,000.
    unsent = [row for state in (*STOPPED, "waiting") for row in await _in_state(uow, state, channels, limit)]
    unsent.sort(key=lambda found: found[0].id, reverse=True)
    room = max(0, limit - len(unsent))
    return [*unsent[:limit], *(await _in_state(uow, "sent", channels, room) if room else ())]


async def _in_state(
    uow: UnitOfWork, state: str, channels: Collection[str], limit: int
) -> list[tuple[Outbox, Ticket | None]]:
    rows = await uow.session.execute(
        select(Outbox, Ticket)
        .outerjoin(Ticket, Ticket.id == Outbox.ticket_id)
        .where(Outbox.state == state, Outbox.channel.in_(channels))
        .order_by(Outbox.id.desc())
        .limit(limit)
    )
    return [(row, ticket) for row, ticket in rows]


async def by_id(uow: UnitOfWork, number: int) -> tuple[Outbox, Ticket | None] | None:
    """Return one row with its ticket, if it is about one."""
    row = await uow.session.get(Outbox, number)
    return (row, await ticket_of(uow, row)) if row is not None else None


async def ticket_of(uow: UnitOfWork, row: Outbox) -> Ticket | None:
    """Return the ticket that a row is about, if it is about one."""
    return await uow.session.get_one(Ticket, row.ticket_id) if row.ticket_id is not None else None


def send_again(row: Outbox, now: datetime) -> None:
    """Let a row that failed or was set aside wait to be sent. Raises ValueError for any other."""
    if row.state not in STOPPED:
        raise ValueError(f"a row that is {row.state} is not sent again")
    row.state, row.due_at, row.attempts, row.problem = "waiting", now, 0, None


# --- inside -----------------------------------------------------------------------------------------------


def _due(now: datetime) -> tuple[Any, ...]:
    return Outbox.state == "waiting", Outbox.due_at <= now


async def _held(uow: UnitOfWork, claimed: Outbox) -> Outbox:
    row: Outbox | None = await uow.session.scalar(
        select(Outbox).where(Outbox.id == claimed.id, Outbox.claim == claimed.claim).with_for_update()
    )
    if row is None:
        raise ClaimLost
    return row
