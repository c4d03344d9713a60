"""whom an event of the office is about, and indexes by which the audit log is searched

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
_INDEXES = (
    ("ix_history_at", ["at"]),
    ("ix_history_actor_at", ["actor", "at"]),
    ("ix_history_about", ["about"]),
)


def upgrade() -> None:
    op.add_column("history", sa.Column("about", sa.String(length=100), nullable=True))
    for name, columns in _INDEXES:
        op.create_index(name, "history", columns)
    of_the_office = sa.text("ticket_id IS NULL")
    op.create_index(
        "ix_history_office_action_at",
        "history",
        ["action", "at"],
        sqlite_where=of_the_office,
        postgresql_where=of_the_office,
    )


def downgrade() -> None:
    op.drop_index("ix_history_office_action_at", "history")
    for name, _ in _INDEXES:
        op.drop_index(name, "history")
    with op.batch_alter_table("history") as batch_op:
        batch_op.drop_column("about")
