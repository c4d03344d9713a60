"""What the desk's pages show of a case, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from knowledge.model import LEVELS, Knowledge
from office.clock import local
from office.contact import contact_person
from office.deadlines import explained, owed
from office.files import is_for_business
from office.lifecycle import ENDED_STATUSES, STATUS_NAMES
from office.store.follow_up_tables import CaseFile
from office.store.tables import History, Involvement, Message, Ticket
from office.words import moment_briefly, moment_in_words
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
_CHANNELS = {"chat": "Chat", "form": "Formular", "phone": "Telefon", "email": "E-mail", "visit": "Personligt"}
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
    "involved_read": "Svaret er læst",
    "noted": "Intern note skrevet",
    "involved_closed": "Spørgsmål lukket uden svar",
    "absence_set": "Fravær sat",
    "absence_ended": "Fravær slettet",
    "duty_set": "Vagt sat",
    "answered_at_once": "Henvendelse besvaret med det samme",
    "board_taken_out": "Tavlen hentet som fil",
    "board_sent": "Tavlen sendt til mødet",
    "duty_cleared": "Vagt følger ugeplanen igen",
    "published": "Månedens tal er offentliggjort",
    "unpublished": "Månedens tal er taget af hjemmesiden",
    "file_added": "Fil lagt på sagen:",
    "file_sent": "Fil sendt til virksomheden:",
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
    "live_taken": "Live samtale overtaget",
    "live_offered": "Live samtale tilbudt:",
    "live_kept": "Live samtale ikke givet videre",
    "live_passed": "Live samtale givet videre til:",
    "live_ended": "Live samtale afsluttet",
    "logged_in": "Logget ind",
    "login_refused": "Forsøg på at logge ind afvist",
    "logged_out": "Logget ud",
    "password_changed": "Skiftede sin adgangskode",
    "sessions_ended": "Log-ind afsluttet",
    "user_added": "Bruger oprettet",
    "user_changed": "Bruger ændret:",
    "user_disabled": "Bruger lukket",
    "user_enabled": "Bruger åbnet igen",
    "password_given": "Ny adgangskode givet",
    "log_read": "Loggen læst",
    "log_exported": "Loggen hentet som fil",
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
    "name": "navn",
    "role": "rolle",
    "person": "person i people.yml",
    "log_in": "log-ind",
}
# Events that say what a field was before and what it became.
_FROM_TO = ("changed", "planned", "recounted", "handed_over", "substituted", "returned")
# Events that say what it was about.
_WITH_VALUE = (
    *("live_offered", "live_passed", "file_added", "file_sent"),
    *("meeting_proposed", "meeting_agreed", "meeting_cancelled"),
)
# What the watched deadline is when it is the day that the business was told to expect.
_EXPECTED = {
    "due_soon": "I dag ventes sagen klar:",
    "overdue": "Sagen er ikke afsluttet den dag, den ventedes klar; koordinatoren har fået besked:",
}
_OUTCOMES = {"helped": "Hjulpet", "refused": "Afslag", "withdrawn": "Trukket tilbage"}
_ACTORS = {
    "bot": "Assistenten",
    "gateway": "Systemet",
    "system": "Systemet",
    "virksomheden": "Virksomheden",
    "ukendt": "Ukendt navn",
    "kommunens login": "Kommunens login",
}
_AUTHORS = {"visitor": "Virksomheden", "bot": "Assistenten", "system": "Systemet", "caseworker": "Medarbejder"}


def next_deadline_view(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return what stands on top of every page: the case whose deadline comes next."""
    return {"reference": ticket.reference, "title": ticket.title, **_due(parts, ticket)}


def row_view(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return one row of the list: what it is, whose it is, and what is owed when."""
    return {
        "reference": ticket.reference,
        "title": ticket.title,
        "company": ticket.company or ticket.contact_name or "Ikke oplyst",
        "level": LEVEL_SHORT.get(ticket.level, ticket.level),
        "status": STATUS_NAMES[ticket.status],
        "person": contact_person(parts.knowledge, ticket)["name"],
        "wrote": ticket.reply_due is not None,
        "new": ticket.first_answered_at is None and ticket.status in ("received", "abandoned_intake"),
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
        "all_areas": [(area.id, area.title, area.state) for area in knowledge.areas.values()],
        "deadlines": _deadlines(parts, ticket),
        "ended": ticket.status in ENDED_STATUSES,
        "authorities": knowledge.area_titles(ticket.authorities),
        "contact_person": contact_person(knowledge, ticket),
        "transcript": [_message_view(message) for message in transcript],
    }


def history_view(parts: Parts, history: Sequence[History], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the history in words; `names` gives what users are called."""
    return [
        {
            "id": row.id,
            "at": row.at,
            "actor": called(names, row.actor),
            "what": _what_happened(row, parts.knowledge),
            "why": row.why,
        }
        for row in history
    ]


def involvement_view(parts: Parts, involvement: Involvement, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a question to a colleague or an authority, with its answer if there is one."""
    knowledge = parts.knowledge
    area = knowledge.areas.get(involvement.area)
    person = knowledge.people.get(involvement.person or "")
    title = area.title if area else involvement.area
    return {
        "id": involvement.id,
        "who": f"{person.name} ({title})" if person else title,
        "question": involvement.question,
        "asked_by": names.get(involvement.asked_by, involvement.asked_by),
        "asked_at": involvement.asked_at,
        "answer": involvement.answer,
        "answered_at": involvement.answered_at,
        "open": involvement.closed_at is None,
        "unread": involvement.answered_at is not None and involvement.read_at is None,
    }


def file_view(file: CaseFile, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a file of the case: what it is, from whom, and whether the business has it."""
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "at": file.received_at,
        "by": called(names, file.sent_by),
        "for_business": is_for_business(file),
        "sent": file.message_id is not None,
    }


def colleagues_view(parts: Parts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return who can be asked: for each area its title and the choices in it, "area:person" with their words."""
    people = parts.knowledge.people.values()
    return [
        (
            area.title,
            [
                (f"{area.id}:", "Myndigheden" if area.state else "Hele fagområdet"),
                *((f"{area.id}:{person.id}", person.name) for person in people if area.id in person.areas),
            ],
        )
        for area in parts.knowledge.areas.values()
    ]


def called(names: Mapping[str, str], actor: str) -> str:
    """Return what an actor of the history is called; `names` gives what users are called."""
    return _ACTORS.get(actor) or names.get(actor, actor)


def field_in_words(name: str) -> str:
    """Return what a field of a case or a user is called."""
    return _FIELDS.get(name, name)


def _due(parts: Parts, ticket: Ticket) -> dict[str, Any]:
    """Return what is owed next, when, and how pressing it is: said in words, not by colour alone."""
    promises = parts.knowledge.office.promises
    running = owed(ticket, promises)
    if not running:
        nothing = "Besvaret" if ticket.answered_at else STATUS_NAMES[ticket.status]
        none = {"owed": "Intet", "due": None, "due_text": "", "due_brief": "", "explained": ""}
        return {**none, "urgency": nothing, "late": False, "soon": False}
    due, now = running[0].due, parts.now()
    late, soon = due < now, due - now < timedelta(hours=24)
    today = local(due).date() == local(now).date()
    return {
        "owed": _OWED[running[0].what],
        "due": due,
        "due_text": moment_in_words(due),
        "due_brief": moment_briefly(due, now),
        "explained": explained(ticket, running[0].what, promises),
        "urgency": "Overskredet" if late else "I dag" if today else "Inden for et døgn" if soon else "",
        "late": late,
        "soon": soon and not late,
    }


def _deadlines(parts: Parts, ticket: Ticket) -> list[dict[str, Any]]:
    """Return every promise of the case: kept, running or standing still, and how its moment was counted."""
    promises = parts.knowledge.office.promises
    running = {item.what for item in owed(ticket, promises)}
    given = {
        "first_answer_due": ticket.first_answered_at,
        "screening_due": ticket.screened_at,
        "answer_due": ticket.answered_at,
    }
    rows = [(what, getattr(ticket, what), done) for what, done in given.items()]
    if ticket.reply_due is not None:
        rows.insert(0, ("reply_due", ticket.reply_due, None))
    return [
        {
            "what": _OWED[what],
            "due": due,
            "done": done,
            "stands_still": done is None and what not in running,
            "late": what in running and due < parts.now(),
            "explained": explained(ticket, what, promises),
        }
        for what, due, done in rows
    ]


def _message_view(message: Message) -> dict[str, Any]:
    article = message.payload.get("article") or {}
    return {
        "seq": message.seq,
        "author": message.author,
        "name": message.author_name or _AUTHORS.get(message.author, message.author),
        "at": message.at,
        "text": message.text,
        "language": message.language,
        "article": article.get("title"),
        "choices": [choice["label"] for choice in message.payload.get("choices", ())],
        "failed": message.state == "failed",
    }


def _what_happened(row: History, knowledge: Knowledge) -> str:
    words = ACTIONS[row.action]
    if row.action.startswith("involved"):
        return f"{words}: {_area_titles(row.field, knowledge)}"
    if row.action in _WITH_VALUE:
        return f"{words} {row.new}"
    if row.field == "expected" and row.action in _EXPECTED:
        return f"{_EXPECTED[row.action]} {row.old}"
    if row.action not in _FROM_TO:
        return words
    field = _FIELDS.get(row.field or "", row.field or "")
    names = {
        "level": LEVEL_SHORT,
        "status": STATUS_NAMES,
        "phase": _PHASES,
        "outcome": _OUTCOMES,
        "contact_person": {person.id: person.name for person in knowledge.people.values()},
    }.get(row.field or "", {})
    old, new = row.old, row.new
    if row.field in ("areas", "authorities"):
        old, new = _area_titles(old, knowledge), _area_titles(new, knowledge)
    return f"{words} {field} fra {_value(old, names)} til {_value(new, names)}"


def _area_titles(ids: str | None, knowledge: Knowledge) -> str:
    """Return the areas of a history row, which names their ids, by their titles."""
    areas = (knowledge.areas.get(area) for area in (ids or "").split(", "))
    return ", ".join(area.title for area in areas if area is not None) or ids or ""


def _value(value: str | None, names: Mapping[str, str]) -> str:
    return f"“{names.get(value, value)}”" if value else "tom"
