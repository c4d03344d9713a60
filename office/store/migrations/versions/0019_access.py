"""passwords that must be changed, log-in at a provider, and sessions that end when they are not used

Revision ID: 0019
Revises: 0014
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0014"
_COLUMNS: dict[str, tuple[tuple[str, Any, bool, Any], ...]] = {
    "users": (
        ("must_change_password", sa.Boolean(), False, sa.false()),
        ("provider_id", sa.String(length=600), True, None),
        ("version", sa.Integer(), False, "1"),
    ),
    "sessions": (
        ("last_used_at", sa.DateTime(), False, "1970-01-01 00:00:00"),
        ("browser", sa.String(length=200), False, ""),
        ("provider_token", sa.Text(), True, None),
    ),
}


def upgrade() -> None:
    # In place, never by copying the table: dropping the old copy of the users would take their sessions along on SQLite.
    for table, columns in _COLUMNS.items():
        for name, kind, nullable, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=nullable, server_default=default))
    op.create_index("uq_users_provider_id", "users", ["provider_id"], unique=True)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.execute("UPDATE sessions SET last_used_at = created_at")


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_user_id"), "sessions")
    op.drop_index("uq_users_provider_id", "users")
    for table, columns in _COLUMNS.items():
        with op.batch_alter_table(table) as batch_op:
            for name, _, _, _ in columns:
                batch_op.drop_column(name)
