"""What one customer did before a moment, as a person would tell it: orders, not lines; a day of views, not each one."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics

TIMELINE = pa.schema(
    [
        ("time", pa.timestamp("us")),
        ("event", pa.string()),
        ("order_id", pa.string()),
        ("what", pa.string()),
        ("others", pa.int64()),
        ("count", pa.int64()),
        ("amount", pa.int64()),
        ("discount", pa.int64()),
        ("offer_id", pa.string()),
        ("campaign_id", pa.string()),
        ("channel", pa.string()),
    ]
)
"""A row per thing that happened.

- time: of its first event, on the shop's wall clock.
- what: the product, category or search word that cost or counted most, and `others`, how many more there were.
- count: events that it is made of.
- amount, discount: minor units, null where no event has one.
"""
TIES = 1_000_003
"""How many ways lines of equal amounts are told apart, in less than one minor unit."""
ORDERS = ("purchase", "refund")
"""Events that belong together where they share an order; all others do where they share a day and an offer."""


def timeline(analytics: Analytics, customer_id: str, until: datetime, most: int = 200) -> pa.Table:
    """Return what a customer did before a moment, the latest first.

    Args:
        analytics: over the events.
        customer_id: of whom.
        until: naive UTC; nothing of it or after it.
        most: rows at most.

    Returns:
        `TIMELINE`; `time` on the shop's wall clock.
    """
    t = EVENTS_TABLE
    own = t.filter(t.customer_id == customer_id, t.time < until)
    wall = own.time + ibis.interval(minutes=1) * own.utc_offset.fill_null(0).cast("int64")
    day, ordered = wall.truncate("D"), own.event.isin(ORDERS) & own.order_id.notnull()
    named = own.mutate(
        wall=wall,
        of_order=ibis.cases((ordered, own.order_id), else_=ibis.null().cast("string")),
        of_day=ibis.cases((ordered, ibis.null().cast("timestamp(6)")), else_=day),
        thing=ibis.coalesce(own.search_term, own.product_name, own.category, own.product_id),
    )
    key = ["event", "of_order", "of_day", "offer_id", "campaign_id"]
    found = named.group_by(*key).aggregate(
        time=named.wall.min(),
        what=named.thing.argmax(_weight(named), where=named.thing.notnull()),
        others=named.thing.nunique() - 1,
        count=named.count(),
        amount=named.amount.sum().cast("int64"),
        discount=named.discount.sum().cast("int64"),
        channel=named.channel.max(),
    )
    told = found.mutate(order_id=found.of_order, others=ibis.greatest(found.others, 0))
    latest = told.order_by(ibis.desc("time"), *key).limit(most)
    return analytics.run(latest.select(*TIMELINE.names)).cast(TIMELINE)


def _weight(rows: ir.Table) -> ir.Value:
    """Return what makes a line the one that names an order: its amount; ties go to the same line every time."""
    return ibis.coalesce(rows.amount, 0).cast("float64") + (rows.event_id.hash() % TIES).abs() / (2.0 * TIES)
