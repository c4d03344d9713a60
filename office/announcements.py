"""What the system itself tells a business about its case, in the conversation and on the follow-up page."""

from __future__ import annotations

from datetime import date, datetime

from knowledge.model import Person
from office import conversations
from office.conversations import Utterance
from office.history import record
from office.notices import notify
from office.store import UnitOfWork
from office.store.tables import Message, Ticket
from office.words import day_in_words, moment_in_words

# Announcements whose event has a mail of its own (office/notices.py); the others are mailed as they were said.
_OWN_MAIL = ("substituted", "returned", "handed_over", "expected_changed", "closed")
# Those by which a case ends or begins again: the municipality's own case system hears of them.
_OF_A_KIND = ("withdrawn", "reopened")
ANNOUNCEMENTS = {
    "substituted": {
        "da": (
            "{away} er væk i en periode. Imens tager {person} sig af din sag og svarer dig: telefon {phone}, {email}. Bagefter "
            "har {away} sagen igen. Du behøver ikke gøre noget."
        ),
        "en": (
            "{away} is away for a while. Meanwhile {person} takes care of your case and answers you: phone {phone}, {email}. "
            "Afterwards {away} has the case again. You need not do anything."
        ),
    },
    "returned": {
        "da": "{person} er tilbage og har din sag igen: telefon {phone}, {email}.",
        "en": "{person} is back and has your case again: phone {phone}, {email}.",
    },
    "handed_over": {
        "da": (
            "{person} er nu din kontaktperson: telefon {phone}, {email}. {person} har fået alt, hvad du har fortalt, og "
            "kontakter dig. Du behøver ikke gøre noget."
        ),
        "en": (
            "{person} is now your contact person: phone {phone}, {email}. {person} has everything you told us and will contact "
            "you. You need not do anything."
        ),
    },
    "answer_moved": {
        "da": "Du får nu svar med indhold senest {due}. {why}",
        "en": "You will now have an answer with content by {due}. {why}",
    },
    "expected": {
        "da": "Vi venter, at din sag er klar {expected}.",
        "en": "We expect your case to be ready on {expected}.",
    },
    "expected_changed": {
        "da": "Tidsplanen for din sag er ændret. Vi venter nu, at den er klar {expected}; før var det {before}. Grunden: {why}",
        "en": (
            "The timetable of your case has changed. We now expect it to be ready on {expected}; before it was {before}. The "
            "reason: {why}"
        ),
    },
    "closed": {
        "da": "Sagen er afsluttet, fordi du ikke har brug for mere. Skriv bare her, hvis der kommer noget nyt, så åbner vi den.",
        "en": "The case is closed because you need no more. Just write here if there is anything new, and we open it again.",
    },
    "withdrawn": {
        "da": "Henvendelsen er trukket tilbage, og vi arbejder ikke videre med den. Skriv bare her, hvis det ændrer sig.",
        "en": "The inquiry is withdrawn, and we do no more about it. Just write here if that changes.",
    },
    "reopened": {
        "da": "Sagen er åbnet igen. Du hører fra {person} senest {due}.",
        "en": "The case is open again. You will hear from {person} by {due}.",
    },
}


async def tell_business(
    uow: UnitOfWork, ticket: Ticket, announcement: str, now: datetime, **values: str | date | datetime
) -> Message:
    """Say the announcement of this name in the language of the case, and mail it; moments and days in `values` become words."""
    language = ticket.language if ticket.language in ("da", "en") else "da"
    words = {name: _in_words(value, language) for name, value in values.items()}
    text = ANNOUNCEMENTS[announcement][language].format(**words)
    conversation = await conversations.locked(uow, ticket.conversation_id)
    utterance = Utterance(
        text, "notice", language, {"announcement": announcement, "ticket": ticket.reference}, ticket.id
    )
    message = await conversations.say(uow, conversation, "system", utterance, now)
    record(uow, ticket, now, "system", "told", field=announcement, new=text)
    if announcement not in _OWN_MAIL:
        kind = announcement if announcement in _OF_A_KIND else "told"
        await notify(uow, ticket, kind, now, messages=[message.id])
    return message


def contact_of(person: Person) -> dict[str, str]:
    """Return the values by which an announcement names somebody and how they are reached."""
    return {"person": person.name, "phone": person.phone, "email": person.email}


def _in_words(value: str | date | datetime, language: str) -> str:
    if isinstance(value, datetime):
        return moment_in_words(value, language)
    return day_in_words(value, language) if isinstance(value, date) else value
