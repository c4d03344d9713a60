"""The year's history played again: who had which case, from its first row to its last, and whether they had room for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from indgang.simulation.problems import Kind, Problem
from knowledge.model import Knowledge
from office.history import Action
from office.lifecycle import ENDED_STATUSES
from office.store import UnitOfWork
from office.store.tables import History, Ticket
from office.words import moment_in_words

_CHANGES_HANDS: tuple[Action, ...] = ("handed_over", "substituted", "returned")
# Reasons for which somebody may get a case though they have no room, by words of the explanation that the case carries.
_WITHOUT_ROOM = {
    "Ingen i fagområdet har plads": "sidste udvej: vagt, koordinator eller den på arbejde med mindst",
    "er i forvejen jeres kontaktperson": "samme virksomhed, samme person",
    "er tilbage": "egen sag tilbage efter fravær",
    "har ikke svaret virksomheden": "koordinatoren tager over",
}


@dataclass
class Hands:
    """What the history says: cases opened, taken by each person, moved by action, and given without room by reason."""

    problems: list[Problem] = field(default_factory=list)
    opened: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    without_room: Counter[str] = field(default_factory=Counter)


async def play_again(uow: UnitOfWork, knowledge: Knowledge) -> Hands:
    """Return what the history says when it is followed row by row: each case has a person from its first row to its last,
    and nobody was given a case beyond their capacity without an explanation that says why."""
    tickets = {ticket.id: ticket for ticket in await uow.session.scalars(select(Ticket))}
    rows = list(await uow.session.scalars(select(History).order_by(History.id)))
    return _Replay(tickets, rows, knowledge).run()


class _Replay:
    def __init__(self, tickets: Mapping[int, Ticket], rows: Sequence[History], knowledge: Knowledge) -> None:
        self._tickets, self._rows, self._people = tickets, rows, knowledge.people
        self._holder: dict[int, str | None] = {}
        self._loads: Counter[str] = Counter()
        self._hands = Hands()

    def run(self) -> Hands:
        first = self._first_holders()
        for row in self._rows:
            if row.ticket_id is None:
                continue
            if row.action == "opened":
                self._hands.opened += 1
                self._give(row, first[row.ticket_id])
            elif row.action in _CHANGES_HANDS:
                self._hands.moves[row.action] += 1
                self._take_from(row)
                self._give(row, row.new)
            elif row.action == "changed" and row.field == "status":
                self._count_status(row)
        for number, ticket in self._tickets.items():
            if self._holder.get(number) != ticket.contact_person:
                self._hands.problems.append(Problem(Kind.BROKEN_HISTORY, f"{ticket.reference}, ender et andet sted"))
        return self._hands

    def _first_holders(self) -> dict[int, str | None]:
        """Return who had each case first: whom its first change of hands took it from, else who has it still."""
        first: dict[int, str | None] = {number: ticket.contact_person for number, ticket in self._tickets.items()}
        for row in reversed(self._rows):
            if row.ticket_id is not None and row.action in _CHANGES_HANDS:
                first[row.ticket_id] = row.old
        return first

    def _give(self, row: History, person: str | None) -> None:
        assert row.ticket_id is not None
        self._holder[row.ticket_id] = person
        if person not in self._people:
            self._problem(row, Kind.WITHOUT_A_PERSON)
            return
        if self._loads[person] >= self._people[person].capacity:
            self._explain(row, person)
        self._loads[person] += 1
        self._hands.taken[person] += 1

    def _explain(self, row: History, person: str) -> None:
        reason = next((name for words, name in _WITHOUT_ROOM.items() if words in (row.why or "")), None)
        if reason is None:
            self._problem(row, Kind.NO_ROOM)
        else:
            self._hands.without_room[reason] += 1

    def _take_from(self, row: History) -> None:
        assert row.ticket_id is not None
        if row.old != self._holder[row.ticket_id]:
            self._problem(row, Kind.BROKEN_HISTORY)
        self._loads[row.old or ""] -= 1

    def _count_status(self, row: History) -> None:
        assert row.ticket_id is not None
        person = self._holder[row.ticket_id] or ""
        if row.new in ENDED_STATUSES:
            self._loads[person] -= 1
        elif row.old in ENDED_STATUSES:
            self._loads[person] += 1

    def _problem(self, row: History, kind: Kind) -> None:
        reference = self._tickets[row.ticket_id or 0].reference
        self._hands.problems.append(Problem(kind, f"{reference}, {moment_in_words(row.at)}"))
