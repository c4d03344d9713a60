"""Finding cases: by words, by whose they are, by area, status and level; a page at a time, the next deadline first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select

from office.lifecycle import ENDED_STATUSES, OPEN_STATUSES, STATUS_NAMES
from office.store import UnitOfWork
from office.store.derived import area_word, words_in
from office.store.tables import SearchWord, Ticket

PAGE = 50
MOST_COUNTED = 1000
_MOST_WORDS = 6
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `status` is one of lifecycle.py, "open", "ended" or "all"; empty fields do not narrow the search.

    `words`: each must begin a word of the case: its number, company, names, address, e-mail, or what the inquiry says.
    """

    words: str = ""
    person: str = ""
    area: str = ""
    status: str = "open"
    level: str = ""


@dataclass(frozen=True)
class Found:
    """One page of cases; `count` goes up to MOST_COUNTED, `more` tells whether another page follows."""

    tickets: tuple[Ticket, ...]
    count: int
    more: bool


async def find(uow: UnitOfWork, wanted: Wanted, page: int = 1) -> Found:
    """Return a page (from 1) of matching cases: those with a deadline first, the earliest on top, then the newest."""
    conditions = _conditions(wanted)
    start = (max(1, page) - 1) * PAGE
    with_deadline = (*conditions, Ticket.next_due > _BEGINNING)
    without = (*conditions, Ticket.next_due.is_(None))
    ended_only = wanted.status in ("ended", *ENDED_STATUSES)
    pressing = 0 if ended_only else await _count(uow, with_deadline)
    tickets: list[Ticket] = []
    if not ended_only:
        first = select(Ticket).where(*with_deadline).order_by(Ticket.next_due, Ticket.id)
        tickets += await uow.session.scalars(first.offset(start).limit(PAGE + 1))
    if len(tickets) <= PAGE:
        rest = select(Ticket).where(*without).order_by(Ticket.id.desc())
        tickets += await uow.session.scalars(rest.offset(max(0, start - pressing)).limit(PAGE + 1 - len(tickets)))
    count = pressing if pressing >= MOST_COUNTED else min(MOST_COUNTED, pressing + await _count(uow, without))
    return Found(tuple(tickets[:PAGE]), count, len(tickets) > PAGE)


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    statuses = {"open": OPEN_STATUSES, "ended": ENDED_STATUSES}.get(wanted.status, (wanted.status,))
    if wanted.status in ("open", "ended", *STATUS_NAMES):
        conditions.append(Ticket.status.in_(statuses))
    if wanted.person:
        conditions.append(Ticket.contact_person == wanted.person)
    if wanted.level:
        conditions.append(Ticket.level == wanted.level)
    if wanted.area:
        conditions.append(_has_word(SearchWord.word == area_word(wanted.area)))
    # The last letter of Unicode ends the range of words that begin with what was typed.
    conditions += [
        _has_word(SearchWord.word >= word, SearchWord.word < f"{word}\U0010ffff")
        for word in words_in(wanted.words)[:_MOST_WORDS]
    ]
    if wanted.words.strip() and not words_in(wanted.words):
        conditions.append(Ticket.reference == wanted.words.strip().upper())
    return conditions


def _has_word(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return Ticket.id.in_(select(SearchWord.ticket_id).where(*which))


async def _count(uow: UnitOfWork, conditions: Sequence[ColumnElement[bool]]) -> int:
    some = select(Ticket.id).where(*conditions).limit(MOST_COUNTED).subquery()
    return await uow.session.scalar(select(func.count()).select_from(some)) or 0
