"""indexes by which the sweeper and the desk read only what is open, however many have ended

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
_INDEXES = (
    ("ix_messages_state_at", "messages", ["state", "at"]),
    ("ix_intakes_state_updated_at", "intakes", ["state", "updated_at"]),
    ("ix_tickets_contact_person_status", "tickets", ["contact_person", "status"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    op.drop_index("ix_tickets_contact_person", "tickets")  # the new one begins with the same column


def downgrade() -> None:
    op.create_index("ix_tickets_contact_person", "tickets", ["contact_person"])
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
