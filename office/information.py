"""What the office does not know of a case yet, and taking it in when the business tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from knowledge.model import Knowledge
from office import conversations
from office.correspondence import write_from_business
from office.intake import find_cvr, find_email, find_phone
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Ticket
from office.tickets import add_detail, change

_FACTS = {
    "company": ("Virksomhedens navn", "The company's name"),
    "cvr": ("CVR-nummer", "CVR number"),
    "address": ("Adressen, det drejer sig om", "The address it is about"),
    "contact_name": ("Dit navn", "Your name"),
    "email": ("E-mail", "E-mail"),
    "phone": ("Telefon", "Phone"),
}
_READERS: Mapping[str, Callable[[str], str | None]] = {
    "cvr": lambda text: find_cvr(f"CVR {text}"),
    "email": find_email,
    "phone": find_phone,
}


@dataclass(frozen=True)
class Gap:
    """Something not known: `name` is a column of the ticket or the id of a question of the case type."""

    name: str
    label: str
    why: str = ""


class Unreadable(Exception):
    """What was typed is no CVR number, e-mail or phone number."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def gaps(ticket: Ticket, knowledge: Knowledge) -> list[Gap]:
    """Return what may be told still, in the language of the case: questions of the case type first, then who and where."""
    english = ticket.language == "en"
    case = knowledge.cases.get(ticket.case_type or "")
    asked = [
        Gap(question.id, question.ask_en, question.why_en) if english else Gap(question.id, question.ask, question.why)
        for question in (case.questions if case else ())
        if question.ask not in ticket.details
    ]
    return [*asked, *(Gap(name, labels[english]) for name, labels in _FACTS.items() if not getattr(ticket, name))]


async def fill_gaps(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, given: Mapping[str, str], now: datetime, form_id: str
) -> None:
    """Take in what the business tells, by name of the gap; what is known already stays, so a form may be sent twice.

    It is a message of theirs as well: the contact person hears, and a waiting case goes on. Raises Unreadable.
    """
    await conversations.locked(uow, ticket.conversation_id)
    told = [gap for gap in gaps(ticket, knowledge) if given.get(gap.name)]
    values = {gap.name: _read(gap.name, given[gap.name]) for gap in told}
    facts = {name: value for name, value in values.items() if name in _FACTS}
    if facts:
        await change(uow, ticket, facts, "virksomheden", now)
    case = knowledge.cases.get(ticket.case_type or "")
    for question in case.questions if case else ():
        if question.id in values:
            await add_detail(uow, knowledge, ticket, question.ask, values[question.id], now)
    if told:
        text = "\n".join(f"{gap.label}: {values[gap.name]}" for gap in told)
        await write_from_business(uow, knowledge, ticket, text, now, form_id)


def _read(name: str, text: str) -> str:
    value = _READERS[name](text) if name in _READERS else mask_cpr(text)[0]
    if not value:
        raise Unreadable(name)
    return value
