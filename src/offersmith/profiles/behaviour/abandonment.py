"""Who left a cart, or looked without buying, as of a moment: the lists that reminders are made of.

What closes a cart or a look is told in `store.left_behind`. The lists are tables, a row per customer and product, the
latest first; the figures over them are small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.store import journeys, left_behind
from offersmith.store.analytics import Analytics
from offersmith.words import Language, say

What = Literal["carts", "views"]

DAYS = 30
"""What was left longer ago than this is no reason for a reminder."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What was left behind.

    Attributes:
        what: carts, or products only looked at.
        as_of: moment, ISO 8601.
        days: how far back it was looked.
        rows: customer and product pairs.
        customers: different ones.
        value: minor units of all carts whose value is known; 0 of views.
        valued: rows whose value is known; 0 of views.
        median_age_days: days since a product was last put in or seen; None of nothing.
        recorded: the shop records carts (or views) at all.
        table: `store.left_behind.left_carts` or `left_views`.
    """

    what: What
    as_of: str
    days: int
    rows: int
    customers: int
    value: int
    valued: int
    median_age_days: float | None
    recorded: bool
    table: pa.Table = field(repr=False, compare=False)

    def of_customer(self, customer_id: str) -> pa.Table:
        """Return the rows of one customer, the latest first."""
        return self.table.filter(pc.equal(self.table["customer_id"], customer_id))

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        if not self.recorded:
            return say(f"behaviour.left_{self.what}_unrecorded", language)
        return say(f"behaviour.left_{self.what}", language, customers=self.customers, rows=self.rows, days=self.days)

    def as_dict(self, shown: int = 20) -> dict[str, Any]:
        """Return plain values for `--json` and the report, with the latest rows."""
        rows = self.table.slice(0, shown).to_pylist()
        latest = [{key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
                  for row in rows]  # fmt: skip
        return {
            "what": self.what, "as_of": self.as_of, "days": self.days, "rows": self.rows, "customers": self.customers,
            "value": self.value, "valued": self.valued, "median_age_days": self.median_age_days,
            "recorded": self.recorded, "latest": latest,
        }  # fmt: skip


def carts(analytics: Analytics, as_of: datetime, days: int = DAYS, quiet: timedelta = journeys.IDLE) -> Abandoned:
    """Return which products lie in whose cart.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC.
        days: how far back to look.
        quiet: who was seen within so long before the moment is still shopping.

    Raises:
        InputError: `days` or `quiet` is out of range, or the moment has a time zone.
    """
    since = _since(as_of, days, quiet)
    return _told("carts", "add_to_cart", analytics, left_behind.left_carts(as_of, since, quiet), as_of, days)


def views(analytics: Analytics, as_of: datetime, days: int = DAYS, quiet: timedelta = journeys.IDLE) -> Abandoned:
    """Return which products who looked at and neither bought nor has in the cart.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC.
        days: how far back to look.
        quiet: who was seen within so long before the moment is still shopping.

    Raises:
        InputError: `days` or `quiet` is out of range, or the moment has a time zone.
    """
    since = _since(as_of, days, quiet)
    return _told("views", "view_item", analytics, left_behind.left_views(as_of, since, quiet), as_of, days)


def _since(as_of: datetime, days: int, quiet: timedelta) -> datetime:
    if not 1 <= days <= 3650:
        raise InputError(f"days is {days}; allowed are 1 to 3650", field="days", value=days)
    if quiet < timedelta(0):
        raise InputError(f"quiet is {quiet}; allowed is 0 or more", field="quiet", value=str(quiet))
    return as_of - timedelta(days=days)


def _told(what: What, event: str, analytics: Analytics, question: Any, as_of: datetime, days: int) -> Abandoned:
    table = analytics.run(question)
    recorded = table.num_rows > 0 or journeys.lines_of_steps(analytics, {"it": (event,)}, as_of)["it"] > 0
    value = table["value"] if what == "carts" else pa.chunked_array([], pa.int64())
    age = pc.quantile(table["age_days"], 0.5)[0].as_py() if table.num_rows else None
    return Abandoned(
        what, as_of.isoformat(), days, table.num_rows, pc.count_distinct(table["customer_id"]).as_py(),
        int(pc.sum(value).as_py() or 0), len(value) - value.null_count, age, recorded, table,
    )  # fmt: skip
