"""Campaigns, codes, redemptions and the books of what they took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LONG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "meter",
        sa.Column("meter_id", sa.String, primary_key=True),
        sa.Column("campaign_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("cap", sa.BigInteger),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("given_back", sa.BigInteger, nullable=False),
        sa.CheckConstraint("unit IN ('use', 'money')", name="meter_unit"),
        sa.CheckConstraint("given_back >= 0 AND given_back <= taken", name="meter_given_back"),
        sa.CheckConstraint("cap IS NULL OR taken - given_back <= cap", name="meter_cap"),
    )
    op.create_table(
        "redemption",
        sa.Column("redemption_id", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String),
        sa.Column("customer_id", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'confirmed', 'rolled_back', 'expired')", name="redemption_state"),
    )
    op.create_table(
        "redemption_step",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("redemption_id", sa.String, sa.ForeignKey("redemption.redemption_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("entry_id", _LONG_ID, primary_key=True),
        sa.Column("redemption_id", sa.String, sa.ForeignKey("redemption.redemption_id"), nullable=False),
        sa.Column("step_key", sa.String, sa.ForeignKey("redemption_step.key"), nullable=False),
        sa.Column("meter_id", sa.String, sa.ForeignKey("meter.meter_id"), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.CheckConstraint("amount <> 0", name="entry_amount"),
    )
    op.create_table(
        "campaign",
        sa.Column("campaign_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("plan_version", sa.String),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "campaign_revision",
        sa.Column("campaign_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "campaign_step",
        sa.Column("step_id", _LONG_ID, primary_key=True),
        sa.Column("campaign_id", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "voucher",
        sa.Column("code_key", sa.String, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("campaign_id", sa.String, nullable=False),
        sa.Column("promotion_id", sa.String, nullable=False),
        sa.Column("batch", sa.String, nullable=False),
        sa.Column("customer_id", sa.String),
        sa.Column("issued_at", sa.DateTime, nullable=False),
        sa.Column("starts", sa.DateTime),
        sa.Column("ends", sa.DateTime),
        sa.Column("uses", sa.Integer),
        sa.Column("state", sa.String, nullable=False),
        sa.CheckConstraint("state IN ('live', 'void')", name="voucher_state"),
    )
    op.create_index("ix_meter_campaign_id", "meter", ["campaign_id"])
    op.create_index("ix_redemption_order_id", "redemption", ["order_id"])
    op.create_index("ix_redemption_state_expires_at", "redemption", ["state", "expires_at"])
    op.create_index("ix_redemption_step_redemption_id", "redemption_step", ["redemption_id"])
    op.create_index("ix_entry_redemption_id", "entry", ["redemption_id"])
    op.create_index("ix_entry_meter_id", "entry", ["meter_id"])
    op.create_index("ix_campaign_step_campaign_id", "campaign_step", ["campaign_id"])
    op.create_index("ix_voucher_campaign_id", "voucher", ["campaign_id"])
    op.create_index("ix_voucher_customer_id", "voucher", ["customer_id"])


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "voucher",
        "campaign_step",
        "campaign_revision",
        "campaign",
        "entry",
        "redemption_step",
        "redemption",
        "meter",
    ):
        op.drop_table(name)
