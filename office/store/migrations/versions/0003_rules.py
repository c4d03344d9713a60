"""the rules of a case's life: screening, waits, involvements, plans, absences and duty

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# What older code calls the statuses it does not know.
_OLDER_STATUS = {
    "screening": "received",
    "waiting_for_business": "with_contact_person",
    "reopened": "with_contact_person",
    "withdrawn": "closed",
}
_COLUMNS = (
    ("missing", sa.JSON(), False, "[]"),
    ("stands_in_for", sa.String(length=64), True, None),
    ("sustainability_level", sa.Integer(), True, None),
    ("screening_due", sa.DateTime(), False, "1970-01-01 00:00:00"),
    ("screening_explained", sa.Text(), False, ""),
    ("reply_due", sa.DateTime(), True, None),
    ("screened_at", sa.DateTime(), True, None),
    ("outcome", sa.String(length=16), True, None),
    ("dialogue_offered_at", sa.DateTime(), True, None),
    ("needs_no_more_at", sa.DateTime(), True, None),
    ("reopened_at", sa.DateTime(), True, None),
)


def upgrade() -> None:
    # Columns are added in place, never by copying the table: dropping the old copy would take the history with it on SQLite.
    for name, kind, nullable, default in _COLUMNS:
        op.add_column("tickets", sa.Column(name, kind, nullable=nullable, server_default=default))
    op.create_index(op.f("ix_tickets_stands_in_for"), "tickets", ["stands_in_for"])
    op.execute(
        "UPDATE tickets SET missing = checklist, screening_due = answer_due, screening_explained = answer_explained, "
        "screened_at = answered_at"
    )
    op.bulk_insert(
        sa.table("counters", sa.column("name", sa.String), sa.column("last", sa.Integer)),
        [{"name": "assignment", "last": 0}],
    )
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_pauses_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_ticket_id"), "pauses", ["ticket_id"])
    op.create_table(
        "involvements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_involvements_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvements")),
    )
    op.create_index(op.f("ix_involvements_person"), "involvements", ["person"])
    op.create_index(op.f("ix_involvements_ticket_id"), "involvements", ["ticket_id"])
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("permits", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("expected", sa.Date(), nullable=True),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_plans_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("ticket_id", "number", name="uq_plans_number"),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("substitute", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_last"), "absences", ["last"])
    op.create_index(op.f("ix_absences_person"), "absences", ["person"])
    op.create_table(
        "duties",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_duties")),
    )


def downgrade() -> None:
    for table in ("duties", "absences", "plans", "involvements", "pauses"):
        op.drop_table(table)
    op.execute("DELETE FROM counters WHERE name = 'assignment'")
    for status, older in _OLDER_STATUS.items():
        op.execute(
            sa.text("UPDATE tickets SET status = :older WHERE status = :status").bindparams(older=older, status=status)
        )
    op.drop_index(op.f("ix_tickets_stands_in_for"), table_name="tickets")
    for name, *_ in reversed(_COLUMNS):
        op.drop_column("tickets", name)
