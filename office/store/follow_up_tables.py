"""The tables behind the follow-up page: files sent in, meetings, and the survey after closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from office.store.tables import Base, personal


class CaseFile(Base):
    """A file on a case. Its bytes lie in the data folder under `key`; `name` is for people and never a path on our disk.

    `sent_by` is "virksomheden" or the username of a caseworker, whose files the business sees when they go with a reply:
    `message_id` is that message.
    """

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200), info=personal(""))
    type: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    sent_by: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)


class Meeting(Base):
    """A meeting with the business. `proposed` are moments (ISO, UTC) that wait for an answer; `start` is what was agreed.

    Both are there while an agreed meeting is proposed moved: the old time stands until the new one is accepted.
    `uid` and `sequence` are those of the calendar file; `sequence` counts how often the agreed time has changed.
    """

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    proposed: Mapped[list[Any]]
    start: Mapped[datetime | None] = mapped_column(index=True)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(300), info=personal(""))
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]


class Survey(Base):
    """A closed case's one survey: made at closing with the contact person of that moment, answered once or never.

    `ratings` maps a scale of office.yml to 1-5. Without ticket, contact person and comment it counts on, about nobody.
    """

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"), unique=True)
    contact_person: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    ratings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    comment: Mapped[str | None] = mapped_column(Text, info=personal())
