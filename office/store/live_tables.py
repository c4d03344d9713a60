"""The tables behind live talks in the chat: each talk, and who sits ready at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from office.store.tables import Base, personal


class LiveTalk(Base):
    """One visitor's wish for a person and what came of it. `state`: waiting, talking, asking (it ended without a way to reach
    the visitor, who was asked for one) or ended; `ending` says why (see office/live.py).

    `first_seq` is the number of the message that asked; the talk is what follows. `facts` and `subject` are what was known
    by then. `waits_since` is set while the visitor's words wait for a person's. `offer` says how it stands with passing the
    talk on: None, offered (to the user `offered_to`), or declined by the one named in `offered_name`. The four signs of life
    are refreshed every few seconds, so that all processes know who is there: see web/signs.py.
    """

    __tablename__ = "live_talks"
    __table_args__ = (Index("ix_live_talks_state_asked_at", "state", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    first_seq: Mapped[int]
    subject: Mapped[str] = mapped_column(Text, info=personal(""))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, info=personal({}))
    case_type: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    waits_since: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[str | None] = mapped_column(String(100), index=True)
    taken_name: Mapped[str | None] = mapped_column(String(200))
    taken_person: Mapped[str | None] = mapped_column(String(64))
    offer: Mapped[str | None] = mapped_column(String(16))
    offered_to: Mapped[str | None] = mapped_column(String(100))
    offered_name: Mapped[str | None] = mapped_column(String(200))
    visitor_seen_at: Mapped[datetime]
    visitor_typing_at: Mapped[datetime | None]
    person_seen_at: Mapped[datetime | None]
    person_typing_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ending: Mapped[str | None] = mapped_column(String(24))


class LivePresence(Base):
    """Somebody who sits at the desk's live pages: one row a user, counted as ready while `seen_at` is fresh."""

    __tablename__ = "live_presence"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime]
