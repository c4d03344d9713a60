"""The audit log as an administrator reads it: who did what, when, to which case or user. Rows come newest first, in portions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import get_args

from sqlalchemy import Select, and_, delete, or_, select

from office.clock import COPENHAGEN
from office.history import Action
from office.store import UnitOfWork
from office.store.tables import History, Ticket

# What each kind of event is filed under. Every action belongs to exactly one.
KINDS: Mapping[str, frozenset[str]] = {
    "read": frozenset({"viewed", "exported", "log_read", "log_exported"}),
    "log_in": frozenset({"logged_in", "login_refused", "logged_out", "password_changed", "sessions_ended"}),
    "users": frozenset({"user_added", "user_changed", "user_disabled", "user_enabled", "password_given"}),
    "erased": frozenset({"anonymised", "erased", "purge_begun", "purged"}),
}
_NOT_WORK = frozenset[str]().union(*KINDS.values())
_OF_THE_OFFICE = ("log_in", "users")  # kinds that are never about a case
# What is let go of after `access_log_days`: the comings and goings of the staff. Who has read a case goes with the case.
_COMINGS_AND_GOINGS = (*KINDS["log_in"], "log_read", "log_exported")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a user (who did it or to whom), a case's reference, Danish days (both included), a kind of KINDS.

    The kind "work" is all that is in no other kind: what is done to cases, absences and the like.
    """

    user: str = ""
    reference: str = ""
    first: date | None = None
    last: date | None = None
    kind: str = ""


@dataclass(frozen=True)
class Event:
    """One row of the log and the reference of its case, if it is about one."""

    row: History
    reference: str | None


async def events(uow: UnitOfWork, wanted: Wanted, limit: int, before: int = 0) -> list[Event]:
    """Return at most `limit` events, the newest first; with `before` those that come after the event of that number."""
    query = _matching(select(History, Ticket.reference).outerjoin(Ticket, Ticket.id == History.ticket_id), wanted)
    if before:
        edge = await uow.session.get(History, before)
        if edge is None:
            return []
        query = query.where(or_(History.at < edge.at, and_(History.at == edge.at, History.id < edge.id)))
    rows = await uow.session.execute(query.order_by(History.at.desc(), History.id.desc()).limit(limit))
    return [Event(row, reference) for row, reference in rows]


async def forget_comings_and_goings(uow: UnitOfWork, days: int, now: datetime) -> None:
    """Delete log-ins and readings of the log that are older than `days`."""
    old = delete(History).where(
        History.ticket_id.is_(None), History.action.in_(_COMINGS_AND_GOINGS), History.at < now - timedelta(days=days)
    )
    await uow.session.execute(old)


def kind_of(action: str) -> str:
    """Return under which kind an action is filed."""
    return next((kind for kind, actions in KINDS.items() if action in actions), "work")


def _matching(query: Select[History, str], wanted: Wanted) -> Select[History, str]:
    if wanted.user:
        query = query.where(or_(History.actor == wanted.user, History.about == wanted.user))
    if wanted.reference:
        query = query.where(Ticket.reference == wanted.reference.upper())
    if wanted.first:
        query = query.where(History.at >= _midnight(wanted.first))
    if wanted.last:
        query = query.where(History.at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.kind:
        query = query.where(History.action.in_(_actions(wanted.kind)))
    if wanted.kind in _OF_THE_OFFICE:
        query = query.where(History.ticket_id.is_(None))
    return query


def _actions(kind: str) -> Sequence[str]:
    return sorted(KINDS[kind] if kind in KINDS else set(get_args(Action)) - _NOT_WORK)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN)
