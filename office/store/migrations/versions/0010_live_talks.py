"""live talks in the chat, and who sits ready for them

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "live_talks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("case_type", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("waits_since", sa.DateTime(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_by", sa.String(length=100), nullable=True),
        sa.Column("taken_name", sa.String(length=200), nullable=True),
        sa.Column("taken_person", sa.String(length=64), nullable=True),
        sa.Column("visitor_seen_at", sa.DateTime(), nullable=False),
        sa.Column("visitor_typing_at", sa.DateTime(), nullable=True),
        sa.Column("person_seen_at", sa.DateTime(), nullable=True),
        sa.Column("person_typing_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_live_talks_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_live_talks_ticket_id_tickets"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_talks")),
    )
    op.create_index("ix_live_talks_state_asked_at", "live_talks", ["state", "asked_at"])
    for column in ("conversation_id", "ticket_id", "taken_by", "ended_at"):
        op.create_index(op.f(f"ix_live_talks_{column}"), "live_talks", [column])
    op.create_table(
        "live_presence",
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_live_presence")),
    )


def downgrade() -> None:
    op.drop_table("live_presence")
    op.drop_table("live_talks")
