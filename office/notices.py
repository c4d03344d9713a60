"""What is told to whom: every kind of notice, and the one function by which an event puts its notices in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from office import outbox
from office.store import UnitOfWork
from office.store.tables import Ticket

# Messages written in quick succession are told of in one mail.
_GATHERED_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Kind:
    """A kind of notice: for the business, for a person of the office, or (about no single case) for the whole office; the facts
    it needs with their types, and the name of the event that the municipality's case system hears ("" = none)."""

    audience: str
    facts: Mapping[str, type] = field(default_factory=dict)
    event: str = ""


_MEETING: Mapping[str, type] = {"meeting": str, "start": datetime, "minutes": int, "place": str, "sequence": int}

KINDS: Mapping[str, Kind] = {
    # To the business.
    "received": Kind("business", event="ticket.received"),
    "contact_changed": Kind("business", {"previous": str}, "ticket.contact_changed"),
    "contact_away": Kind("business", {"away": str, "substitute": str, "until": date}, "ticket.contact_changed"),
    "replied": Kind("business", {"messages": list}, "ticket.replied"),
    "told": Kind("business", {"messages": list}),
    "expected_time_changed": Kind("business", {"expected": date, "why": str}, "ticket.expected_time_changed"),
    "withdrawn": Kind("business", {"messages": list}, "ticket.withdrawn"),
    "reopened": Kind("business", {"messages": list}, "ticket.reopened"),
    "closed": Kind("business", {"survey": bool}, "ticket.closed"),
    "meeting": Kind("business", _MEETING, "ticket.meeting"),
    "meeting_cancelled": Kind("business", _MEETING, "ticket.meeting_cancelled"),
    "link_renewed": Kind("business"),
    # To the contact person, or another person of the office.
    "new_case": Kind("person"),
    "due_soon": Kind("person", {"due": datetime}),
    "overdue": Kind("person", {"due": datetime}),
    "expected_day": Kind("person", {"expected": date}),
    "wrote": Kind("person", {"messages": list}, "ticket.wrote"),
    "undelivered": Kind("person", {"row": int}),
    "person_meeting": Kind("person", _MEETING),
    "person_meeting_cancelled": Kind("person", _MEETING),
    # To everybody of the task force, about no single case.
    "board": Kind("office", {"begins": datetime}),
}


async def notify(
    uow: UnitOfWork, ticket: Ticket, kind: str, now: datetime, *, person: str | None = None, **facts: Any
) -> None:
    """Put the notices of an event in the outbox: a mail, and an event for the case system where the kind has one.

    The caller commits them together with what they tell of. A business without e-mail gets no mail; a notice to a person
    goes to the ticket's contact person, or to `person` (id in people.yml: a substitute, the coordinator). `facts` are the
    kind's own (see KINDS): moments with zone, dates, ids of people and messages, words that a caseworker wrote.
    Raises ValueError for a kind that does not exist and for facts that are missing, too many or of another type.
    """
    what = KINDS.get(kind)
    if what is None or what.audience == "office":
        raise ValueError(f"no kind of notice about a case is called {kind!r}")
    stored = stored_facts(kind, facts)
    if what.event:
        outbox.put(uow, ticket, "webhook", kind, stored, now)
    to = None if what.audience == "business" else person or ticket.contact_person
    if to is None and not ticket.email:
        return
    if "messages" in what.facts:
        await _gather(uow, ticket, kind, to, stored, now)
    else:
        outbox.put(uow, ticket, "mail", kind, stored, now, to)


def notify_colleague(uow: UnitOfWork, person: str, kind: str, now: datetime, **facts: Any) -> None:
    """Put a mail that is about no single case to a person (id in people.yml) in the outbox. Raises ValueError as `notify`."""
    if kind not in KINDS or KINDS[kind].audience != "office":
        raise ValueError(f"no kind of notice to the office is called {kind!r}")
    outbox.put(uow, None, "mail", kind, stored_facts(kind, facts), now, person)


def stored_facts(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as they are stored: moments and days as text. Raises ValueError for others than the kind takes."""
    what = KINDS[kind]
    if set(facts) != set(what.facts) or any(type(facts[name]) is not of for name, of in what.facts.items()):
        expected = ", ".join(f"{name}: {of.__name__}" for name, of in what.facts.items()) or "nothing"
        raise ValueError(f"a notice of kind {kind!r} takes {expected}")
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def facts_of(kind: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored facts as `notify` was given them."""
    return {
        name: of.fromisoformat(stored[name]) if issubclass(of, date) else stored[name]
        for name, of in KINDS[kind].facts.items()
    }


async def _gather(
    uow: UnitOfWork, ticket: Ticket, kind: str, to: str | None, stored: Mapping[str, Any], now: datetime
) -> None:
    waiting = await outbox.untried(uow, ticket, "mail", kind, to)
    if waiting is not None:
        waiting.facts = {"messages": [*waiting.facts["messages"], *stored["messages"]]}
    else:
        outbox.put(uow, ticket, "mail", kind, stored, now, to, due_at=now + _GATHERED_FOR)
