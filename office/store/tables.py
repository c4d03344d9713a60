"""The tables. Every moment is stored in UTC; every text that a visitor wrote has been masked for CPR before it gets here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, String, Text, TypeDecorator, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with zone in Python, UTC in the database. A moment without zone is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


def personal(blank: Any = None) -> dict[str, Any]:
    """Mark a column whose content tells of a person: `blank` takes its place when the row is anonymised (see anonymising)."""
    return {"personal": blank}


_REPLY_IS_DUE = text("reply_due IS NOT NULL")
_WHERE_REPLY_IS_DUE: dict[str, Any] = {"sqlite_where": _REPLY_IS_DUE, "postgresql_where": _REPLY_IS_DUE}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


class Conversation(Base):
    """One visitor's thread. `handler` says who answers: bot; gateway while the engine is down; nobody but a person when waiting
    for one (waiting) or talking with one (person), see office/live.py."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), info=personal())
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8), default="da")
    handler: Mapped[str] = mapped_column(String(16), default="bot")
    last_seq: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    anonymised_at: Mapped[datetime | None]
    messages: Mapped[list[Message]] = relationship(back_populates="conversation", order_by="Message.seq")


class Message(Base):
    """One utterance. A visitor's message carries the outcome of the exchange; `answers` points back at what it answers.

    `state` of a visitor's message: received (stored, not answered yet), answered, or failed (the gateway took it in).
    `payload` holds what the kind needs: article id and version, choices with their hidden commands, ticket reference.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_messages_seq"),
        UniqueConstraint("conversation_id", "client_message_id", name="uq_messages_client_message_id"),
        Index("ix_messages_state_at", "state", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(16))
    author_name: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), default="text")
    text: Mapped[str] = mapped_column(Text, info=personal(""))
    language: Mapped[str | None] = mapped_column(String(8))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict, info=personal({}))
    at: Mapped[datetime]
    client_message_id: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    answers: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    conversation: Mapped[Conversation] = relationship(back_populates="messages")


class Intake(Base):
    """What a visitor has told so far towards a case: the truth that survives a restart of bot and actions."""

    __tablename__ = "intakes"
    __table_args__ = (Index("ix_intakes_state_updated_at", "state", "updated_at"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    case_type: Mapped[str | None] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text, info=personal(""))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, info=personal({}))
    state: Mapped[str] = mapped_column(String(16), default="open")
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Ticket(Base):
    """A case. `status` is one of office/lifecycle.py; `phase` is independent of it.

    `missing` is what of the checklist has not come in; `reply_due` is set while a message from the business waits for words
    from the office; `stands_in_for` is whose case it is while a substitute has it. `next_due` is the next moment something is
    owed while it is the office's turn, kept up to date by derived.py so that lists can be sorted by it; empty otherwise.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_status_answer_due", "status", "answer_due"),
        Index("ix_tickets_contact_person_status", "contact_person", "status"),
        Index("ix_tickets_next_due", "next_due"),
        Index("ix_tickets_phase_next_due", "phase", "next_due"),
        Index("ix_tickets_status_phase_next_due", "status", "phase", "next_due"),
        Index("ix_tickets_contact_person_next_due", "contact_person", "next_due"),
        Index("ix_tickets_status_next_due", "status", "next_due"),
        # With the status, so that a person's open cases are told from the ended ones, which are many, without being read.
        Index("ix_tickets_contact_person_next_due_status", "contact_person", "next_due", "status"),
        # Of the few with a message that waits: an index over all rows would tempt the planner to look for "none waits" by it.
        Index("ix_tickets_reply_due", "reply_due", **_WHERE_REPLY_IS_DUE),
        Index("ix_tickets_contact_person_reply_due", "contact_person", "reply_due", **_WHERE_REPLY_IS_DUE),
        Index("ix_tickets_received_at", "received_at"),
        UniqueConstraint("conversation_id", "source_message_id", name="uq_tickets_source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    source_message_id: Mapped[int | None]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    case_type: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(Text, info=personal(""))
    level: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[Any]]
    areas: Mapped[list[Any]]
    authorities: Mapped[list[Any]]
    checklist: Mapped[list[Any]]
    missing: Mapped[list[Any]] = mapped_column(default=list)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, info=personal({}))
    phase: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(24))
    company: Mapped[str | None] = mapped_column(String(200), info=personal())
    cvr: Mapped[str | None] = mapped_column(String(8), index=True, info=personal())
    address: Mapped[str | None] = mapped_column(String(300), info=personal())
    contact_name: Mapped[str | None] = mapped_column(String(200), info=personal())
    email: Mapped[str | None] = mapped_column(String(254), index=True, info=personal())
    phone: Mapped[str | None] = mapped_column(String(24), index=True, info=personal())
    contact_person: Mapped[str] = mapped_column(String(64))
    assignment_reason: Mapped[str] = mapped_column(Text)
    stands_in_for: Mapped[str | None] = mapped_column(String(64), index=True)
    sustainability_level: Mapped[int | None]
    received_at: Mapped[datetime]
    first_answer_due: Mapped[datetime]
    first_answer_explained: Mapped[str] = mapped_column(Text)
    answer_due: Mapped[datetime]
    answer_explained: Mapped[str] = mapped_column(Text)
    screening_due: Mapped[datetime]
    screening_explained: Mapped[str] = mapped_column(Text)
    reply_due: Mapped[datetime | None]
    next_due: Mapped[datetime | None]
    first_answered_at: Mapped[datetime | None]
    screened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    dialogue_offered_at: Mapped[datetime | None]
    needs_no_more_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    link_version: Mapped[int] = mapped_column(default=1)
    link_revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("company", "address", "contact_name")
    def _fit(self, name: str, value: str | None) -> str | None:
        """Cut what a visitor typed to the column: SQLite would store it whole, PostgreSQL would refuse the case."""
        return value[: Ticket.__table__.c[name].type.length] if value else value  # type: ignore[attr-defined]


class History(Base):
    """Who did what to which ticket, when and why: one row a change, written in the same commit as the change.

    `about` is the username of the user that something was done to, where it is no case.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_at", "at"),
        Index("ix_history_actor_at", "actor", "at"),
        # Of the office only: one over all rows would tempt the planner away from a case's own, which are few.
        Index(
            "ix_history_office_action_at",
            "action",
            "at",
            sqlite_where=text("ticket_id IS NULL"),
            postgresql_where=text("ticket_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(32))
    field: Mapped[str | None] = mapped_column(String(32))
    about: Mapped[str | None] = mapped_column(String(100), index=True)
    old: Mapped[str | None] = mapped_column(Text, info=personal())
    new: Mapped[str | None] = mapped_column(Text, info=personal())
    why: Mapped[str | None] = mapped_column(Text, info=personal())


class Outbox(Base):
    """Something to tell somebody, mostly about a ticket, written in the commit of what it tells.

    Words and addresses come at sending.

    `channel`: mail or webhook. `person`: whom of people.yml a mail is for; None is the business. `state`: waiting, sent,
    failed or not_configured. `due_at`: when the row may next be taken; taking it (`claim`) moves that ahead by the lease.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"), Index("ix_outbox_state_id", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    person: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(info=personal({}))
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    problem: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]


class Pause(Base):
    """A time in which the case waited for the business; `ended_at` is empty while it still does."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Involvement(Base):
    """A question to somebody else in the house, or to another authority, while the contact person keeps the case.

    `person` is empty where the area has nobody in people.yml (state authorities). Closed without an answer, `answer` is empty.
    `read_at` is when the contact person had read the answer; until then it waits for them on their day.
    """

    __tablename__ = "involvements"
    __table_args__ = (
        Index("ix_involvements_closed_at_person", "closed_at", "person"),
        Index("ix_involvements_read_at_answered_at", "read_at", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    area: Mapped[str] = mapped_column(String(64))
    person: Mapped[str | None] = mapped_column(String(64), index=True)
    question: Mapped[str] = mapped_column(Text, info=personal(""))
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text, info=personal())
    answered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Note(Base):
    """What colleagues write to each other on a case. Never shown to the business; who asks for their own data gets it."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text, info=personal(""))
    written_by: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]


class SearchWord(Base):
    """A word by which a case is found, or "#" and an area it has; derived from the case (see derived.py), nothing of its own.

    Compared byte by byte on both databases, so that an index finds every word that begins with what was typed.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_word_ticket_id", "word", "ticket_id"),
        {"info": {"derived": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), info=personal("")
    )


class PlanVersion(Base):
    """One version of a case's plan; the highest number counts, the others are its history (see office/plans.py)."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("ticket_id", "number", name="uq_plans_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    number: Mapped[int]
    steps: Mapped[list[Any]] = mapped_column(info=personal([]))
    permits: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), info=personal())
    time: Mapped[str] = mapped_column(Text, info=personal(""))
    expected: Mapped[date | None] = mapped_column(index=True)
    cost: Mapped[str] = mapped_column(Text, info=personal(""))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]


class AbsenceEntry(Base):
    """Days away set at the desk, both ends included (local dates). No reason is kept: illness is nobody's business."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    substitute: Mapped[str | None] = mapped_column(String(64))


class DutyEntry(Base):
    """Who is on duty on one day, where the desk says otherwise than the weekdays in people.yml."""

    __tablename__ = "duties"

    day: Mapped[date] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(64))


class Published(Base):
    """The figures of one month ("2026-11") as the leader published them: frozen, whatever becomes of the cases later."""

    __tablename__ = "published"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    figures: Mapped[dict[str, Any]]
    published_by: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime]


class Counter(Base):
    """The last number given out under a name ("EK-2026"). The row "assignment" is the lock under which cases are given out."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    last: Mapped[int]


class User(Base):
    """Somebody who may log in to the desk. `person` links to people.yml where the user is a contact person.

    `password_hash` is empty for who logs in at the municipality's provider only; `provider_id` is who that is there (issuer
    and subject), empty until the first log-in. A password that somebody else chose must be changed before anything else.
    """

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_provider_id", "provider_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    person: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    provider_id: Mapped[str | None] = mapped_column(String(600))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Session(Base):
    """A log-in: the hash of the cookie's secret, the CSRF secret, and when it ends.

    `browser` is what it calls itself, so that its owner knows it again; `provider_token` is what the provider is shown at
    log-out.
    """

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_used_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(200), default="")
    provider_token: Mapped[str | None] = mapped_column(Text)
    user: Mapped[User] = relationship(lazy="joined")
