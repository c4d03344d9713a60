"""Screening: is the material complete, who has the case, when can an answer be expected (promises C01 to C03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from knowledge.model import Knowledge
from office.contact import contact_person
from office.correspondence import ask_business, reply_to_business
from office.errors import NotAllowed
from office.history import set_field
from office.moves import move
from office.plans import Plan, in_danish, plan_of, save_plan
from office.store import UnitOfWork
from office.store.tables import Ticket

_WORDS = {
    "da": {
        "seen": "Vi har set din henvendelse igennem. {person} er din kontaktperson.",
        "missing": "Det mangler vi fra dig:",
        "complete": "Fra dig har vi det materiale, vi skal bruge.",
        "steps": "Det gør vi: {steps}.",
        "no_steps": "Det gør vi: {person} lægger en plan for sagen.",
    },
    "en": {
        "seen": "We have looked through your inquiry. {person} is your contact person.",
        "missing": "This is what we need from you:",
        "complete": "From you we have the material we need.",
        "steps": "This is what we do: {steps}.",
        "no_steps": "This is what we do: {person} makes a plan for the case.",
        "danish": "The steps are in Danish, as our departments write them. {person} explains them to you in English.",
    },
}


async def begin_screening(uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, actor: str, now: datetime) -> None:
    """Note that somebody looks the inquiry through. Raises NotAllowed when it is past that."""
    await move(uow, knowledge, ticket, "screening", actor, now)


async def finish_screening(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    missing: Sequence[str],
    expected: date,
    author_name: str,
    actor: str,
    now: datetime,
) -> None:
    """Record the three results and tell the business: what is missing, who has the case, the day all is expected ready.

    With something missing the case waits for the business. Raises NotAllowed when it was screened before or the day has passed.
    """
    if ticket.screened_at is not None:
        raise NotAllowed("Sagen er allerede screenet. Ret planen eller listen over det, der mangler.")
    plan = await plan_of(uow, ticket)
    text = _in_words(ticket, plan, missing, knowledge)
    tell = ask_business if missing else reply_to_business
    await tell(uow, knowledge, ticket, text, author_name, actor, now)
    if ticket.status == "screening":
        await move(uow, knowledge, ticket, "with_contact_person", actor, now)
    if expected != plan.expected:
        await save_plan(uow, ticket, replace(plan, expected=expected), actor, now, "Skønnet ved screeningen")
    set_field(uow, ticket, "screened_at", now, actor, now)
    if list(missing) != ticket.missing:
        set_field(uow, ticket, "missing", list(missing), actor, now)
    await uow.session.flush()


def _in_words(ticket: Ticket, plan: Plan, missing: Sequence[str], knowledge: Knowledge) -> str:
    words = _WORDS.get(ticket.language, _WORDS["da"])
    person = contact_person(knowledge, ticket)["name"]
    material = [words["missing"], *(f"- {item}" for item in missing)] if missing else [words["complete"]]
    ours = [
        words["steps"].format(steps="; ".join(plan.steps)) if plan.steps else words["no_steps"].format(person=person)
    ]
    if "danish" in words and in_danish(Plan(plan.steps), knowledge.cases.get(ticket.case_type or "")):
        ours.append(words["danish"].format(person=person))
    return "\n".join([words["seen"].format(person=person), *material, *ours])
