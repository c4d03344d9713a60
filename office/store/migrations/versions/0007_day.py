"""the next deadline of every case, so that the day and the list are read by an index; meetings by their day

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_INDEXES = (
    ("ix_tickets_next_due", "tickets", ["next_due"]),
    ("ix_tickets_contact_person_next_due", "tickets", ["contact_person", "next_due"]),
    ("ix_tickets_reply_due", "tickets", ["reply_due"]),
    ("ix_tickets_contact_person_reply_due", "tickets", ["contact_person", "reply_due"]),
    ("ix_meetings_start", "meetings", ["start"]),
)
_CLOCKS = (
    ("first_answer_due", "first_answered_at"),
    ("screening_due", "screened_at"),
    ("answer_due", "answered_at"),
)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("next_due", sa.DateTime(), nullable=True))
    _fill()
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("tickets", "next_due")


def _fill() -> None:
    """Write the next deadline of every case in which it is the office's turn."""
    names = ("id", "status", "reply_due", *(name for pair in _CLOCKS for name in pair), "next_due")
    tickets = sa.table(
        "tickets", *(sa.column(name, sa.DateTime() if name.endswith(("_due", "_at")) else None) for name in names)
    )
    ours = tickets.c.status.not_in(("waiting_for_business", "closed", "withdrawn"))
    rows = op.get_bind().execute(sa.select(tickets).where(ours)).mappings().all()
    for row in rows:
        running = [row[due] for due, done in _CLOCKS if row[done] is None]
        due = min((moment for moment in (*running, row["reply_due"]) if moment is not None), default=None)
        op.execute(tickets.update().where(tickets.c.id == row["id"]).values(next_due=due))
