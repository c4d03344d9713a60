"""lists of many cases: open ones by person, status and deadline, messages that wait without those that do not

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
_NEW = {
    "ix_tickets_status_next_due": ["status", "next_due"],
    "ix_tickets_contact_person_next_due_status": ["contact_person", "next_due", "status"],
}
_ON_REPLIES = {
    "ix_tickets_reply_due": ["reply_due"],
    "ix_tickets_contact_person_reply_due": ["contact_person", "reply_due"],
}
_DUE = sa.text("reply_due IS NOT NULL")


def upgrade() -> None:
    for name, columns in _NEW.items():
        op.create_index(name, "tickets", columns)
    for name, columns in _ON_REPLIES.items():
        op.drop_index(name, table_name="tickets")
        op.create_index(name, "tickets", columns, sqlite_where=_DUE, postgresql_where=_DUE)


def downgrade() -> None:
    for name, columns in _ON_REPLIES.items():
        op.drop_index(name, table_name="tickets")
        op.create_index(name, "tickets", columns)
    for name in _NEW:
        op.drop_index(name, table_name="tickets")
