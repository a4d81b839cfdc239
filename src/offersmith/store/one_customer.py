"""What all that one customer did before a moment comes to, however much it is: paid by month, offers used, products."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.store.analytics import EVENTS_TABLE, Analytics


def paid_by_month(analytics: Analytics, customer_id: str, until: datetime) -> pa.Table:
    """Return `month` (its first day, by the shop's wall clock) and `paid` (minor units), in order.

    What is paid is the amounts of purchases less those of refunds; a month with neither has no row.

    Args:
        analytics: over the events.
        customer_id: of whom.
        until: naive UTC; nothing of it or after it.
    """
    own = _own(customer_id, until)
    money = own.filter(own.event.isin(("purchase", "refund")), own.amount.notnull())
    signed = ibis.ifelse(money.event == "purchase", money.amount, -money.amount)
    found = money.group_by(month=money.wall.truncate("M").date()).aggregate(paid=signed.sum().cast("int64"))
    return analytics.run(found.order_by("month"))


def uses(analytics: Analytics, customer_id: str, since: datetime, until: datetime) -> pa.Table:
    """Return `offer_id` and `day` (by the shop's wall clock) of every offer that a customer used, in order.

    Args:
        analytics: over the events.
        customer_id: of whom.
        since: naive UTC; nothing before it.
        until: naive UTC; nothing of it or after it.
    """
    own = _own(customer_id, until)
    used = own.filter(own.event == "redeem", own.offer_id.notnull(), own.time >= since)
    return analytics.run(used.select("offer_id", day=used.wall.date()).distinct().order_by("day", "offer_id"))


def product_names(analytics: Analytics, customer_id: str, until: datetime) -> dict[str, str]:
    """Return what the shop called each product that a customer bought, when they last did; its category without a name.

    Args:
        analytics: over the events.
        customer_id: of whom.
        until: naive UTC; nothing of it or after it.
    """
    own = _own(customer_id, until)
    named = own.mutate(name=ibis.coalesce(own.product_name, own.category))
    bought = named.filter(named.event == "purchase", named.product_id.notnull(), named.name.notnull())
    found = bought.group_by("product_id").aggregate(name=bought.name.argmax(bought.time)).order_by("product_id")
    table = analytics.run(found)
    return dict(zip(table["product_id"].to_pylist(), table["name"].to_pylist(), strict=True))


def _own(customer_id: str, until: datetime) -> ir.Table:
    """Return a customer's events before a moment, with `wall`, the shop's clock."""
    t = EVENTS_TABLE
    own = t.filter(t.customer_id == customer_id, t.time < until)
    return own.mutate(wall=own.time + ibis.interval(minutes=1) * own.utc_offset.fill_null(0).cast("int64"))
