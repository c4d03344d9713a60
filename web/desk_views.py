"""What the desk's pages show of a case, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from knowledge.model import LEVELS
from office import tickets
from office.clock import local
from office.contact import contact_person
from office.store.tables import History, Message, Ticket
from office.words import moment_in_words
from web.parts import Parts
from web.presenting import LEVEL_TEXT

STATUS = {
    "received": "Modtaget",
    "abandoned_intake": "Modtaget, ikke færdigskrevet",
    "with_contact_person": "Hos kontaktperson",
    "answered": "Besvaret",
    "closed": "Afsluttet",
}
LEVEL_SHORT = {"simple": "Enkel", "medium": "Middel", "complex": "Større"}
_PHASES = {"tiltraekning": "Tiltrækning", "afklaring": "Afklaring", "sagsbehandling": "Sagsbehandling"}
_CHANNELS = {"chat": "Chat", "form": "Formular"}
_ACTIONS = {
    "opened": "Oprettet",
    "changed": "Ændret",
    "replied": "Svar sendt til virksomheden",
    "wrote": "Virksomheden har skrevet",
    "viewed": "Set",
}
_FIELDS = {
    "company": "virksomhed",
    "cvr": "CVR-nummer",
    "address": "adresse",
    "contact_name": "navn",
    "email": "e-mail",
    "phone": "telefon",
    "details": "oplysninger",
    "level": "niveau",
    "areas": "fagområder",
    "authorities": "myndigheder",
    "reasons": "begrundelser",
    "contact_person": "kontaktperson",
    "status": "status",
    "phase": "fase",
    "answer_due": "svarfrist",
}
_ACTORS = {"bot": "Assistenten", "gateway": "Systemet", "system": "Systemet", "virksomheden": "Virksomheden"}
_AUTHORS = {"visitor": "Virksomheden", "bot": "Assistenten", "system": "Systemet", "caseworker": "Medarbejder"}


def row_view(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return one row of the list: what it is, whose it is, and what is owed when."""
    return {
        "reference": ticket.reference,
        "title": ticket.title,
        "company": ticket.company or ticket.contact_name or "Ikke oplyst",
        "level": LEVEL_SHORT.get(ticket.level, ticket.level),
        "status": STATUS.get(ticket.status, ticket.status),
        "person": contact_person(parts.knowledge, ticket)["name"],
        **_due(parts, ticket),
    }


def case_view(parts: Parts, ticket: Ticket, transcript: Sequence[Message]) -> dict[str, Any]:
    """Return everything that the page of one case shows."""
    knowledge = parts.knowledge
    case = knowledge.cases.get(ticket.case_type or "")
    return {
        **row_view(parts, ticket),
        "ticket": ticket,
        "phase": _PHASES.get(ticket.phase, ticket.phase),
        "channel": _CHANNELS.get(ticket.channel, ticket.channel),
        "level_text": LEVEL_TEXT["da"].get(ticket.level, ticket.level),
        "levels": [(level, LEVEL_TEXT["da"][level]) for level in LEVELS],
        "areas": knowledge.area_titles(ticket.areas),
        "authorities": knowledge.area_titles(ticket.authorities),
        "contact_person": contact_person(knowledge, ticket),
        "course": case.course if case else None,
        "transcript": [_message_view(message) for message in transcript],
    }


def history_view(history: Sequence[History], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the history in words; `names` gives what users are called."""
    called = {**names, **_ACTORS}
    return [
        {"at": row.at, "actor": called.get(row.actor, row.actor), "what": _what_happened(row), "why": row.why}
        for row in history
    ]


def _due(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return what is owed next, when, and how pressing it is: said in words, not by colour alone."""
    if ticket.answered_at is not None:
        return {"owed": "Intet", "due": None, "due_text": "", "urgency": "Besvaret", "late": False, "soon": False}
    due, now = tickets.next_deadline(ticket), parts.now()
    late, soon = due < now, due - now < timedelta(hours=24)
    today = local(due).date() == local(now).date()
    return {
        "owed": "Første svar" if ticket.first_answered_at is None else "Svar med indhold",
        "due": due,
        "due_text": moment_in_words(due),
        "urgency": "Overskredet" if late else "I dag" if today else "Inden for et døgn" if soon else "",
        "late": late,
        "soon": soon and not late,
    }


def _message_view(message: Message) -> dict[str, Any]:
    article = message.payload.get("article") or {}
    return {
        "author": message.author,
        "name": message.author_name or _AUTHORS.get(message.author, message.author),
        "at": message.at,
        "text": message.text,
        "language": message.language,
        "article": article.get("title"),
        "choices": [choice["label"] for choice in message.payload.get("choices", ())],
        "failed": message.state == "failed",
    }


def _what_happened(row: History) -> str:
    words = _ACTIONS.get(row.action, row.action)
    if row.action != "changed":
        return words
    field = _FIELDS.get(row.field or "", row.field or "")
    return f"{words} {field} fra {_value(row.field, row.old)} til {_value(row.field, row.new)}"


def _value(field: str | None, value: str | None) -> str:
    names = {"level": LEVEL_SHORT, "status": STATUS, "phase": _PHASES}.get(field or "", {})
    return f"“{names.get(value or '', value)}”" if value else "tom"
