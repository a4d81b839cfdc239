"""Past orders, line by line, as a simulation prices them again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics


def orders(analytics: Analytics, start: datetime, end: datetime) -> Iterator[pa.RecordBatch]:
    """Yield the lines of all orders bought in `start <= time < end`, without lines that are not a product.

    Yields:
        Parts of order_id, customer_id (null = not known), time (UTC, of the order's first line), product_id, category,
        brand, quantity, shelf (minor units before any discount); by time, order and product.
    """
    bought = _bought(start, end)
    lines = bought.select(
        order_id=bought.order_id,
        customer_id=bought.customer_id,
        time=bought.time.min().over(ibis.window(group_by=bought.order_id)),
        product_id=bought.product_id,
        category=bought.category,
        brand=bought.brand,
        quantity=bought.quantity.fill_null(1.0),
        shelf=bought.amount.fill_null(0) + bought.discount.fill_null(0),
        event_id=bought.event_id,
    )
    return analytics.stream(lines.order_by("time", "order_id", "product_id", "event_id").drop("event_id"))


def count(analytics: Analytics, start: datetime, end: datetime) -> int:
    """Return how many orders `orders` would yield the lines of."""
    bought = _bought(start, end)
    return int(analytics.run(bought.aggregate(orders=bought.order_id.nunique()))["orders"][0].as_py())


def _bought(start: datetime, end: datetime) -> ir.Table:
    t = EVENTS_TABLE
    return t.filter(t.event == "purchase", t.order_id.notnull(), t.product_id.notnull(), t.time >= start, t.time < end)
