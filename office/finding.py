"""Finding cases: by words, by whose they are, by area, status and level; a page at a time, the next deadline first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import CTE, ColumnElement, Select, and_, intersect, select, union_all
from sqlalchemy.orm import defer

from office.lifecycle import ENDED_STATUSES, OPEN_STATUSES, STATUS_NAMES
from office.store import UnitOfWork
from office.store.derived import area_word, words_in
from office.store.tables import SearchWord, Ticket

PAGE = 30
MOST_COUNTED = 1000
_MOST_WORDS = 6
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# What a row of a list does not show is not read: thirty checklists take longer to unpack than to find.
_NOT_LISTED = ("subject", "reasons", "areas", "authorities", "checklist", "missing", "details", "assignment_reason")
LISTED = tuple(defer(getattr(Ticket, name), raiseload=True) for name in _NOT_LISTED)


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
    start = (max(1, page) - 1) * PAGE
    ids = list(await uow.session.scalars(_ids_in_order(wanted, max(MOST_COUNTED, start + PAGE + 1))))
    shown = ids[start : start + PAGE]
    listed = select(Ticket).options(*LISTED).where(Ticket.id.in_(shown))
    tickets = {ticket.id: ticket for ticket in await uow.session.scalars(listed)}
    return Found(
        tickets=tuple(tickets[number] for number in shown),
        count=min(MOST_COUNTED, len(ids)),
        more=len(ids) > start + PAGE,
    )


def _ids_in_order(wanted: Wanted, most: int) -> Select[int]:
    """Return the query for the first `most` ids: one statement, so that the words are looked up once for both halves."""
    narrowed, named = _narrowed(wanted), _named(wanted)
    # SQLite does not use its row numbers for a sum: it goes by the deadline, or by the status, which lead to fewer cases.
    unindexed = Ticket.id + 0
    with_deadline = (
        select(Ticket.id, Ticket.next_due, Ticket.id.label("place"))
        # Whatever has a deadline is open (derived.py).
        .where(*narrowed, *(() if wanted.status == "open" else _status(wanted)), *_among(unindexed, named))
        .where(Ticket.next_due > _BEGINNING)
        .order_by(Ticket.next_due, Ticket.id)
    )
    number = unindexed if wanted.status == "open" else Ticket.id.expression
    without = (
        select(Ticket.id, Ticket.next_due, (-Ticket.id).label("place"))
        .where(*narrowed, *_status(wanted), *_among(number, named), Ticket.next_due.is_(None))
        .order_by(number.desc())
    )
    halves = [without] if wanted.status in ("ended", *ENDED_STATUSES) else [with_deadline, without]
    found = union_all(*(select(half.limit(most).subquery()) for half in halves)).subquery()
    return select(found.c.id).order_by(found.c.next_due.asc().nulls_last(), found.c.place).limit(most)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person:
        conditions.append(Ticket.contact_person == wanted.person)
    if wanted.level:
        conditions.append(Ticket.level == wanted.level)
    if wanted.words.strip() and not words_in(wanted.words):
        conditions.append(Ticket.reference == wanted.words.strip().upper())
    return conditions


def _status(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.status not in ("open", "ended", *STATUS_NAMES):
        return []
    statuses = {"open": OPEN_STATUSES, "ended": ENDED_STATUSES}.get(wanted.status, (wanted.status,))
    return [Ticket.status.in_(statuses)]


def _named(wanted: Wanted) -> CTE | None:
    """Return the ids of the cases that have every word that is looked for, and the area; None when nothing is."""
    # The last letter of Unicode ends the range of words that begin with what was typed.
    which = [
        and_(SearchWord.word >= word, SearchWord.word < f"{word}\U0010ffff")
        for word in words_in(wanted.words)[:_MOST_WORDS]
    ]
    if wanted.area:
        which.append(SearchWord.word == area_word(wanted.area))
    if not which:
        return None
    return intersect(*(select(SearchWord.ticket_id).where(one) for one in which)).cte("named")


def _among(number: ColumnElement[int], named: CTE | None) -> list[ColumnElement[bool]]:
    return [] if named is None else [number.in_(select(named.c.ticket_id))]
