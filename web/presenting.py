"""What the public sees of messages, articles and tickets: the JSON of the API. Hidden commands and internals stay inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from office import tickets
from office.contact import contact_person, follow_up_link
from office.store import UnitOfWork
from office.store.tables import Message, Ticket
from office.words import moment_in_words
from web.checklist import checklist_path
from web.markup import as_html
from web.parts import Parts

LEVEL_TEXT = {
    "da": {
        "simple": "Enkel: får svar med det samme",
        "medium": "Middel: en medarbejder undersøger sagen",
        "complex": "Større: flere afdelinger samarbejder",
    },
    "en": {
        "simple": "Simple: answered at once",
        "medium": "Medium: a caseworker looks into the matter",
        "complex": "Larger: several departments work together",
    },
}


class Presenter:
    """Makes API objects for one request; `status_url` points back to the address the request came to."""

    def __init__(self, parts: Parts, request: web.Request) -> None:
        self._parts = parts
        self._address = parts.settings.public_url.rstrip("/") or str(request.url.origin())

    async def messages(self, uow: UnitOfWork, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Return messages as the API shows them, with the tickets they speak of as these stand now."""
        known = await self._tickets_of(uow, messages)
        return [self._message(message, known) for message in messages]

    async def replies(self, replies: Sequence[Message]) -> list[dict[str, Any]]:
        """Return fresh replies as the API shows them. The store is asked only when one of them is a ticket's card."""
        if not any(message.kind == "ticket" for message in replies):
            return [self._message(message, {}) for message in replies]
        async with self._parts.database.reading() as uow:
            return await self.messages(uow, replies)

    def ticket(self, ticket: Ticket) -> dict[str, Any]:
        """Return a ticket as the business sees it, in the ticket's language."""
        language = ticket.language if ticket.language in LEVEL_TEXT else "da"
        return {
            "reference": ticket.reference,
            "level": ticket.level,
            "level_text": LEVEL_TEXT[language].get(ticket.level, ticket.level),
            "reasons": ticket.reasons,
            "areas": self._parts.knowledge.area_titles([*ticket.areas, *ticket.authorities], language),
            "contact_person": contact_person(self._parts.knowledge, ticket),
            "first_answer_due": utc(ticket.first_answer_due),
            "answer_due": utc(ticket.answer_due),
            "first_answer_due_text": moment_in_words(ticket.first_answer_due, language),
            "answer_due_text": moment_in_words(ticket.answer_due, language),
            "checklist": ticket.checklist,
            "status_url": follow_up_link(ticket, self._parts.signing_key, self._address),
        }

    async def _tickets_of(self, uow: UnitOfWork, messages: Sequence[Message]) -> dict[str, Ticket]:
        """Return the tickets shown as cards, by reference. A conversation shows only its own."""
        conversation_ids = {m.conversation_id for m in messages if m.kind == "ticket" and m.payload.get("ticket")}
        return {
            f"{conversation_id} {ticket.reference}": ticket
            for conversation_id in conversation_ids
            for ticket in await tickets.of_conversation(uow, conversation_id)
        }

    def _message(self, message: Message, known: Mapping[str, Ticket]) -> dict[str, Any]:
        ticket = known.get(f"{message.conversation_id} {message.payload.get('ticket')}")
        shown = {
            "seq": message.seq,
            "author": message.author,
            "at": utc(message.at),
            "text": message.text,
            "kind": message.kind,
            "lang": message.language,
            "author_name": message.author_name,
            "client_message_id": message.client_message_id,
            "article": self._article(message.payload.get("article")),
            "choices": _choices(message.payload.get("choices", ())),
            "ticket": self.ticket(ticket) if ticket is not None and message.kind == "ticket" else None,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _article(self, shown_then: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return the article as it was when it was shown, with its longer text while that is still the same version."""
        if shown_then is None:
            return None
        article = {name: value for name, value in shown_then.items() if name != "language"}
        current = self._parts.knowledge.articles.get(shown_then["id"])
        if current is not None and current.version == shown_then["version"]:
            article["body_html"] = as_html(current.in_language(shown_then["language"]).body)
            if current.steps:
                article["checklist_url"] = f"{self._address}{checklist_path(current.id, shown_then['language'])}"
        return article


def utc(moment: datetime) -> str:
    """Return the moment as ISO 8601 in UTC, "2026-11-22T18:00:00Z"."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _choices(choices: Iterable[Mapping[str, str]]) -> list[dict[str, str]] | None:
    return [{"id": choice["id"], "label": choice["label"]} for choice in choices] or None
