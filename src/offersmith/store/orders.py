"""Past orders, line by line, as a simulation prices them again."""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics


def orders(analytics: Analytics, start: datetime, end: datetime) -> pa.Table:
    """Return the lines of all orders bought in `start <= time < end`, without lines that are not a product.

    Returns:
        order_id, customer_id (null = not known), time (UTC, of the order's first line), product_id, category, brand,
        quantity, shelf (minor units before any discount); by time, order and product.
    """
    t = EVENTS_TABLE
    bought = t.filter(
        t.event == "purchase", t.order_id.notnull(), t.product_id.notnull(), t.time >= start, t.time < end
    )
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
    return analytics.run(lines.order_by("time", "order_id", "product_id", "event_id").drop("event_id"))
