"""The plan of a case: steps, permits, expected time and cost, in versions; the business hears when the time changes.

Source: promises S04 and S06 (answer and plan with permits, course, time, cost), C02 (when an answer can be expected),
A6 (concrete estimate and notice of changes), A8 (the agreed time is kept; see reminders.watch_expected_days).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from knowledge.model import CaseType
from office.announcements import tell_business
from office.clock import local
from office.errors import NotAllowed
from office.history import NothingToRecord, record
from office.notices import notify
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import PlanVersion, Ticket
from office.words import day_in_words, listed


@dataclass(frozen=True)
class Plan:
    """`steps` in order; `permits` None = not looked into yet, () = none needed; `expected` the local day all is ready."""

    steps: tuple[str, ...] = ()
    permits: tuple[str, ...] | None = None
    time: str = ""
    expected: date | None = None
    cost: str = ""

    def lacks(self) -> list[str]:
        """Return what the answer must say (promise S04) and the plan does not, in Danish."""
        needed = {
            "tilladelser": self.permits is not None,
            "forløb": bool(self.steps),
            "tid": bool(self.time or self.expected),
            "pris": bool(self.cost),
        }
        return [name for name, there in needed.items() if not there]


def usual_plan(case: CaseType | None) -> Plan:
    """Return the usual course of the case type as the first plan; what nobody can know beforehand is left open."""
    if case is None:
        return Plan()
    course = case.course
    return Plan(course.steps, course.permits or None, course.time, None, course.cost)


def in_danish(plan: Plan, case: CaseType | None) -> bool:
    """Tell whether the plan still has words of the usual course, which is written in Danish only.

    Asked for a business that reads English: it is told so, and the caseworker is asked to write the plan in English.
    """
    usual = usual_plan(case)
    danish = {*usual.steps, *(usual.permits or ()), usual.time, usual.cost} - {""}
    return not danish.isdisjoint((*plan.steps, *(plan.permits or ()), plan.time, plan.cost))


async def plan_of(uow: UnitOfWork, ticket: Ticket) -> Plan:
    """Return the plan that counts now."""
    versions = await plan_versions(uow, ticket)
    return _plan(versions[-1]) if versions else Plan()


async def plan_versions(uow: UnitOfWork, ticket: Ticket) -> list[PlanVersion]:
    """Return every version of the plan, the oldest first."""
    rows = await uow.session.scalars(
        select(PlanVersion).where(PlanVersion.ticket_id == ticket.id).order_by(PlanVersion.number)
    )
    return list(rows)


def expected_between(first: date, last: date) -> Select[int]:
    """Return the query for the ids of cases whose plan, in the version that counts, names a day from `first` to `last`."""
    later = aliased(PlanVersion)
    return select(PlanVersion.ticket_id).where(
        PlanVersion.expected.between(first, last),
        ~exists().where(later.ticket_id == PlanVersion.ticket_id, later.number > PlanVersion.number),
    )


async def save_plan(
    uow: UnitOfWork, ticket: Ticket, plan: Plan, actor: str, now: datetime, why: str | None = None
) -> None:
    """Save a new version, and tell the business when the expected day is new or another.

    Raises NotAllowed for a day that has passed and for another day without `why`, NothingToRecord when nothing differs.
    """
    plan = _masked(plan)
    versions = await plan_versions(uow, ticket)
    before = _plan(versions[-1]) if versions else Plan()
    if plan == before:
        raise NothingToRecord(ticket.reference)
    if plan.expected != before.expected:
        _check_expected(plan, before, local(now).date(), why)
    await _add_version(uow, ticket, plan, len(versions) + 1, actor, now)
    record(uow, ticket, now, actor, "planned", "plan", _in_words(before), _in_words(plan), why)
    await _tell_expected(uow, ticket, before.expected, plan.expected, now, why)


async def begin_plan(uow: UnitOfWork, ticket: Ticket, case: CaseType | None, now: datetime) -> None:
    """Save the usual plan of the case type as the first version; it is part of opening the case."""
    await _add_version(uow, ticket, usual_plan(case), 1, "system", now)


def _check_expected(plan: Plan, before: Plan, today: date, why: str | None) -> None:
    if plan.expected is None:
        raise NotAllowed("Datoen for, hvornår sagen er klar, kan flyttes, men ikke fjernes.")
    if plan.expected < today:
        raise NotAllowed("Datoen for, hvornår sagen ventes klar, er allerede gået.")
    if before.expected is not None and not why:
        raise NotAllowed("Skriv hvorfor, når den ventede dato ændres. Virksomheden får grunden at vide.")


async def _add_version(uow: UnitOfWork, ticket: Ticket, plan: Plan, number: int, actor: str, now: datetime) -> None:
    fields = asdict(plan) | {
        "steps": list(plan.steps),
        "permits": None if plan.permits is None else list(plan.permits),
    }
    uow.session.add(PlanVersion(ticket_id=ticket.id, number=number, made_by=actor, made_at=now, **fields))
    await uow.session.flush()


async def _tell_expected(
    uow: UnitOfWork, ticket: Ticket, before: date | None, expected: date | None, now: datetime, why: str | None
) -> None:
    if expected is None or expected == before:
        return
    if before is None:
        await tell_business(uow, ticket, "expected", now, expected=expected)
    else:
        await tell_business(uow, ticket, "expected_changed", now, expected=expected, before=before, why=why or "")
        await notify(uow, ticket, "expected_time_changed", now, expected=expected, why=why or "")


def _plan(row: PlanVersion) -> Plan:
    permits = None if row.permits is None else tuple(row.permits)
    return Plan(tuple(row.steps), permits, row.time, row.expected, row.cost)


def _masked(plan: Plan) -> Plan:
    def clean(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mask_cpr(text)[0] for text in texts)

    return replace(
        plan,
        steps=clean(plan.steps),
        permits=None if plan.permits is None else clean(plan.permits),
        time=mask_cpr(plan.time)[0],
        cost=mask_cpr(plan.cost)[0],
    )


def _in_words(plan: Plan) -> str:
    when = day_in_words(plan.expected) if plan.expected else "uden dato"
    permits = "tilladelser ikke undersøgt" if plan.permits is None else f"tilladelser: {len(plan.permits)}"
    return listed([f"{len(plan.steps)} trin", permits, when])
