"""How long customers take to buy the same product, or from the same category, again: gaps, gathered for estimation.

A purchase day is a day of the shop's wall clock on which a customer bought the thing; a gap is the days between one and
the next. All is of known customers and strictly before a moment; refunds do not undo a purchase day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import DAY_US, LOG_BITS, epoch_us, local_day, moment_us, real, whole

By = Literal["product_id", "category"]

WEIGHT_BITS = 24
"""Weights are whole numbers of 2^-24, so that adding them up is exact."""


def gap_counts(as_of: datetime, by: By = "product_id") -> ir.Table:
    """Return for each thing and number of days the weight of gaps that ended, and of waits that did not.

    A customer's gaps of one thing share the weight 1; the wait after the last one counts only where it is the only one,
    since waits cut short by the moment are longer than others (Wang and Chang 1999).

    Columns: thing, days, ended and waiting (weights x 2^WEIGHT_BITS), gaps (those that ended), returned and customers
    (whose first row this is: adding up counts each customer once).

    Args:
        as_of: the moment, naive UTC.
        by: what is bought again.

    Raises:
        InputError: the moment has a time zone, or `by` is another word.
    """
    gaps = _gaps(as_of, by)
    pairs = gaps.group_by("customer_id", "thing").aggregate(pair_gaps=gaps.days.count(), last_time=gaps.last_time.max())
    waited = (ibis.literal(moment_us(as_of)) - epoch_us(pairs.last_time)) // DAY_US
    once = pairs.filter(pairs.pair_gaps == 0).select(
        thing=pairs.thing,
        days=waited.cast("int64"),
        weight=ibis.literal(2**WEIGHT_BITS).cast("int64"),
        ended=ibis.literal(0).cast("int64"),
        first=ibis.literal(1).cast("int64"),
    )
    known = gaps.filter(gaps.days.notnull())
    among = ibis.window(group_by=["customer_id", "thing"])
    counted = known.mutate(
        share=whole(real(2**WEIGHT_BITS) / real(known.days.count().over(among))),
        first=(known.day == known.day.min().over(among)).cast("int64"),
    )
    again = counted.select(
        thing=counted.thing,
        days=counted.days.cast("int64"),
        weight=counted.share,
        ended=ibis.literal(1).cast("int64"),
        first=counted.first,
    )
    names = {name: kind(nullable=True) for name, kind in again.schema().items()}
    rows = again.cast(names).union(once.cast(names))
    found = rows.group_by("thing", "days").aggregate(
        ended=(rows.weight * rows.ended).sum(),
        waiting=(rows.weight * (1 - rows.ended)).sum(),
        gaps=rows.ended.sum(),
        returned=(rows.first * rows.ended).sum(),
        customers=rows.first.sum(),
    )
    return found.order_by("thing", "days")


def pairs(as_of: datetime, by: By = "product_id", fewest: int = 2) -> ir.Table:
    """Return a row per customer and thing: purchases (days), last_time, log_sum and log_squares of the gaps, category.

    Sums are of natural logarithms of gaps in days, x 2^LOG_BITS.

    Args:
        as_of: the moment, naive UTC.
        by: what is bought again.
        fewest: purchase days a pair must have.

    Raises:
        InputError: the moment has a time zone, or `by` is another word.
    """
    gaps = _gaps(as_of, by)
    log = real(gaps.days).ln()
    found = gaps.group_by("customer_id", "thing").aggregate(
        purchases=gaps.count(),
        last_time=gaps.last_time.max(),
        log_sum=whole(log * real(2**LOG_BITS)).sum().fill_null(0).cast("int64"),
        log_squares=whole(log * log * real(2**LOG_BITS)).sum().fill_null(0).cast("int64"),
        category=gaps.category.max(),
    )
    return found.filter(found.purchases >= fewest).order_by("customer_id", "thing")


def _gaps(as_of: datetime, by: By) -> ir.Table:
    """Return a row per customer, thing and purchase day; `days` since the one before, null of the first."""
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    if by not in ("product_id", "category"):
        raise InputError(f"by is {by!r}; allowed are product_id, category", field="by", value=by)
    events = EVENTS_TABLE
    sales = events.filter(
        events.event == "purchase", events.time < as_of, events.customer_id.notnull(), events[by].notnull()
    )
    days = sales.group_by(customer_id=sales.customer_id, thing=sales[by], day=local_day(sales)).aggregate(
        last_time=sales.time.max(), category=sales.category.max()
    )
    before = days.day.lag().over(group_by=["customer_id", "thing"], order_by="day")
    return days.mutate(days=days.day - before)
