"""The first words of a conversation, and whether anybody is at work right now."""

from __future__ import annotations

from typing import Any

from office.conversations import Utterance
from office.words import moment_in_words
from web.parts import Parts


def greeting(parts: Parts) -> list[Utterance]:
    """Return what is said before the visitor has written: who speaks, what it can do, and that the office is closed."""
    office = parts.knowledge.office
    hello = (
        f"Hej! Du taler med en digital assistent fra {office.name} i {office.municipality}. Stil dit spørgsmål, som du "
        "ville sige det. Jeg svarer ud fra artikler, som kommunen har gennemgået. Skal et menneske se på det, får du et "
        "sagsnummer, en kontaktperson og en dato for svaret. Skriv ikke CPR-nummer. You are welcome to write in English."
    )
    notice = closed_notice(parts)
    closing = [Utterance(notice, kind="notice", language="da")] if notice else []
    return [Utterance(hello, language="da"), *closing]


def closed_notice(parts: Parts) -> str | None:
    """Return, while the office is closed, when it opens and what the assistant does meanwhile; None while it is open."""
    now = parts.now()
    if parts.calendar.is_open(now):
        return None
    opening = moment_in_words(parts.calendar.next_opening(now))
    return (
        f"{parts.knowledge.office.name} har lukket lige nu og åbner igen {opening}. Assistenten svarer hele døgnet, og en "
        "sag får sagsnummer og svardato med det samme."
    )


def office_state(parts: Parts) -> dict[str, Any]:
    """Return what the chat shows about the office: open or not, the notice, and how else to reach it."""
    office, notice = parts.knowledge.office, closed_notice(parts)
    return {"open": notice is None, "notice": notice, "phone": office.phone, "email": office.email}
