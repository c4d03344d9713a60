"""Questions that got no good answer: what editors read in order to teach the assistant more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from office.privacy import mask_contact
from office.store import UnitOfWork
from office.store.tables import Message

UNSURE, OUT_OF_SCOPE, CLARIFY, NOT_HELPED = "unsure", "out_of_scope", "clarify", "not_helped"
_TAKEN = "/choose"  # the hidden command of a choice that names a topic; the others ask for a person


@dataclass(frozen=True)
class Gap:
    """What a visitor wrote, masked for CPR, mail addresses and phone numbers, and why it is a gap (see above)."""

    text: str
    why: str


async def since(uow: UnitOfWork, first: datetime) -> list[Gap]:
    """Return the gaps from `first` on, oldest first.

    A gap is a message that ended unsure or out of scope, was asked back without any of the topics being chosen, or was
    answered in a way that did not help. Buttons pressed are no messages of their own.
    """
    rows = await uow.session.stream(
        select(
            Message.id,
            Message.conversation_id,
            Message.author,
            Message.text,
            Message.payload,
            Message.outcome,
            Message.answers,
        )
        .where(Message.at >= first)
        .order_by(Message.conversation_id, Message.seq)
    )
    gaps: dict[int, Gap] = {}
    offered: dict[tuple[str, str], int | None] = {}  # a choice that names a topic -> the message it was offered for
    async for row in rows:
        if row.author == "bot":
            choices = row.payload.get("choices", ())
            offered |= {(row.conversation_id, c["id"]): row.answers for c in choices if c["command"].startswith(_TAKEN)}
        elif row.author == "visitor" and row.payload.get("choice"):
            asked = gaps.pop(offered.get((row.conversation_id, row.payload["choice"])) or 0, None)
            if asked and _why(row.outcome or {}) == NOT_HELPED:
                gaps[row.id] = replace(asked, why=NOT_HELPED)
        elif row.author == "visitor" and (why := _why(row.outcome or {})):
            gaps[row.id] = Gap(mask_contact(row.text), why)
    return [gaps[number] for number in sorted(gaps)]


def _why(outcome: Mapping[str, Any]) -> str | None:
    if outcome.get("helped") is False:
        return NOT_HELPED
    kind = outcome.get("kind")
    return kind if kind in (UNSURE, OUT_OF_SCOPE, CLARIFY) else None
