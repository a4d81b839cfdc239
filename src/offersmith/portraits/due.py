"""What a customer usually buys again, and when they are due to."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.kept import Kept
from offersmith.profiles.behaviour.cycles import cycles
from offersmith.profiles.behaviour.replenishment import due as worked_out
from offersmith.report.portrait.facts import Due
from offersmith.store.analytics import Analytics
from offersmith.store.one_customer import product_names

MOST = 12
"""Products that are told."""
_ORDER = ("due", "overdue", "waiting")


def due(kept: Kept, customer_id: str, at: datetime) -> tuple[tuple[Due, ...], int]:
    """Return what is due, overdue, and not yet due, each bought most often first; and how many products there are.

    Of a product whose time is long past it is not told: the customer hardly comes for it again.
    """
    table = kept.table("due", at, lambda: learn(kept.analytics, at), "due")
    rows = table.filter(pc.equal(table["customer_id"], customer_id)).to_pylist()
    rows = [row for row in rows if row["status"] in _ORDER]
    rows.sort(key=lambda row: (_ORDER.index(row["status"]), -row["purchases"], row["product_id"]))
    named = product_names(kept.analytics, customer_id, at) if rows else {}
    return tuple(
        Due(row["product_id"], named.get(row["product_id"], ""), row["purchases"], row["last_time"].date(),
            row["cycle_days"], row["window_from"].date(), row["window_to"].date(), row["status"])
        for row in rows[:MOST]
    ), len(rows)  # fmt: skip


def learn(analytics: Analytics, at: datetime) -> pa.Table:
    """Return `replenishment.Due.table` of everybody, as of a moment."""
    products, categories = cycles(analytics, at), cycles(analytics, at, "category")
    return worked_out(analytics, at, products, categories).table
