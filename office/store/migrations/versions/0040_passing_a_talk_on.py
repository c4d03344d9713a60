"""a live talk can be offered to a colleague

Revision ID: 0040
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0030"
_COLUMNS = (("offer", 16), ("offered_to", 100), ("offered_name", 200))


def upgrade() -> None:
    for name, length in _COLUMNS:
        op.add_column("live_talks", sa.Column(name, sa.String(length=length), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("live_talks") as batch_op:
        for name, _ in _COLUMNS:
            batch_op.drop_column(name)
