"""A row of the audit log in words. Of a case it says what was done, not what was written: that stands on the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from office.audit import Event, kind_of
from office.store.tables import History
from web.desk.session import ROLE_NAMES
from web.desk.views import ACTIONS, called, field_in_words

KINDS = {
    "read": "Læst og udleveret",
    "log_in": "Log-ind",
    "users": "Brugere og roller",
    "erased": "Slettet og anonymiseret",
    "work": "Arbejde med sager og kontor",
}
# Events of a case whose field is a word of ours that says no more than the event itself.
_SAY_ENOUGH = (
    "told",
    "file_added",
    "file_sent",
    "meeting_proposed",
    "meeting_agreed",
    "meeting_declined",
    "meeting_cancelled",
)


def event_view(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one row: who, what, when, about whom or which case; `names` gives what users are called."""
    row = event.row
    return {
        "id": row.id,
        "at": row.at,
        "who": called(names, row.actor),
        "what": what_happened(row),
        "kind": KINDS[kind_of(row.action)],
        "reference": event.reference,
        "about": names.get(row.about, row.about) if row.about and row.about != row.actor else None,
    }


def what_happened(row: History) -> str:
    """Return what was done, in words."""
    words = ACTIONS[row.action].rstrip(":")
    if row.ticket_id is not None:
        says_more = row.field is not None and row.action not in _SAY_ENOUGH
        return f"{words}: {field_in_words(row.field or '')}" if says_more else words
    about = field_in_words(row.field or "")
    value = " → ".join(_value(value) for value in (row.old, row.new) if value)
    return ": ".join(part for part in (words, about, value) if part)


def _value(value: str) -> str:
    return ROLE_NAMES.get(value, value)
