"""When a plan was last made, beside when it was first made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; plans there are were last made when they were first made, as far as anybody knows."""
    op.add_column("plan", sa.Column("made_at", sa.DateTime, nullable=True))
    op.execute("UPDATE plan SET made_at = created_at")
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("made_at", existing_type=sa.DateTime, nullable=False)


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("plan") as plan:
        plan.drop_column("made_at")
