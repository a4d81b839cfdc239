"""The tables of the ledger as SQLAlchemy Core knows them; `migrations/` makes them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table

METADATA = MetaData()

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
