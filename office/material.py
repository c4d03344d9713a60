"""What the business must deliver (promise C03): asking for what is missing, and taking in what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.model import Knowledge
from office import conversations, files
from office.correspondence import ask_business, messages_of, write_from_business
from office.errors import NotAllowed
from office.files import Kept
from office.history import set_field
from office.privacy import mask_cpr
from office.store import UnitOfWork
from office.store.tables import Message, Ticket

_WORDS = {
    "da": {"missing": "Det mangler vi fra dig:", "files": "Filer:", "delivered": "Leveret:"},
    "en": {"missing": "This is what we need from you:", "files": "Files:", "delivered": "Delivered:"},
}


@dataclass(frozen=True)
class Delivery:
    """What the business sends at once: words, files whose bytes are kept already, and what it ticks as delivered."""

    text: str = ""
    files: Sequence[Kept] = ()
    items: Sequence[str] = ()


class AlreadyDelivered(Exception):
    """The same form was sent before."""


async def ask_for_material(
    uow: UnitOfWork,
    knowledge: Knowledge,
    ticket: Ticket,
    items: Sequence[str],
    text: str,
    author_name: str,
    actor: str,
    now: datetime,
) -> Message:
    """Ask the business for `items`, with words of the caseworker; the case waits until it writes. Raises NotAllowed.

    What is not on the checklist yet is put there.
    """
    wanted = list(dict.fromkeys(mask_cpr(item.strip())[0] for item in items if item.strip()))
    if not wanted:
        raise NotAllowed("Skriv, hvad I mangler fra virksomheden.")
    await conversations.locked(uow, ticket.conversation_id)
    for name in ("checklist", "missing"):
        known = getattr(ticket, name)
        extended = [*known, *(item for item in wanted if item not in known)]
        if extended != known:
            set_field(uow, ticket, name, extended, actor, now)
    asked = "\n".join([_WORDS[_language(ticket)]["missing"], *(f"- {item}" for item in wanted)])
    return await ask_business(uow, knowledge, ticket, f"{text}\n\n{asked}".strip(), author_name, actor, now)


async def mark_received(uow: UnitOfWork, ticket: Ticket, received: Sequence[str], actor: str, now: datetime) -> None:
    """Note what of the checklist is here; the rest is missing. Raises NothingToRecord when nothing differs."""
    missing = [item for item in ticket.checklist if item not in received]
    set_field(uow, ticket, "missing", missing, actor, now)
    await uow.session.flush()


async def deliver(
    uow: UnitOfWork, knowledge: Knowledge, ticket: Ticket, delivery: Delivery, now: datetime, form_id: str
) -> Message:
    """Take in what the business sends: it is a message of theirs, so the contact person hears and a waiting case goes on.

    Raises AlreadyDelivered for a form sent twice, FileRefused for a file too many.
    """
    await conversations.locked(uow, ticket.conversation_id)  # of two equal forms at once the second waits here
    if any(message.client_message_id == form_id for message in await messages_of(uow, ticket)):
        raise AlreadyDelivered
    delivered = [item for item in ticket.missing if item in delivery.items]
    if delivered:
        rest = [item for item in ticket.missing if item not in delivered]
        set_field(uow, ticket, "missing", rest, "virksomheden", now)
    await files.add(uow, ticket, delivery.files, knowledge.office.uploads, "virksomheden", now)
    text = _in_words(ticket, delivery, delivered)
    return await write_from_business(uow, knowledge, ticket, text, now, form_id)


def _in_words(ticket: Ticket, delivery: Delivery, delivered: Sequence[str]) -> str:
    words = _WORDS[_language(ticket)]
    lines = [
        *([f"{words['files']} {', '.join(file.name for file in delivery.files)}"] if delivery.files else []),
        *([words["delivered"], *(f"- {item}" for item in delivered)] if delivered else []),
    ]
    return "\n\n".join(filter(None, [delivery.text, "\n".join(lines)]))


def _language(ticket: Ticket) -> str:
    return ticket.language if ticket.language in _WORDS else "da"
