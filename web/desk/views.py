"""What the desk's pages show of a case, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from knowledge.model import LEVELS
from office.clock import local
from office.contact import contact_person
from office.deadlines import owed
from office.lifecycle import STATUS_NAMES
from office.store.tables import History, Message, Ticket
from office.words import moment_in_words
from web.parts import Parts
from web.presenting import LEVEL_TEXT

_OWED = {
    "first_answer_due": "Første svar",
    "reply_due": "Svar på besked",
    "screening_due": "Screening",
    "answer_due": "Svar med indhold",
}
LEVEL_SHORT = {"simple": "Enkel", "medium": "Middel", "complex": "Større"}
_PHASES = {"tiltraekning": "Tiltrækning", "afklaring": "Afklaring", "sagsbehandling": "Sagsbehandling"}
_CHANNELS = {"chat": "Chat", "form": "Formular"}
ACTIONS = {
    "opened": "Oprettet",
    "changed": "Ændret",
    "replied": "Svar sendt til virksomheden",
    "wrote": "Virksomheden har skrevet",
    "viewed": "Set",
    "handed_over": "Givet videre:",
    "substituted": "Afløser trådt til:",
    "returned": "Tilbage:",
    "recounted": "Regnet om:",
    "due_soon": "Fristen nærmer sig",
    "overdue": "Fristen er overskredet, koordinatoren har fået besked",
    "told": "Besked til virksomheden",
    "planned": "Ændret",
    "involved": "Spurgt",
    "involved_answered": "Svar fra den, der blev spurgt",
    "involved_closed": "Spørgsmål lukket uden svar",
    "absence_set": "Fravær sat",
    "absence_ended": "Fravær slettet",
    "duty_set": "Vagt sat",
    "duty_cleared": "Vagt følger ugeplanen igen",
    "published": "Månedens tal er offentliggjort",
    "unpublished": "Månedens tal er taget af hjemmesiden",
    "file_added": "Fil lagt på sagen:",
    "meeting_proposed": "Møde foreslået:",
    "meeting_agreed": "Møde aftalt:",
    "meeting_declined": "Virksomheden kan ikke til mødet",
    "meeting_cancelled": "Møde aflyst:",
    "link_renewed": "Nyt link til virksomheden",
    "link_revoked": "Linket til virksomheden er lukket",
    "surveyed": "Virksomheden har svaret på spørgsmålene om tilfredshed",
    "anonymised": "Personoplysningerne er slettet",
    "exported": "Oplysningerne er udleveret",
    "erased": "Oplysninger er slettet efter ønske",
    "purge_begun": "Dagens oprydning er begyndt",
    "purged": "Det, der er gemt længe nok, er anonymiseret",
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
    "first_answer_due": "frist for første svar",
    "screening_due": "frist for screening",
    "answer_due": "svarfrist",
    "missing": "det, der mangler",
    "checklist": "tjekliste",
    "screened_at": "screenet",
    "outcome": "udfald",
    "dialogue_offered_at": "tilbud om dialog",
    "needs_no_more_at": "ikke brug for mere",
    "sustainability_level": "niveau for bæredygtighed",
    "plan": "plan",
}
# Events that say what a field was before and what it became.
_FROM_TO = ("changed", "planned", "recounted", "handed_over", "substituted", "returned")
# Events that say what it was about.
_WITH_VALUE = ("file_added", "meeting_proposed", "meeting_agreed", "meeting_cancelled")
_OUTCOMES = {"helped": "Hjulpet", "refused": "Afslag", "withdrawn": "Trukket tilbage"}
_ACTORS = {"bot": "Assistenten", "gateway": "Systemet", "system": "Systemet", "virksomheden": "Virksomheden"}
_AUTHORS = {"visitor": "Virksomheden", "bot": "Assistenten", "system": "Systemet", "caseworker": "Medarbejder"}


def row_view(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return one row of the list: what it is, whose it is, and what is owed when."""
    return {
        "reference": ticket.reference,
        "title": ticket.title,
        "company": ticket.company or ticket.contact_name or "Ikke oplyst",
        "level": LEVEL_SHORT.get(ticket.level, ticket.level),
        "status": STATUS_NAMES[ticket.status],
        "person": contact_person(parts.knowledge, ticket)["name"],
        **_due(parts, ticket),
    }


def case_view(parts: Parts, ticket: Ticket, transcript: Sequence[Message]) -> dict[str, Any]:
    """Return everything that the page of one case shows."""
    knowledge = parts.knowledge
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
        "transcript": [_message_view(message) for message in transcript],
    }


def history_view(parts: Parts, history: Sequence[History], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the history in words; `names` gives what users are called."""
    called = {**names, **_ACTORS}
    people = {person.id: person.name for person in parts.knowledge.people.values()}
    return [
        {"at": row.at, "actor": called.get(row.actor, row.actor), "what": _what_happened(row, people), "why": row.why}
        for row in history
    ]


def _due(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return what is owed next, when, and how pressing it is: said in words, not by colour alone."""
    running = owed(ticket, parts.knowledge.office.promises)
    if not running:
        nothing = "Besvaret" if ticket.answered_at else STATUS_NAMES[ticket.status]
        return {"owed": "Intet", "due": None, "due_text": "", "urgency": nothing, "late": False, "soon": False}
    due, now = running[0].due, parts.now()
    late, soon = due < now, due - now < timedelta(hours=24)
    today = local(due).date() == local(now).date()
    return {
        "owed": _OWED[running[0].what],
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


def _what_happened(row: History, people: Mapping[str, str]) -> str:
    words = ACTIONS[row.action]
    if row.action in _WITH_VALUE:
        return f"{words} {row.new}"
    if row.action not in _FROM_TO:
        return words
    field = _FIELDS.get(row.field or "", row.field or "")
    names = {
        "level": LEVEL_SHORT,
        "status": STATUS_NAMES,
        "phase": _PHASES,
        "outcome": _OUTCOMES,
        "contact_person": people,
    }.get(row.field or "", {})
    return f"{words} {field} fra {_value(row.old, names)} til {_value(row.new, names)}"


def _value(value: str | None, names: Mapping[str, str]) -> str:
    return f"“{names.get(value, value)}”" if value else "tom"
