"""A shop at a glance: totals and a few breakdowns of its events, for the report and the quality page.

Money is whole minor units; `revenue` is what was paid for purchases, `refunds` what was given back, and anonymous sales
are in both. Months are those of the shop's wall clock. With `as_of`, only events strictly before it are read.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.feature_values import local_day


def totals(analytics: Analytics, as_of: datetime | None = None) -> pa.Table:
    """Return one row: events, anonymous events, customers, products, orders, revenue, refunds, first and last time."""
    lines = _lines(as_of)
    sale, refund = lines.event == "purchase", lines.event == "refund"
    # Column by column, so that nothing at all is still one row of zeros.
    counted = lines.aggregate(
        events=lines.count(),
        anonymous=lines.customer_id.isnull().sum().fill_null(0).cast("int64"),
        customers=lines.customer_id.nunique(),
        products=lines.product_id.nunique(where=sale),
        revenue=lines.amount.sum(where=sale).fill_null(0).cast("int64"),
        refunds=lines.amount.sum(where=refund).fill_null(0).cast("int64"),
        first_time=lines.time.min(),
        last_time=lines.time.max(),
    )
    orders = _orders(lines).aggregate(orders=ibis._.count())
    return analytics.run(counted.cross_join(orders))


def by_month(analytics: Analytics, as_of: datetime | None = None) -> pa.Table:
    """Return month (`YYYY-MM`), revenue, refunds, orders and customers who bought, in order of time."""
    lines = _lines(as_of)
    money = lines.filter(lines.event.isin(("purchase", "refund"))).mutate(month=_month)
    sale = money.event == "purchase"
    sums = money.group_by("month").aggregate(
        revenue=money.amount.sum(where=sale).fill_null(0).cast("int64"),
        refunds=money.amount.sum(where=~sale).fill_null(0).cast("int64"),
        customers=money.customer_id.nunique(where=sale),
    )
    orders = _orders(lines).group_by("first_month").aggregate(orders=ibis._.count())
    joined = sums.left_join(orders, sums.month == orders.first_month)
    chosen = joined.select("month", "revenue", "refunds", joined.orders.fill_null(0).name("orders"), "customers")
    return analytics.run(chosen.order_by("month"))


def by_category(analytics: Analytics, as_of: datetime | None = None, top: int = 20) -> pa.Table:
    """Return the `top` categories by revenue: category (null = unknown), revenue, lines, customers who bought."""
    lines = _lines(as_of)
    sales = lines.filter(lines.event == "purchase")
    sums = sales.group_by("category").aggregate(
        revenue=sales.amount.sum().fill_null(0).cast("int64"),
        lines=sales.count(),
        customers=sales.customer_id.nunique(),
    )
    return analytics.run(sums.order_by(ibis.desc("revenue"), ibis.asc("category")).limit(top))


def by_event(analytics: Analytics, as_of: datetime | None = None) -> pa.Table:
    """Return event, rows and how many of them are anonymous, most frequent first."""
    lines = _lines(as_of)
    rows = lines.group_by("event").aggregate(
        rows=lines.count(), anonymous=lines.customer_id.isnull().sum().fill_null(0).cast("int64")
    )
    return analytics.run(rows.order_by(ibis.desc("rows"), ibis.asc("event")))


def _lines(as_of: datetime | None) -> ir.Table:
    return EVENTS_TABLE if as_of is None else EVENTS_TABLE.filter(EVENTS_TABLE.time < as_of)


def _orders(lines: ir.Table) -> ir.Table:
    """Return a row per order; purchases without an order id are one order per customer and day of the wall clock."""
    sales = lines.filter(lines.event == "purchase")
    sales = sales.mutate(loose_day=ibis.ifelse(sales.order_id.isnull(), local_day(sales), None), month=_month)
    return sales.group_by("customer_id", "order_id", "loose_day").aggregate(first_month=sales.month.min())


def _month(lines: ir.Table) -> ir.Value:
    return (lines.time + lines.utc_offset.as_interval("m")).strftime("%Y-%m")
