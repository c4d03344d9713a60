"""How a business reaches the office: its contact person, and the secret link to its case."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from knowledge import Knowledge
from office.history import NothingToRecord, record
from office.notices import notify
from office.store import UnitOfWork
from office.store.tables import Ticket
from office.tickets import by_reference


def contact_person(knowledge: Knowledge, ticket: Ticket) -> dict[str, str]:
    """Return name, title, email and phone of the contact person; the office's own when people.yml no longer has them."""
    return colleague(knowledge, ticket.contact_person)


def colleague(knowledge: Knowledge, person_id: str) -> dict[str, str]:
    """Return name, title, email and phone of somebody in people.yml; the office's own for an unknown id."""
    person, office = knowledge.people.get(person_id), knowledge.office
    if person is None:
        return {"name": office.name, "title": office.municipality, "email": office.email, "phone": office.phone}
    return {"name": person.name, "title": person.title, "email": person.email, "phone": person.phone}


def follow_up_link(ticket: Ticket, secret_key: str, address: str) -> str:
    """Return the secret link to the ticket's page. `address` is the site's, without a trailing slash."""
    return f"{address}/sag/{ticket.reference}/{follow_up_token(ticket, secret_key)}"


def follow_up_token(ticket: Ticket, secret_key: str) -> str:
    """Return the secret part of the link by which the business follows its case without log-in.

    It is computed, not stored, so the database alone opens no case; raising `link_version` renews it.
    """
    digest = hmac.new(
        secret_key.encode(), f"{ticket.reference}:{ticket.link_version}".encode(), hashlib.sha256
    ).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


async def by_follow_up_link(uow: UnitOfWork, reference: str, token: str, secret_key: str) -> Ticket | None:
    """Return the ticket whose secret link this is; None for a wrong secret, an unknown reference and a revoked link alike."""
    ticket = await by_reference(uow, reference)
    if ticket is None or ticket.link_revoked_at is not None:
        return None
    # As bytes: compare_digest refuses text outside ASCII, and anybody may type an address.
    if not hmac.compare_digest(follow_up_token(ticket, secret_key).encode(), token.encode()):
        return None
    return ticket


async def renew_link(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime) -> None:
    """Give the business a new link, which they get by mail; the old one opens nothing from now on."""
    ticket.link_version += 1
    ticket.link_revoked_at = None
    record(uow, ticket, now, actor, "link_renewed")
    await notify(uow, ticket, "link_renewed", now)
    await uow.session.flush()


async def revoke_link(uow: UnitOfWork, ticket: Ticket, actor: str, now: datetime) -> None:
    """Let no link open the case until it is renewed. Raises NothingToRecord when none does."""
    if ticket.link_revoked_at is not None:
        raise NothingToRecord(ticket.reference)
    ticket.link_revoked_at = now
    record(uow, ticket, now, actor, "link_revoked")
    await uow.session.flush()
