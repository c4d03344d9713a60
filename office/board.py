"""The board of the weekly meeting: every open case in one of three phases, the next deadline first.

Source: promises K02 (three categories, each case in exactly one, moves are logged) and K04 (status, challenges, participants).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, exists, func, select

from knowledge.model import PHASES, Knowledge
from office.clock import local
from office.contact import colleague
from office.deadlines import explained, owed
from office.errors import NotAllowed
from office.lifecycle import OPEN_STATUSES, STATUS_NAMES
from office.store import UnitOfWork
from office.store.derived import area_word
from office.store.tables import SearchWord, Ticket
from office.tickets import change
from office.words import moment_in_words

PHASE_NAMES = {"tiltraekning": "Tiltrækning", "afklaring": "Afklaring", "sagsbehandling": "Sagsbehandling"}
OWED_NAMES = {
    "first_answer_due": "Første svar",
    "reply_due": "Svar på besked",
    "screening_due": "Screening",
    "answer_due": "Svar med indhold",
}

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Count:
    """How many open cases a phase has, and how many of them have a deadline."""

    total: int = 0
    pressing: int = 0


@dataclass(frozen=True)
class Card:
    """A case as the meeting sees it. `age` counts days since it came in (local dates); `due` is empty when nothing is owed,
    and `explained` says in Danish how it was counted.

    `challenges` are what stands in its way besides a missed deadline, in Danish; `areas` are the titles of areas and
    authorities that take part.
    """

    reference: str
    version: int
    phase: str
    title: str
    company: str
    level: str
    status: str
    received_at: datetime
    age: int
    owed: str
    due: datetime | None
    late: bool
    person: str
    areas: tuple[str, ...]
    challenges: tuple[str, ...]
    explained: str = ""

    @property
    def all_challenges(self) -> tuple[str, ...]:
        """Everything that stands in its way."""
        return ("Fristen er overskredet", *self.challenges) if self.late else self.challenges

    @property
    def in_words(self) -> str:
        """The card in one line: "EK-2026-000007 Café i butik, Nul ApS. Første svar senest …. Bo Byggesen; Byggesag, Plan."."""
        next_date = f"{self.owed} senest {moment_in_words(self.due)}" if self.due else self.status
        challenges = f" {'. '.join(self.all_challenges)}." if self.all_challenges else ""
        areas = ", ".join(self.areas)
        return f"{self.reference} {self.title}, {self.company}. {next_date}. {self.person}; {areas}.{challenges}"


@dataclass(frozen=True)
class Column:
    """One phase: how many open cases are in it, and the cards from number `first` (counted from 0) on."""

    phase: str
    title: str
    total: int
    first: int
    cards: tuple[Card, ...]

    @property
    def following(self) -> int | None:
        """The number of the first card after these, if there is one."""
        end = self.first + len(self.cards)
        return end if end < self.total else None


async def columns(
    uow: UnitOfWork,
    knowledge: Knowledge,
    now: datetime,
    limit: int,
    area: str | None = None,
    first: Mapping[str, int] | None = None,
) -> list[Column]:
    """Return the three columns with at most `limit` cards each, only cases with `area` (or authority) where one is given.

    `first` says per phase with which card to begin; past the end it begins at 0.
    """
    counts, found = await _counts(uow, area), []
    for phase in PHASES:
        count, begin = counts.get(phase, _Count()), (first or {}).get(phase, 0)
        begin = begin if begin < count.total else 0
        tickets = await _tickets(uow, phase, area, count.pressing, begin, limit)
        cards = tuple(card_of(knowledge, ticket, now) for ticket in tickets)
        found.append(Column(phase, PHASE_NAMES[phase], count.total, begin, cards))
    return found


async def all_cards(uow: UnitOfWork, knowledge: Knowledge, now: datetime, area: str | None = None) -> list[Card]:
    """Return every open case, phase by phase, the next deadline first."""
    counts = await _counts(uow, area)
    found = [await _tickets(uow, phase, area, counts.get(phase, _Count()).pressing) for phase in PHASES]
    return [card_of(knowledge, ticket, now) for tickets in found for ticket in tickets]


async def move(uow: UnitOfWork, ticket: Ticket, phase: str, actor: str, now: datetime) -> None:
    """Move an open case to another phase, whatever its status. Raises NotAllowed; NothingToRecord when it is there already."""
    if phase not in PHASES:
        raise NotAllowed("Vælg Tiltrækning, Afklaring eller Sagsbehandling.")
    if ticket.status not in OPEN_STATUSES:
        raise NotAllowed(f"{ticket.reference} er afsluttet og står ikke længere på tavlen.")
    await change(uow, ticket, {"phase": phase}, actor, now)


def card_of(knowledge: Knowledge, ticket: Ticket, now: datetime) -> Card:
    """Return the card of a case."""
    running = owed(ticket, knowledge.office.promises)
    due = running[0].due if running else None
    return Card(
        reference=ticket.reference,
        version=ticket.version,
        phase=ticket.phase,
        title=ticket.title,
        company=ticket.company or ticket.contact_name or "Ikke oplyst",
        level=ticket.level,
        status=STATUS_NAMES[ticket.status],
        received_at=ticket.received_at,
        age=(local(now).date() - local(ticket.received_at).date()).days,
        owed=OWED_NAMES[running[0].what] if running else "",
        due=due,
        late=due is not None and due < now,
        person=colleague(knowledge, ticket.contact_person)["name"],
        areas=tuple(knowledge.area_titles([*ticket.areas, *ticket.authorities])),
        challenges=tuple(_challenges(ticket)),
        explained=explained(ticket, running[0].what, knowledge.office.promises) if running else "",
    )


def _challenges(ticket: Ticket) -> Iterable[str]:
    if ticket.status == "waiting_for_business":
        yield "Venter på virksomheden"
    if ticket.missing:
        yield f"Mangler {len(ticket.missing)} bilag"
    if ticket.stands_in_for:
        yield "Kontaktpersonen er væk"


async def _counts(uow: UnitOfWork, area: str | None) -> dict[str, _Count]:
    """Return how many open cases each phase has; those without any have no entry."""
    rows = await uow.session.execute(
        select(Ticket.phase, func.count(), func.count(Ticket.next_due)).where(*_on_board(area)).group_by(Ticket.phase)
    )
    return {str(phase): _Count(total, pressing) for phase, total, pressing in rows}


async def _tickets(
    uow: UnitOfWork, phase: str, area: str | None, pressing: int, first: int = 0, limit: int | None = None
) -> list[Ticket]:
    """Return cases of a phase: those with a deadline first, the earliest on top, then the newest of the others."""
    in_phase = (Ticket.phase == phase, *_on_board(area))
    found: list[Ticket] = []
    if first < pressing:
        due = select(Ticket).where(*in_phase, Ticket.next_due > _BEGINNING).order_by(Ticket.next_due, Ticket.id)
        found += await uow.session.scalars(due.offset(first or None).limit(limit))
    if limit is None or len(found) < limit:
        rest = select(Ticket).where(*in_phase, Ticket.next_due.is_(None)).order_by(Ticket.id.desc())
        more = None if limit is None else limit - len(found)
        found += await uow.session.scalars(rest.offset(max(0, first - pressing) or None).limit(more))
    return found


def _on_board(area: str | None) -> tuple[ColumnElement[bool], ...]:
    is_open = Ticket.status.in_(OPEN_STATUSES)
    if area is None:
        return (is_open,)
    named = exists().where(SearchWord.word == area_word(area), SearchWord.ticket_id == Ticket.id)
    return is_open, named
