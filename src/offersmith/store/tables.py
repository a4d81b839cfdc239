"""The tables of the ledger as SQLAlchemy Core knows them; `migrations/` makes them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()

_LONG_ID = BigInteger().with_variant(Integer, "sqlite")
"""A number the database counts up; SQLite counts only what is called INTEGER, and holds 64 bits in it."""

BATCHES = Table(
    "batch",
    METADATA,
    Column("batch_id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("mapping", String(64), nullable=False),
    Column("source", String, nullable=False),
    Column("events_file", String),
    Column("quarantine_file", String),
    Column("counts", JSON, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
)
"""One row per ingested source; its file is visible because the row is there."""

PLANS = Table(
    "plan",
    METADATA,
    Column("plan_version", String, primary_key=True),
    Column("file", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("as_of", DateTime, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("made_at", DateTime, nullable=False),
)
"""One row per plan ever made; a plan made again keeps its `created_at` and gets a new `made_at`."""

METERS = Table(
    "meter",
    METADATA,
    Column("meter_id", String, primary_key=True),
    Column("campaign_id", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("period", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("cap", BigInteger),
    Column("taken", BigInteger, nullable=False),
    Column("given_back", BigInteger, nullable=False),
    CheckConstraint("unit IN ('use', 'money')", name="meter_unit"),
    CheckConstraint("given_back >= 0 AND given_back <= taken", name="meter_given_back"),
    CheckConstraint("cap IS NULL OR taken - given_back <= cap", name="meter_cap"),
)
"""One row counts uses, or minor units of money, against one limit of a campaign.

`subject` is whose it is (a customer, a code, the hash of a device; "" = everybody's); `period` is "" for ever, else a
day, ISO week or month of the shop's zone ("2026-11-22", "2026-W47", "2026-11"); a `cap` of null is counted and not
limited. `taken` and `given_back` only grow: what is given back is never taken off `taken`.
"""

REDEMPTIONS = Table(
    "redemption",
    METADATA,
    Column("redemption_id", String, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("order_id", String, index=True),
    Column("customer_id", String),
    Column("state", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("facts", JSON, nullable=False),
    CheckConstraint("state IN ('reserved', 'confirmed', 'rolled_back', 'expired')", name="redemption_state"),
    Index("ix_redemption_state_expires_at", "state", "expires_at"),
)
"""One row per promise made at the till: its idempotency key, the SHA-256 of what was asked, what pricing said."""

REDEMPTION_STEPS = Table(
    "redemption_step",
    METADATA,
    Column("key", String, primary_key=True),
    Column("redemption_id", String, ForeignKey("redemption.redemption_id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("step", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
)
"""What happened to a redemption, a row per idempotency key; rows are added and never changed.

`step` is reserve, confirm, roll_back, expire, retake or give_back; `number` counts the steps of a redemption from 1.
"""

ENTRIES = Table(
    "entry",
    METADATA,
    Column("entry_id", _LONG_ID, primary_key=True),
    Column("redemption_id", String, ForeignKey("redemption.redemption_id"), nullable=False, index=True),
    Column("step_key", String, ForeignKey("redemption_step.key"), nullable=False),
    Column("meter_id", String, ForeignKey("meter.meter_id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("at", DateTime, nullable=False),
    CheckConstraint("amount <> 0", name="entry_amount"),
)
"""The books: a positive amount was taken from a meter, a negative one given back; rows are added and never changed."""

CAMPAIGNS = Table(
    "campaign",
    METADATA,
    Column("campaign_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("plan_version", String),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)
"""One row per campaign as it is now; `revision` names the definition that counts."""

CAMPAIGN_REVISIONS = Table(
    "campaign_revision",
    METADATA,
    Column("campaign_id", String, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("definition", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("author", String, nullable=False),
    Column("made_at", DateTime, nullable=False),
)
"""Every definition a campaign ever had; rows are added and never changed."""

CAMPAIGN_STEPS = Table(
    "campaign_step",
    METADATA,
    Column("step_id", _LONG_ID, primary_key=True),
    Column("campaign_id", String, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("note", String),
    Column("facts", JSON, nullable=False),
)
"""Who did what to a campaign, and when; rows are added and never changed."""

VOUCHERS = Table(
    "voucher",
    METADATA,
    Column("code_key", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("campaign_id", String, nullable=False, index=True),
    Column("promotion_id", String, nullable=False),
    Column("batch", String, nullable=False),
    Column("customer_id", String, index=True),
    Column("issued_at", DateTime, nullable=False),
    Column("starts", DateTime),
    Column("ends", DateTime),
    Column("uses", Integer),
    Column("state", String, nullable=False),
    CheckConstraint("state IN ('live', 'void')", name="voucher_state"),
)
"""One row per code: `code` as printed, `code_key` normalised; `uses` is its own limit, null where it has none."""
