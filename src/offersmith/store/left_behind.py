"""What known customers put in the cart, or looked at, and did not buy: one row per customer and product.

A purchase of the product, or taking it out of the cart, closes what came before it; a purchase that names no product
closes everything of its customer. What happens at the same moment as the closing is closed too. Who is still in the
shop has left nothing behind yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import DAY_US, epoch_us, moment_us, real, whole
from offersmith.store.journeys import IDLE, visited


def left_carts(as_of: datetime, since: datetime, quiet: timedelta = IDLE) -> ir.Table:
    """Return what lies in carts: customer_id, product_id, category, quantity, value, first_time, last_time, age_days.

    `value` is minor units: what the cart says, else the product's median unit price in purchases before the moment
    times the quantity; null where neither is known. `quantity` counts a line without one as one piece.

    Args:
        as_of: the moment, naive UTC.
        since: only what was put in from here on.
        quiet: whoever was seen within so long before the moment is still there, and left out.

    Raises:
        InputError: see `journeys.visited`.
    """
    lines = _closed(as_of, since, quiet)
    adds = lines.filter(lines.event == "add_to_cart", _after(lines.time, lines.closed, lines.closed_all))
    prices = _prices(as_of)
    priced = adds.left_join(prices, adds.product_id == prices.priced_id)
    pieces = priced.quantity.fill_null(1.0)
    worth = ibis.coalesce(priced.amount, (pieces * priced.price).round().cast("int64"))
    known = priced.mutate(pieces=pieces, worth=worth)
    found = known.group_by("customer_id", "product_id").aggregate(
        category=known.category.max(),
        quantity=real(whole(known.pieces * real(2**16)).sum()) / real(2**16),
        value=ibis.ifelse(known.worth.count() == known.count(), known.worth.sum(), None).cast("int64"),
        first_time=known.time.min(),
        last_time=known.time.max(),
    )
    return _aged(found, as_of)


def left_views(as_of: datetime, since: datetime, quiet: timedelta = IDLE) -> ir.Table:
    """Return what was looked at only: customer_id, product_id, category, views, first_time, last_time, age_days.

    Products that lie in the customer's cart are left out: `left_carts` has them.

    Args:
        as_of: the moment, naive UTC.
        since: only what was seen from here on.
        quiet: whoever was seen within so long before the moment is still there, and left out.

    Raises:
        InputError: see `journeys.visited`.
    """
    lines = _closed(as_of, since, quiet)
    in_cart = lines.added.notnull() & _after(lines.added, lines.closed, lines.closed_all)
    views = lines.filter(
        lines.event == "view_item", ~in_cart, _after(lines.time, lines.closed, lines.closed_all),
        lines.added.isnull() | (lines.time > lines.added),
    )  # fmt: skip
    found = views.group_by("customer_id", "product_id").aggregate(
        category=views.category.max(),
        views=views.count(),
        first_time=views.time.min(),
        last_time=views.time.max(),
    )
    return _aged(found, as_of)


def _closed(as_of: datetime, since: datetime, quiet: timedelta) -> ir.Table:
    """Return lines with a product, and when it was last put in, and what closed it, before the moment."""
    lines = visited(as_of, since)
    lines = lines.filter(lines.customer_id.notnull(), lines.time >= since)
    mine = ibis.window(group_by="customer_id")
    lines = lines.mutate(
        seen=lines.time.max().over(mine),
        closed_all=lines.time.max(where=(lines.event == "purchase") & lines.product_id.isnull()).over(mine),
    )
    lines = lines.filter(lines.seen <= as_of - quiet, lines.product_id.notnull())
    same = ibis.window(group_by=["customer_id", "product_id"])
    return lines.mutate(
        added=lines.time.max(where=lines.event == "add_to_cart").over(same),
        closed=lines.time.max(where=lines.event.isin(("purchase", "remove_from_cart"))).over(same),
    )


def _after(time: ir.Value, *others: ir.Value) -> ir.BooleanValue:
    return ibis.and_(*((other.isnull() | (time > other)) for other in others))


def _prices(as_of: datetime) -> ir.Table:
    sales = EVENTS_TABLE.filter(
        EVENTS_TABLE.event == "purchase", EVENTS_TABLE.time < as_of, EVENTS_TABLE.product_id.notnull(),
        EVENTS_TABLE.quantity > 0, EVENTS_TABLE.amount.notnull(),
    )  # fmt: skip
    unit = sales.mutate(unit=real(sales.amount) / sales.quantity)
    return unit.group_by(priced_id=unit.product_id).aggregate(price=unit.unit.median())


def _aged(found: ir.Table, as_of: datetime) -> ir.Table:
    age = real(ibis.literal(moment_us(as_of)) - epoch_us(found.last_time)) / real(DAY_US)
    return found.mutate(age_days=age).order_by(ibis.desc("last_time"), "customer_id", "product_id")
