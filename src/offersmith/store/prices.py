"""What was paid, and what was on deal, where and when: per customer against the others, and per product and week.

A line is on deal where more than a coupon came off the shelf price; the shelf price is what was paid and all that came
off it. Weeks begin on Monday on the shop's wall clock. Only lines with a category, a positive quantity and a positive
shelf price say something; refunds do not.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import local_day, real, whole

BITS = 20
"""Shares and percentiles are added up as whole numbers of 2^-20."""


def deals_taken(as_of: datetime, since: datetime | None = None) -> ir.Table:
    """Return per known customer: lines, taken (on deal), expected and variance of `taken` (x 2^BITS).

    Expected is what the other customers did: the share on deal of their lines of the same category in the same week.
    Lines of which no others were sold do not count.

    Args:
        as_of: the moment, naive UTC.
        since: begin of the window; None reads everything.

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _lines(as_of, since)
    mine = lines.group_by("customer_id", "category", "week").aggregate(n=lines.count(), d=lines.deal.sum())
    cell = ibis.window(group_by=["category", "week"])
    both = mine.mutate(others=mine.n.sum().over(cell) - mine.n, others_deal=mine.d.sum().over(cell) - mine.d)
    both = both.filter(both.others > 0, both.customer_id.notnull())
    share = real(both.others_deal) / real(both.others)
    scale = real(2**BITS)
    found = both.group_by("customer_id").aggregate(
        lines=both.n.sum(),
        taken=both.d.sum(),
        expected=(whole(share * scale) * both.n).sum(),
        variance=(whole(share * (real(1) - share) * scale) * both.n).sum(),
    )
    return found.order_by("customer_id")


def price_ranks(as_of: datetime, since: datetime | None = None) -> ir.Table:
    """Return per known customer: lines, ranks and squares (x 2^BITS) of shelf prices within their categories.

    The rank of a line is the share of its category's lines that are cheaper, those of the same price half (0 cheapest,
    1 dearest). Categories with fewer than three prices do not count.

    Args:
        as_of: the moment, naive UTC.
        since: begin of the window; None reads everything.

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _lines(as_of, since)
    prices = lines.group_by("category", "unit").aggregate(same=lines.count())
    within = ibis.window(group_by="category")
    upto = ibis.cumulative_window(group_by="category", order_by="unit")
    ranked = prices.mutate(below=prices.same.sum().over(upto) - prices.same, size=prices.same.sum().over(within),
                           kinds=prices.count().over(within))  # fmt: skip
    ranked = ranked.filter(ranked.kinds >= 3)
    rank = (real(ranked.below) + real(ranked.same) / real(2)) / real(ranked.size)
    named = ranked.select(ranked_category=ranked.category, ranked_unit=ranked.unit, rank=rank)
    joined = lines.filter(lines.customer_id.notnull()).inner_join(
        named, [lines.category == named.ranked_category, lines.unit == named.ranked_unit]
    )
    scale = real(2**BITS)
    found = joined.group_by("customer_id").aggregate(
        lines=joined.count(),
        ranks=whole(joined["rank"] * scale).sum(),
        squares=whole(joined["rank"] * joined["rank"] * scale).sum(),
    )
    return found.order_by("customer_id")


def weekly_prices(as_of: datetime, since: datetime | None = None) -> ir.Table:
    """Return per category, product and week: quantity, and price (minor units a piece, coupons not taken off).

    Args:
        as_of: the moment, naive UTC.
        since: begin of the window; None reads everything.

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _lines(as_of, since)
    lines = lines.filter(lines.product_id.notnull(), lines.offered > 0)
    grams = whole(lines.quantity * real(2**16))
    found = lines.group_by("category", "product_id", "week").aggregate(money=lines.offered.sum(), grams=grams.sum())
    quantity = real(found.grams) / real(2**16)
    found = found.mutate(quantity=quantity, price=real(found.money) / quantity).filter(found.grams > 0)
    return found.select("category", "product_id", "week", "quantity", "price").order_by(
        "category", "product_id", "week"
    )


def _lines(as_of: datetime, since: datetime | None) -> ir.Table:
    for name, moment in (("as_of", as_of), ("since", since)):
        if moment is not None and moment.tzinfo is not None:
            raise InputError(f"the moment {moment.isoformat()} must be naive UTC", field=name)
    events = EVENTS_TABLE
    off, coupon = events.discount.fill_null(0), events.coupon_discount.fill_null(0)
    lines = events.filter(
        events.event == "purchase", events.time < as_of, events.category.notnull(), events.quantity > 0,
        events.amount.notnull(), events.amount + off > 0,
    )  # fmt: skip
    if since is not None:
        lines = lines.filter(lines.time >= since)
    return lines.select(
        "customer_id", "product_id", "category", "quantity",
        week=(local_day(lines) + 3) // 7,
        deal=(off > coupon).cast("int64"),
        unit=whole(real(lines.amount + off) / lines.quantity),
        offered=lines.amount + coupon,
    )  # fmt: skip
