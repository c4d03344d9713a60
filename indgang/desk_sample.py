"""Made-up cases by the thousand, for measuring the desk: spread over people, types, levels and statuses as an office's are.

Cases go through SQLAlchemy's session, so that what is derived from a case is there too; what hangs on them goes in in bulk. All
of it is invented, and the same at every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from knowledge import Knowledge
from knowledge.model import SUSTAINABILITY_LEVELS
from office.privacy import mask_cpr
from office.store import Database
from office.store.follow_up_tables import Survey
from office.store.tables import Base, Conversation, Counter, History, Involvement, Message, Outbox, PlanVersion, Ticket

_AT_A_TIME = 1000
_OPEN = {
    "received": 8,
    "abandoned_intake": 2,
    "screening": 10,
    "with_contact_person": 50,
    "waiting_for_business": 18,
    "answered": 10,
    "reopened": 2,
}
_ENDED = {"closed": 92, "withdrawn": 8}
_CHANNELS = {"chat": 70, "form": 15, "phone": 15}
_TRADES = (
    "Bageri",
    "Tømrer",
    "Café",
    "Autoværksted",
    "Frisør",
    "Vinhandel",
    "Smedje",
    "Planteskole",
    "Trykkeri",
    "Vaskeri",
)
_PLACES = ("Nord", "Syd", "Havnen", "Torvet", "Engen", "Bakken", "Kanalen", "Skoven", "Broen", "Stationen")
_OPEN_DAYS, _ENDED_DAYS = 30, 3 * 365


async def fill(database: Database, knowledge: Knowledge, open_cases: int, ended_cases: int, now: datetime) -> None:
    """Put so many open and ended cases into an empty database, with all that usually hangs on them."""
    rng = Random(1)
    async with database.writing() as uow:
        uow.session.add(Counter(name=f"EK-{now.year}", last=open_cases + ended_cases))
        await uow.commit()
    statuses = [*_chosen(rng, _ENDED, ended_cases), *_chosen(rng, _OPEN, open_cases)]
    for first in range(0, len(statuses), _AT_A_TIME):
        portion = enumerate(statuses[first : first + _AT_A_TIME], start=first + 1)
        await _write(database, [_ticket(knowledge, rng, number, status, now) for number, status in portion], rng)


async def _write(database: Database, tickets: Sequence[Ticket], rng: Random) -> None:
    async with database.writing() as uow:
        await uow.session.execute(insert(Conversation), [_conversation(ticket) for ticket in tickets])
        uow.session.add_all(tickets)
        await uow.session.flush()
        for table, rows in _all_that_hangs_on(tickets, rng).items():
            if rows:
                await uow.session.execute(insert(table), rows)
        await uow.commit()


def _ticket(knowledge: Knowledge, rng: Random, number: int, status: str, now: datetime) -> Ticket:
    case = rng.choice(list(knowledge.cases.values()))
    ended = status in _ENDED
    received = now - timedelta(days=rng.random() ** 2 * (_ENDED_DAYS if ended else _OPEN_DAYS), hours=ended * 30 * 24)
    answered = received + timedelta(days=rng.uniform(0.2, 6))
    began = status not in ("received", "abandoned_intake")
    return Ticket(
        reference=f"EK-{now.year}-{number:06d}",
        conversation_id=f"sample-{number}",
        channel=_chosen(rng, _CHANNELS, 1)[0],
        language="da",
        case_type=case.id,
        title=case.title,
        subject=mask_cpr(rng.choice(case.messages["da"]))[0],
        level=case.level,
        reasons=[case.why],
        areas=list(case.areas),
        authorities=list(case.authorities),
        checklist=list(case.checklist),
        missing=list(case.checklist[: rng.randrange(len(case.checklist) + 1)]),
        phase=case.phase,
        status=status,
        **_business(rng, number),
        contact_person=rng.choice(list(knowledge.people)),
        assignment_reason="Fordelt efter fagområde.",
        sustainability_level=rng.choice([None, *SUSTAINABILITY_LEVELS]),
        received_at=received,
        first_answer_due=received + timedelta(days=1),
        first_answer_explained="24 timer, hvor kun arbejdsdage tæller.",
        screening_due=received + timedelta(days=7),
        screening_explained="5 arbejdsdage.",
        answer_due=received + timedelta(days=7),
        answer_explained="5 arbejdsdage.",
        first_answered_at=received + timedelta(hours=rng.uniform(1, 24)) if began else None,
        screened_at=received + timedelta(days=1) if began and status != "screening" else None,
        answered_at=answered if ended or status == "answered" else None,
        outcome=rng.choice(("helped", "helped", "refused")) if status == "closed" else None,
        closed_at=answered + timedelta(days=rng.uniform(1, 20)) if ended else None,
    )


def _business(rng: Random, number: int) -> dict[str, str]:
    name = f"{rng.choice(_TRADES)} {rng.choice(_PLACES)} {number}"
    return {
        "company": f"{name} ApS",
        "cvr": f"{10_000_000 + number}",
        "address": f"Opdigtet Vej {number % 300}",
        "contact_name": "Ejer Opdigtet",
        "email": f"firma-{number}@maalt.example",
        "phone": f"00{number:06}",
    }


def _conversation(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.conversation_id,
        "channel": ticket.channel,
        "language": "da",
        "handler": "bot",
        "last_seq": 4,
        "started_at": ticket.received_at,
        "last_at": ticket.closed_at or ticket.received_at,
    }


def _all_that_hangs_on(tickets: Sequence[Ticket], rng: Random) -> dict[type[Base], list[dict[str, Any]]]:
    return {
        Message: [row for ticket in tickets for row in _messages(ticket)],
        History: [row for ticket in tickets for row in _history(ticket)],
        Outbox: [row for ticket in tickets for row in _notices(ticket)],
        PlanVersion: [_plan(ticket) for ticket in tickets],
        Involvement: [_question(ticket, rng) for ticket in tickets if rng.random() < 0.3],
        Survey: [_survey(ticket, rng) for ticket in tickets if ticket.status == "closed"],
    }


def _messages(ticket: Ticket) -> Iterator[dict[str, Any]]:
    said = (
        ("visitor", ticket.subject),
        ("bot", f"Sagen er oprettet med nummer {ticket.reference}."),
        (
            "caseworker",
            "Tak for din henvendelse. Jeg har set på den og ringer til dig, så vi kan tage det fra en ende af.",
        ),
        ("visitor", "Det lyder godt. Jeg sender tegningerne i morgen."),
    )
    for seq, (author, text) in enumerate(said[: 4 if ticket.first_answered_at else 2], start=1):
        yield {
            "conversation_id": ticket.conversation_id,
            "seq": seq,
            "author": author,
            "text": text,
            "payload": {},
            "at": ticket.received_at + timedelta(hours=seq),
            "state": "answered" if author == "visitor" else None,
            "outcome": {"kind": "case"} if seq == 1 else None,
            "ticket_id": ticket.id,
        }


def _history(ticket: Ticket) -> Iterator[dict[str, Any]]:
    happened: list[tuple[str, str, str | None, str | None]] = [
        ("bot", "opened", None, ticket.reference),
        (ticket.contact_person, "viewed", None, None),
    ]
    if ticket.first_answered_at:
        happened += [(ticket.contact_person, "replied", None, None), ("virksomheden", "wrote", None, None)]
    if ticket.answered_at:
        happened += [(ticket.contact_person, "changed", "status", "answered")]
    if ticket.closed_at:
        happened += [(ticket.contact_person, "changed", "status", ticket.status), ("bot", "surveyed", None, None)]
    for hours, (actor, action, field, new) in enumerate(happened):
        yield {
            "ticket_id": ticket.id,
            "at": ticket.received_at + timedelta(hours=hours),
            "actor": actor,
            "action": action,
            "field": field,
            "new": new,
        }


def _notices(ticket: Ticket) -> Iterator[dict[str, Any]]:
    for kind, person in (("received", None), ("new_case", ticket.contact_person)):
        yield {
            "key": f"{kind}-{ticket.id}",
            "ticket_id": ticket.id,
            "channel": "mail",
            "kind": kind,
            "person": person,
            "facts": {},
            "created_at": ticket.received_at,
            "state": "sent",
            "due_at": ticket.received_at,
            "attempts": 1,
            "sent_at": ticket.received_at,
        }


def _plan(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "number": 1,
        "steps": ["Startmøde", "Ansøgning", "Afgørelse"],
        "permits": ["Byggetilladelse"],
        "time": "Et halvt år.",
        "expected": (ticket.received_at + timedelta(days=180)).date(),
        "cost": "Efter tid.",
        "made_by": "bot",
        "made_at": ticket.received_at,
    }


def _question(ticket: Ticket, rng: Random) -> dict[str, Any]:
    answered = ticket.closed_at or (ticket.received_at + timedelta(days=2) if rng.random() < 0.5 else None)
    return {
        "ticket_id": ticket.id,
        "area": (ticket.areas or ["byggesag"])[0],
        "question": "Er der noget til hinder for det?",
        "asked_by": ticket.contact_person,
        "asked_at": ticket.received_at + timedelta(hours=5),
        "answer": "Nej, ikke hvis afstanden til skel holdes." if answered else None,
        "answered_at": answered,
        "closed_at": answered,
    }


def _survey(ticket: Ticket, rng: Random) -> dict[str, Any]:
    answers = rng.random() < 0.6
    return {
        "ticket_id": ticket.id,
        "contact_person": ticket.contact_person,
        "closed_at": ticket.closed_at,
        "answered_at": ticket.closed_at if answers else None,
        "ratings": {"service": rng.randint(3, 5), "time": rng.randint(2, 5)} if answers else None,
    }


def _chosen(rng: Random, weights: dict[str, int], count: int) -> list[str]:
    return rng.choices(list(weights), list(weights.values()), k=count)
