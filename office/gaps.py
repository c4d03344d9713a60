"""Questions that got no good answer: what editors read in order to teach the assistant more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from office.content_words import stems, words_of
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


@dataclass(frozen=True)
class GapGroup:
    """Gaps that say nearly the same, the latest first."""

    gaps: tuple[Gap, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the different ways it was put."""
        return tuple(dict.fromkeys(gap.text for gap in self.gaps))

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many there are of each kind of gap, the most frequent first."""
        return dict(Counter(gap.why for gap in self.gaps).most_common())


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


def alike(found: Sequence[Gap]) -> list[GapGroup]:
    """Return gaps that say nearly the same, together: the same words, whatever their order, endings and marks.

    The groups with the most come first, of equal ones the latest. What means the same in other words stays apart: that is
    known to the engine only (`indgang gaps`).
    """
    groups: dict[frozenset[str], list[Gap]] = {}
    latest: dict[frozenset[str], int] = {}
    for number, gap in enumerate(found):
        if not gap.text.strip():  # anonymised meanwhile
            continue
        key = frozenset(stems(gap.text)) or frozenset(words_of(gap.text)) or frozenset((gap.text,))
        groups.setdefault(key, []).append(gap)
        latest[key] = number
    ordered = sorted(groups, key=lambda key: (-len(groups[key]), -latest[key]))
    return [GapGroup(tuple(reversed(groups[key]))) for key in ordered]


def _why(outcome: Mapping[str, Any]) -> str | None:
    if outcome.get("helped") is False:
        return NOT_HELPED
    kind = outcome.get("kind")
    return kind if kind in (UNSURE, OUT_OF_SCOPE, CLARIFY) else None
