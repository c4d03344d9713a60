"""What is kept beside a case only so that lists are quick: its next deadline, and the words by which it is found.

Both follow from the case itself and are written with every change of it, whoever makes the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect
from sqlalchemy.orm import Mapper

from office.store.tables import SearchWord, Ticket

# The statuses in which it is not the office's turn (lifecycle.py; a test holds the two together).
NOT_OUR_TURN = ("waiting_for_business", "closed", "withdrawn")
_CLOCKS = (
    ("first_answer_due", "first_answered_at"),
    ("screening_due", "screened_at"),
    ("answer_due", "answered_at"),
)
_FOUND_BY = ("reference", "title", "subject", "details", "company", "cvr", "address", "contact_name", "email", "phone")
_AREAS = ("areas", "authorities")
_WORD = re.compile(r"ek-\d{4}-\d{1,6}|[^\W_]{2,}(?:[@.][\w.-]*[^\W_])?")
_MOST_WORDS = 300
_LONGEST = 64


def next_due(ticket: Ticket) -> datetime | None:
    """Return the next moment (UTC) something is owed; None while the business has the turn, and when nothing is."""
    if ticket.status in NOT_OUR_TURN:
        return None
    running = [getattr(ticket, due) for due, done in _CLOCKS if getattr(ticket, done) is None]
    return min((moment for moment in (*running, ticket.reply_due) if moment is not None), default=None)


def words_in(text: str) -> list[str]:
    """Return the words of `text` as they are stored for search: small letters, in order, each once.

    A reference is one word; so is an e-mail, besides its parts.
    """
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        found.append(word[:_LONGEST])
        found += [part for part in re.split(r"[@.]", word)[: 4 if "@" in word or "." in word else 0] if len(part) > 1]
    return list(dict.fromkeys(found))


def search_words(ticket: Ticket) -> list[str]:
    """Return the words by which the case is found: its facts, what the business told, its number alone, and its areas."""
    number = ticket.reference.rpartition("-")[2]
    told = " ".join(_texts(getattr(ticket, name)) for name in _FOUND_BY)
    words = [number, number.lstrip("0"), *words_in(told)][:_MOST_WORDS]
    areas = [area_word(area) for name in _AREAS for area in getattr(ticket, name)]
    return [word for word in dict.fromkeys([*words, *areas]) if word]


def words_about_nobody(ticket: Ticket) -> list[str]:
    """Return those of its words that tell of no person: an anonymised case is still found by its number."""
    number = ticket.reference.rpartition("-")[2]
    areas = [area_word(area) for name in _AREAS for area in getattr(ticket, name)]
    return list(dict.fromkeys([number, number.lstrip("0"), *words_in(f"{ticket.reference} {ticket.title}"), *areas]))


def area_word(area: str) -> str:
    """Return the word under which the cases of an area are found; nobody can type it."""
    return f"#{area}"[:_LONGEST]


def _texts(value: Any) -> str:
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value or "")


@event.listens_for(Ticket, "before_insert")
@event.listens_for(Ticket, "before_update")
def _keep_next_due(_mapper: Mapper[Ticket], _connection: Connection, ticket: Ticket) -> None:
    due = next_due(ticket)
    if ticket.next_due != due:
        ticket.next_due = due


@event.listens_for(Ticket, "after_insert")
def _keep_new_words(_mapper: Mapper[Ticket], connection: Connection, ticket: Ticket) -> None:
    _store(connection, ticket.id, search_words(ticket))


@event.listens_for(Ticket, "after_update")
def _keep_words(_mapper: Mapper[Ticket], connection: Connection, ticket: Ticket) -> None:
    state = inspect(ticket)
    if any(state.attrs[name].history.has_changes() for name in (*_FOUND_BY, *_AREAS)):
        connection.execute(delete(SearchWord).where(SearchWord.ticket_id == ticket.id))
        _store(connection, ticket.id, search_words(ticket))


def _store(connection: Connection, ticket_id: int, words: Iterable[str]) -> None:
    connection.execute(insert(SearchWord), [{"ticket_id": ticket_id, "word": word} for word in words])
