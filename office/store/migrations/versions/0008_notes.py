"""internal notes, and whether the answer of a colleague has been read

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_ticket_id"), "notes", ["ticket_id"])
    op.add_column("involvements", sa.Column("read_at", sa.DateTime(), nullable=True))
    # Nobody is to find the answers of past months on their day.
    op.execute("UPDATE involvements SET read_at = answered_at")
    op.create_index("ix_involvements_closed_at_person", "involvements", ["closed_at", "person"])
    op.create_index("ix_involvements_read_at_answered_at", "involvements", ["read_at", "answered_at"])


def downgrade() -> None:
    op.drop_index("ix_involvements_read_at_answered_at", "involvements")
    op.drop_index("ix_involvements_closed_at_person", "involvements")
    op.drop_column("involvements", "read_at")
    op.drop_table("notes")
