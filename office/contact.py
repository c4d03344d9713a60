"""How a business reaches the office: its contact person, and the secret link to its case."""

from __future__ import annotations

from knowledge import Knowledge
from office.store.tables import Ticket
from office.tickets import follow_up_token


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
