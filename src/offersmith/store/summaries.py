"""A shop at a glance: totals and a few breakdowns of its events, for the report and the quality page.

Money is whole minor units; `revenue` is what was paid for purchases, `refunds` what was given back, and anonymous sales
are in both. Months are those of the shop's wall clock. With `as_of`, only events strictly before it are read.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from offersmith.store.analytics import EVENTS_TABLE, Analytics
from offersmith.store.feature_values import local_day


def totals(analytics: Analytics, as_of: datetime | None = None) -> pa.Table:
    """Return one row of totals, in which known customers and anonymous sales stay apart.

    Rows and people: events, anonymous (events without a customer), customers (known by any event), buyers (known
    customers who bought), products (sold). Orders: orders, split into known_orders and anonymous_orders. Money:
    revenue, anonymous_revenue (a part of it), refunds. Time: first_time and last_time of any event (UTC), first_sale
    and last_sale on the shop's wall clock; null where there is none.
    """
    lines = _lines(as_of)
    sale, refund, nobody = lines.event == "purchase", lines.event == "refund", lines.customer_id.isnull()
    # Column by column, so that nothing at all is still one row of zeros.
    counted = lines.aggregate(
        events=lines.count(),
        anonymous=nobody.sum().fill_null(0).cast("int64"),
        customers=lines.customer_id.nunique(),
        buyers=lines.customer_id.nunique(where=sale),
        products=lines.product_id.nunique(where=sale),
        revenue=lines.amount.sum(where=sale).fill_null(0).cast("int64"),
        anonymous_revenue=lines.amount.sum(where=sale & nobody).fill_null(0).cast("int64"),
        refunds=lines.amount.sum(where=refund).fill_null(0).cast("int64"),
        first_time=lines.time.min(),
        last_time=lines.time.max(),
        first_sale=_local(lines).min(where=sale),
        last_sale=_local(lines).max(where=sale),
    )
    orders = _orders(lines)
    split = orders.aggregate(
        orders=orders.count(),
        known_orders=orders.customer_id.count(),
        anonymous_orders=orders.customer_id.isnull().sum().fill_null(0).cast("int64"),
    )
    return analytics.run(counted.cross_join(split))


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
    orders = _orders(lines).group_by("first_month").aggregate(orders=_.count())
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


def by_product(analytics: Analytics, as_of: datetime | None = None, top: int = 20) -> pa.Table:
    """Return the `top` goods by revenue: product_id, product_name, revenue, lines, customers who bought.

    A product goes by the name that most of its lines give it (the first by alphabet among equals). Lines without a
    product, such as postage, are no goods; products that never had a name are left out.
    """
    lines = _lines(as_of)
    sales = lines.filter(lines.event == "purchase", lines.product_id.notnull())
    sums = sales.group_by("product_id").aggregate(
        revenue=sales.amount.sum().fill_null(0).cast("int64"),
        lines=sales.count(),
        customers=sales.customer_id.nunique(),
    )
    names = sales.filter(sales.product_name.notnull()).group_by("product_id", "product_name").aggregate(uses=_.count())
    commonest = ibis.window(group_by="product_id", order_by=[ibis.desc("uses"), ibis.asc("product_name")])
    named = names.mutate(place=ibis.row_number().over(commonest)).filter(_.place == 0)
    joined = sums.inner_join(named.select("product_id", "product_name"), "product_id")
    chosen = joined.select("product_id", "product_name", "revenue", "lines", "customers")
    return analytics.run(chosen.order_by(ibis.desc("revenue"), ibis.asc("product_id")).limit(top))


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
    return _local(lines).strftime("%Y-%m")


def _local(lines: ir.Table) -> ir.TimestampValue:
    return lines.time + lines.utc_offset.as_interval("m")
