"""files of the office, which go to the business with a message

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
_KEY = "fk_files_message_id_messages"


def upgrade() -> None:
    # On SQLite a reference is added by copying the table; nothing refers to this one.
    with op.batch_alter_table("files") as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(_KEY, "messages", ["message_id"], ["id"], ondelete="SET NULL")
        batch_op.create_index(op.f("ix_files_message_id"), ["message_id"])


def downgrade() -> None:
    with op.batch_alter_table("files") as batch_op:
        batch_op.drop_index(op.f("ix_files_message_id"))
        batch_op.drop_constraint(_KEY, type_="foreignkey")
        batch_op.drop_column("message_id")
