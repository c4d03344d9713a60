"""indexes by which the board reads only the cases it shows, and counts the open ones without reading them

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
_INDEXES = (
    ("ix_tickets_phase_next_due", ["phase", "next_due"]),
    ("ix_tickets_status_phase_next_due", ["status", "phase", "next_due"]),
)


def upgrade() -> None:
    for name, columns in _INDEXES:
        op.create_index(name, "tickets", columns)


def downgrade() -> None:
    for name, _ in _INDEXES:
        op.drop_index(name, "tickets")
