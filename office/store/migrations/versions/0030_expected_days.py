"""plans are found by the day the business was told to expect

Revision ID: 0030
Revises: 0022
"""

from alembic import op

revision = "0030"
down_revision = "0022"


def upgrade() -> None:
    op.create_index("ix_plans_expected", "plans", ["expected"])


def downgrade() -> None:
    op.drop_index("ix_plans_expected", "plans")
