"""What the municipality's own case system hears: one signed event after the Standard Webhooks convention (docs/webhook.md)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from knowledge import Knowledge
from office.contact import contact_person
from office.mail.compose import Letter
from office.notices import KINDS
from office.store.tables import Message, Ticket

_TICKET_FIELDS = (
    *("reference", "title", "subject", "status", "phase", "level", "areas", "authorities", "language", "channel"),
    *("company", "cvr", "address", "contact_name", "email", "phone", "details", "version"),
)
_TICKET_MOMENTS = (*("received_at", "first_answer_due", "answer_due", "first_answered_at", "answered_at", "closed_at"),)


def event_body(letter: Letter, knowledge: Knowledge) -> str:
    """Return the event as JSON: its type, when it happened, and the case as it stands now, with what was written."""
    event = {
        "type": KINDS[letter.row.kind].event,
        "timestamp": _utc(letter.row.created_at),
        "data": {
            "ticket": _ticket(letter.case, knowledge),
            "messages": [_message(message) for message in letter.messages],
            "facts": {name: value for name, value in letter.row.facts.items() if name != "messages"},
        },
    }
    return json.dumps(event, ensure_ascii=False)


def signed_headers(key: str, body: str, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent `body` and when. `key` stays the same when an event is sent again.

    The signature is an HMAC-SHA256 over key, time (seconds since 1970) and body, so none of them can be changed.
    """
    moment = now.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, moment, body),
    }


def _ticket(ticket: Ticket, knowledge: Knowledge) -> dict[str, Any]:
    fields = {name: getattr(ticket, name) for name in _TICKET_FIELDS}
    moments = {name: _utc(getattr(ticket, name)) for name in _TICKET_MOMENTS}
    return {**fields, **moments, "contact_person": contact_person(knowledge, ticket)}


def _message(message: Message) -> dict[str, Any]:
    return {"author": message.author, "author_name": message.author_name, "at": _utc(message.at), "text": message.text}


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
