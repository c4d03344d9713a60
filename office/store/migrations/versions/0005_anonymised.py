"""when a conversation or a case was anonymised

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
_TABLES = ("conversations", "tickets")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("anonymised_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("anonymised_at")
