"""Questions about the quality of events: one scan counts everything, a few rows are shown of what was found.

Outliers are told by the modified z-score of Iglewicz and Hoaglin (1993), 0.6745 |x - median| / MAD, on the logarithm,
because prices and quantities spread by factors. Their limit of 3.5 is meant for bell-shaped data; baskets have heavier
tails, so 6 is used. Where more than half of the values are the same, MAD is 0 and the median of the other deviations
takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.vocabulary import EVENTS

EARLIEST = datetime(1995, 1, 1)  # noqa: DTZ001 - events are naive UTC
"""No shop of this kind has events from before; they come from a clock at zero."""

LIMIT = 6.0
SHOWN = ("event_id", "event", "time", "customer_id", "order_id", "product_id", "quantity", "amount")
NULLABLE = tuple(field.name for field in EVENTS if field.nullable)

Checks = Mapping[str, tuple[ir.BooleanValue, ir.BooleanValue, ir.NumericValue]]


def checks(analytics: Analytics) -> Checks:
    """Return the checks: code -> (rows it could meet, rows it meets, how bad a row is, worst highest)."""
    events = EVENTS_TABLE
    sale = events.event == "purchase"
    copy = events.event_id.re_search("^[0-9a-f]{32}-[0-9]+$")
    always = events.event_id.notnull()
    table: dict[str, tuple[Any, Any, Any]] = {
        "equal_lines": (always, copy, events.amount.fill_null(0)),
        "free_sale": (sale, (events.amount == 0) & sale, events.quantity.fill_null(0)),
        "nothing_sold": (sale, (events.quantity == 0) & sale, events.amount.fill_null(0)),
        "coupon_above_discount": (
            events.coupon_discount.notnull(),
            events.coupon_discount > events.discount.fill_null(0),
            events.coupon_discount.fill_null(0),
        ),
        "early_time": (always, events.time < ibis.literal(EARLIEST), events.amount.fill_null(0)),
    }
    for column in ("amount", "quantity"):
        known = sale & (events[column] > 0)
        score = _score(analytics, column, known)
        if score is not None:
            table[f"outlying_{column}"] = (known, known & (score > ibis.literal(LIMIT).cast("float64")), score)
    return table


def count(analytics: Analytics, table: Checks) -> dict[str, int]:
    """Count in one scan: `rows`, `missing_COLUMN`, and for each check `could_CODE` and `does_CODE`."""
    events = EVENTS_TABLE
    sums: dict[str, Any] = {"rows": events.count()}
    sums |= {f"missing_{name}": events[name].isnull().sum() for name in NULLABLE}
    for code, (could, does, _) in table.items():
        sums |= {f"could_{code}": could.cast("int64").sum(), f"does_{code}": does.cast("int64").sum()}
    row = analytics.run(events.aggregate(**sums)).to_pylist()[0]
    return {name: int(value or 0) for name, value in row.items()}


def examples(analytics: Analytics, table: Checks, code: str, rows: int = 5) -> list[dict[str, Any]]:
    """Return the worst rows a check meets, then by event id."""
    _, does, badness = table[code]
    worst = EVENTS_TABLE.filter(does).order_by(badness.desc(), EVENTS_TABLE.event_id).limit(rows).select(*SHOWN)
    return _ordered(analytics.run(worst))


def orders_of_several_customers(analytics: Analytics) -> tuple[int, int, list[dict[str, Any]]]:
    """Return (orders with a customer, those with more than one, a few of them)."""
    events = EVENTS_TABLE
    known = events.filter(events.order_id.notnull() & events.customer_id.notnull())
    orders = known.group_by("order_id").aggregate(customers=known.customer_id.nunique())
    both = orders.aggregate(orders=orders.count(), several=(orders.customers > 1).cast("int64").sum())
    row = analytics.run(both).to_pylist()[0]
    few = orders.filter(orders.customers > 1).order_by(orders.customers.desc(), orders.order_id).limit(5)
    shown = analytics.run(few).to_pylist() if row["several"] else []
    return int(row["orders"]), int(row["several"] or 0), shown


def _score(analytics: Analytics, column: str, known: ir.BooleanValue) -> ir.NumericValue | None:
    """Return the modified z-score of the logarithm, None where nothing varies."""
    size = EVENTS_TABLE[column].cast("float64").nullif(0).abs().ln()
    center = _one(analytics, EVENTS_TABLE.filter(known).aggregate(x=size.median()))
    if center is None:
        return None
    apart = (size - ibis.literal(center).cast("float64")).abs()
    spread = _one(analytics, EVENTS_TABLE.filter(known).aggregate(x=apart.median()))
    if not spread:
        spread = _one(analytics, EVENTS_TABLE.filter(known & (apart > 1e-12)).aggregate(x=apart.median()))
    return apart * ibis.literal(0.6745 / spread).cast("float64") if spread else None


def _one(analytics: Analytics, expr: ir.Table) -> float | None:
    value = analytics.run(expr).column("x")[0].as_py()
    return None if value is None else float(value)


def _ordered(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return [{name: value.isoformat() + "Z" if isinstance(value, datetime) else value for name, value in row.items()}
            for row in rows]  # fmt: skip
