"""The life of a case as one state machine: which status may follow which, and what closing demands. Pure; stores nothing.

The phase (Tiltrækning, Afklaring, Sagsbehandling) is independent of the status: a case moves between phases as the project
does (promise K02), whatever the office owes at the moment.
"""

from __future__ import annotations

from office.errors import NotAllowed
from office.store.tables import Ticket

STATUS_NAMES = {
    "received": "Modtaget",
    "abandoned_intake": "Modtaget, ikke færdigskrevet",
    "screening": "Screenes",
    "with_contact_person": "Hos kontaktperson",
    "waiting_for_business": "Venter på virksomheden",
    "answered": "Besvaret",
    "reopened": "Genåbnet",
    "closed": "Afsluttet",
    "withdrawn": "Trukket tilbage",
}
ENDED_STATUSES = ("closed", "withdrawn")
OPEN_STATUSES = tuple(status for status in STATUS_NAMES if status not in ENDED_STATUSES)

_IN_HAND = ("with_contact_person", "waiting_for_business", "answered", "withdrawn")
TRANSITIONS: dict[str, frozenset[str]] = {
    "received": frozenset(("screening", *_IN_HAND)),
    "abandoned_intake": frozenset(("screening", *_IN_HAND)),
    "screening": frozenset(_IN_HAND),
    "with_contact_person": frozenset(("waiting_for_business", "answered", "withdrawn")),
    "waiting_for_business": frozenset(("with_contact_person", "answered", "withdrawn")),
    "answered": frozenset(("with_contact_person", "waiting_for_business", "closed", "withdrawn")),
    "reopened": frozenset(_IN_HAND),
    "closed": frozenset(("reopened",)),
    "withdrawn": frozenset(("reopened",)),
}


def check_move(ticket: Ticket, status: str) -> None:
    """Raise NotAllowed, in Danish, when the case may not move on to `status` now.

    Closing needs that the business needs no more (promise S07) and, after a refusal, a recorded offer of dialogue (S08).
    """
    if status not in TRANSITIONS[ticket.status]:
        raise NotAllowed(
            f"Sagen kan ikke gå fra “{STATUS_NAMES[ticket.status]}” til “{STATUS_NAMES.get(status, status)}”."
        )
    if status != "closed":
        return
    if ticket.outcome == "refused" and ticket.dialogue_offered_at is None:
        raise NotAllowed("Et afslag kan ikke afsluttes, før virksomheden er tilbudt en dialog om andre muligheder.")
    if ticket.needs_no_more_at is None:
        raise NotAllowed("Sagen kan først afsluttes, når virksomheden har sagt, at den ikke har brug for mere hjælp.")


def status_after_reply(status: str, answers_case: bool) -> str:
    """Return the status after the office has written: an answer moves the case on, other words only take it in hand."""
    if answers_case:
        return "answered"
    return "with_contact_person" if status in ("received", "abandoned_intake", "reopened") else status


def status_after_message(status: str) -> str:
    """Return the status after the business has written: it is the office's turn again, and an ended case opens again."""
    if status in ENDED_STATUSES:
        return "reopened"
    return "with_contact_person" if status in ("waiting_for_business", "answered") else status
