"""the figures of a month, as they were published; and cases found by when they came in

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_published")),
    )
    op.create_index("ix_tickets_received_at", "tickets", ["received_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_received_at", "tickets")
    op.drop_table("published")
