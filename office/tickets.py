"""Tickets: opening one is a single commit of ticket, history and intake; every later change writes its history or fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_, or_, select
from sqlalchemy import case as sql_case

from knowledge.model import LEVELS, PHASES, SUSTAINABILITY_LEVELS, CaseType, Knowledge
from office.assignment import Assignment
from office.calendar import WorkCalendar
from office.clock import local
from office.deadlines import recount_for_level
from office.errors import NotAllowed
from office.history import NothingToRecord, record, set_field
from office.intake import SKIPPED, Facts
from office.lifecycle import OPEN_STATUSES
from office.notices import notify
from office.plans import begin_plan
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Counter, Intake, Ticket
from office.triage import Triage, triage
from office.workload import Workload, locked_workload

_CHANGEABLE = frozenset(
    (
        *("company", "cvr", "address", "contact_name", "email", "phone", "details", "missing"),
        *("areas", "authorities", "reasons", "phase", "sustainability_level"),
    )
)
_ALLOWED = {"phase": PHASES, "sustainability_level": SUSTAINABILITY_LEVELS}


@dataclass(frozen=True)
class Decided:
    """What a caseworker who takes an inquiry in decides otherwise than the rules would find; None is as found.

    `areas` are ids, those of state authorities among them; `why` is the reason, which the history keeps.
    """

    level: str | None = None
    areas: tuple[str, ...] | None = None
    contact_person: str | None = None
    why: str | None = None

    def applied_to(self, found: Triage, knowledge: Knowledge) -> Triage:
        """Return what counts: the triage with what was decided in its place."""
        level = self.level or found.level
        if self.areas is None:
            return replace(found, level=level)
        known = [knowledge.areas[area] for area in self.areas if area in knowledge.areas]
        areas, authorities = (tuple(area.id for area in known if area.state is state) for state in (False, True))
        return replace(found, level=level, areas=areas, authorities=authorities)


@dataclass(frozen=True)
class Inquiry:
    """Everything needed to open a ticket. `message_id` makes it idempotent: the same message opens one ticket only.

    `talked_with` is the id of somebody who has talked with the business about it already, and keeps the case (promise S06).
    """

    conversation_id: str
    subject: str
    facts: Facts
    case_type: str | None = None
    message_id: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    channel: str = "chat"
    language: str = "da"
    status: str = "received"
    talked_with: str | None = None
    decided: Decided = Decided()


async def open_ticket(
    uow: UnitOfWork, knowledge: Knowledge, inquiry: Inquiry, now: datetime, actor: str = "bot"
) -> Ticket:
    """Write the ticket with its triage, contact person, both deadlines and first history row; the caller commits.

    Called again for the same message it returns the ticket already written. Raises ValueError when the inquiry leaves no
    way to answer back: then there is nobody to keep a promise to. Raises NotAllowed when somebody was decided on as contact
    person who is not at work.
    """
    if not inquiry.facts.reachable:
        raise ValueError("an inquiry without e-mail or phone cannot become a ticket")
    workload = await locked_workload(uow, knowledge, now, [inquiry.conversation_id])
    existing = await _already_opened(uow, inquiry)
    if existing:
        return existing
    case = knowledge.cases.get(inquiry.case_type or "")
    by_rule = triage(case, _everything_said(inquiry), knowledge, inquiry.language)
    found = inquiry.decided.applied_to(by_rule, knowledge)
    assignment = _decided_on(inquiry.decided.contact_person, workload)
    assignment = assignment or await _assignment(uow, workload, found.areas, inquiry)
    ticket = Ticket(
        reference=await _next_reference(uow, now),
        conversation_id=inquiry.conversation_id,
        source_message_id=inquiry.message_id,
        channel=inquiry.channel,
        language=inquiry.language,
        case_type=case.id if case else None,
        title=case.title if case else "Henvendelse til en medarbejder",
        subject=inquiry.subject,
        level=found.level,
        reasons=list(found.reasons),
        areas=list(found.areas),
        authorities=list(found.authorities),
        checklist=list(_checklist(case, inquiry.language)),
        missing=list(_checklist(case, inquiry.language)),
        details=dict(inquiry.details),
        phase=case.phase if case else "afklaring",
        status=inquiry.status,
        contact_person=assignment.person,
        assignment_reason=assignment.reason,
        received_at=now,
        **_promised(workload.calendar, now, found.level),
        **{name: None if value == SKIPPED else value for name, value in inquiry.facts.known().items()},
    )
    uow.session.add(ticket)
    await uow.session.flush()
    record(uow, ticket, now, actor, "opened", new=ticket.reference, why=assignment.reason)
    _record_decisions(uow, ticket, by_rule, actor, now, inquiry.decided.why)
    await begin_plan(uow, ticket, case, now)
    await _finish_intake(uow, inquiry.conversation_id)
    await notify(uow, ticket, "received", now)
    await notify(uow, ticket, "new_case", now)
    return ticket


async def change(
    uow: UnitOfWork, ticket: Ticket, changes: Mapping[str, Any], actor: str, now: datetime, why: str | None = None
) -> None:
    """Change fields of a ticket, with one history row each. Raises NothingToRecord when nothing differs."""
    unknown = set(changes) - _CHANGEABLE
    wrong = [name for name, allowed in _ALLOWED.items() if name in changes and changes[name] not in allowed]
    if unknown or wrong:
        raise ValueError(f"not changeable so: {', '.join(sorted([*unknown, *wrong]))}")
    differing = {name: new for name, new in changes.items() if getattr(ticket, name) != new}
    if not differing:
        raise NothingToRecord(ticket.reference)
    for name, new in differing.items():
        set_field(uow, ticket, name, new, actor, now, why)
    await uow.session.flush()


async def change_level(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, level: str, actor: str, now: datetime, why: str
) -> None:
    """Change how much the case needs (simple, medium, complex), and its deadlines with it. Raises NothingToRecord."""
    if level not in LEVELS:
        raise ValueError(f"no such level: {level}")
    set_field(uow, ticket, "level", level, actor, now, why)
    await recount_for_level(uow, knowledge, ticket, now)


async def change_triage(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    level: str,
    areas: Sequence[str],
    actor: str,
    now: datetime,
    why: str,
) -> None:
    """Change level and areas (ids, state authorities among them) together, with one reason, which the history keeps.

    The contact person stays. Raises NotAllowed for a case without a municipal area, NothingToRecord when nothing differs.
    """
    known = [knowledge.areas[area] for area in areas if area in knowledge.areas]
    municipal = _kept_order(ticket.areas, [area.id for area in known if not area.state])
    authorities = _kept_order(ticket.authorities, [area.id for area in known if area.state])
    if not municipal:
        raise NotAllowed("Vælg mindst ét fagområde i kommunen.")
    new = {"areas": municipal, "authorities": authorities}
    if level == ticket.level and all(getattr(ticket, name) == value for name, value in new.items()):
        raise NothingToRecord(ticket.reference)
    if any(getattr(ticket, name) != value for name, value in new.items()):
        await change(uow, ticket, new, actor, now, why)
    if level != ticket.level:
        await change_level(uow, knowledge, ticket, level, actor, now, why)


async def add_detail(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, question: str, answer_given: str, now: datetime
) -> None:
    """Add the business' answer to a question of the case type, and triage again: new facts may raise level or add areas."""
    details = {**ticket.details, question: mask_cpr(answer_given)[0]}
    text = "\n".join([ticket.subject, *details.values()])
    found = triage(knowledge.cases.get(ticket.case_type or ""), text, knowledge, ticket.language)
    if found.level == "complex" and ticket.level != "complex":
        await change_level(uow, knowledge, ticket, "complex", "virksomheden", now, "Oplyst i chatten")
    changes: dict[str, Any] = {"details": details}
    changes["areas"] = list(dict.fromkeys([*ticket.areas, *found.areas]))
    changes["authorities"] = list(dict.fromkeys([*ticket.authorities, *found.authorities]))
    changes["reasons"] = list(dict.fromkeys([*ticket.reasons, *found.reasons]))
    await change(uow, ticket, changes, "virksomheden", now, "Oplyst i chatten")


async def opened_by(uow: UnitOfWork, message_ids: Sequence[int]) -> Ticket | None:
    """Return the newest ticket that one of these messages opened, if any."""
    ticket: Ticket | None = await uow.session.scalar(
        select(Ticket).where(Ticket.source_message_id.in_(message_ids)).order_by(Ticket.id.desc()).limit(1)
    )
    return ticket


async def by_reference(uow: UnitOfWork, reference: str) -> Ticket | None:
    """Return the ticket with this reference, in whatever case it was typed."""
    ticket: Ticket | None = await uow.session.scalar(select(Ticket).where(Ticket.reference == reference.upper()))
    return ticket


async def of_conversation(uow: UnitOfWork, conversation_id: str) -> list[Ticket]:
    """Return the tickets a conversation led to, newest first."""
    rows = await uow.session.scalars(
        select(Ticket).where(Ticket.conversation_id == conversation_id).order_by(Ticket.id.desc())
    )
    return list(rows)


async def open_by_deadline(uow: UnitOfWork, contact_person: str | None = None, limit: int = 500) -> list[Ticket]:
    """Return open tickets, the next deadline first: words while they are owed, then the answer.

    Last stand those to which nothing is owed: they have their answer, or the business is the one to write.
    """
    due = sql_case(
        (Ticket.first_answered_at.is_(None), Ticket.first_answer_due),
        (Ticket.reply_due.is_not(None), Ticket.reply_due),
        else_=Ticket.answer_due,
    )
    words_owed = or_(Ticket.first_answered_at.is_(None), Ticket.reply_due.is_not(None))
    answer_owed = and_(Ticket.answered_at.is_(None), Ticket.status != "waiting_for_business")
    query = select(Ticket).where(Ticket.status.in_(OPEN_STATUSES))
    if contact_person:
        query = query.where(Ticket.contact_person == contact_person)
    rows = await uow.session.scalars(query.order_by(not_(or_(words_owed, answer_owed)), due, Ticket.id).limit(limit))
    return list(rows)


async def previous_contact(uow: UnitOfWork, facts: Facts) -> str | None:
    """Return the contact person of the same business' latest open case, known by CVR, e-mail or phone."""
    same = [
        column == value
        for column, value in ((Ticket.cvr, facts.cvr), (Ticket.email, facts.email), (Ticket.phone, facts.phone))
        if value and value != SKIPPED
    ]
    if not same:
        return None
    person: str | None = await uow.session.scalar(
        select(Ticket.contact_person)
        .where(or_(*same), Ticket.status.in_(OPEN_STATUSES))
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return person


# --- inside -----------------------------------------------------------------------------------------------


def _kept_order(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return the areas of now, those there before in their old order: the first one leads the case."""
    return [*(area for area in before if area in now), *(area for area in now if area not in before)]


async def _already_opened(uow: UnitOfWork, inquiry: Inquiry) -> Ticket | None:
    if inquiry.message_id is None:
        return None
    ticket: Ticket | None = await uow.session.scalar(
        select(Ticket).where(
            Ticket.conversation_id == inquiry.conversation_id, Ticket.source_message_id == inquiry.message_id
        )
    )
    return ticket


def _promised(calendar: WorkCalendar, now: datetime, level: str) -> dict[str, Any]:
    """Return the columns of the three deadlines with their explanations; a simple case is answered within a day (S02)."""
    first, screening = calendar.first_answer_due(now), calendar.screening_due(now)
    answer = replace(first, rule="answer") if level == "simple" else calendar.answer_due(now)
    deadlines = (first, screening, answer)
    return {f"{d.rule}_due": d.due for d in deadlines} | {f"{d.rule}_explained": d.explanation for d in deadlines}


def _decided_on(person: str | None, workload: Workload) -> Assignment | None:
    """Return the assignment to the person id decided on, if any. Raises NotAllowed for somebody unknown or away."""
    if person is None:
        return None
    chosen = workload.knowledge.people.get(person)
    if chosen is None or chosen.absence_on(workload.day):
        raise NotAllowed("Sagen kan kun gives til en medarbejder, der er på arbejde.")
    return Assignment(chosen.id, f"{chosen.name} er valgt af den, der tog imod henvendelsen.")


def _record_decisions(
    uow: UnitOfWork, ticket: Ticket, by_rule: Triage, actor: str, now: datetime, why: str | None
) -> None:
    """Write down what the caseworker who took the inquiry in decided otherwise than the rules had found."""
    if ticket.level != by_rule.level:
        record(uow, ticket, now, actor, "changed", "level", by_rule.level, ticket.level, why)
    for name in ("areas", "authorities"):
        old, new = (", ".join(getattr(where, name)) for where in (by_rule, ticket))
        if old != new:
            record(uow, ticket, now, actor, "changed", name, old or None, new or None, why)


def _everything_said(inquiry: Inquiry) -> str:
    return "\n".join([inquiry.subject, *inquiry.details.values()])


def _checklist(case: CaseType | None, language: str) -> Sequence[str]:
    if case is None:
        return ()
    return case.checklist_en if language == "en" and case.checklist_en else case.checklist


async def _assignment(uow: UnitOfWork, workload: Workload, areas: Sequence[str], inquiry: Inquiry) -> Assignment:
    chosen = workload.choose(areas, inquiry.talked_with or await _previous_contact(uow, inquiry.facts))
    if chosen.person != inquiry.talked_with:
        return chosen
    name = workload.knowledge.people[chosen.person].name
    return Assignment(chosen.person, f"{name} har talt med virksomheden i chatten.")


async def _previous_contact(uow: UnitOfWork, facts: Facts) -> str | None:
    """Return the contact person of the same business' latest open case, known by CVR, e-mail or phone."""
    same = [
        column == value
        for column, value in ((Ticket.cvr, facts.cvr), (Ticket.email, facts.email), (Ticket.phone, facts.phone))
        if value and value != SKIPPED
    ]
    person: str | None = await uow.session.scalar(
        select(Ticket.contact_person)
        .where(or_(*same), Ticket.status.in_(OPEN_STATUSES))
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return person


async def _next_reference(uow: UnitOfWork, now: datetime) -> str:
    year = local(now).year
    counter = await uow.session.get(Counter, f"EK-{year}", with_for_update=True)
    if counter is None:
        counter = Counter(name=f"EK-{year}", last=0)
        uow.session.add(counter)
    counter.last += 1
    await uow.session.flush()
    return f"EK-{year}-{counter.last:06d}"


async def _finish_intake(uow: UnitOfWork, conversation_id: str) -> None:
    intake = await uow.session.get(Intake, conversation_id)
    if intake:
        intake.state = "done"
