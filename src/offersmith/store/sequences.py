"""What each customer did day by day, the latest days only: what encoders of sequences read.

A step is a day of the shop's wall clock on which a customer did something: how many lines of each kind, what was paid,
at which hour, and the things it was about. Two baskets and a look in between are one step, so that a customer of a
grocer and one of a web shop have steps of the same kind, and a bot's hundred thousand clicks are as many steps as days.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE
from offersmith.store.feature_values import column, local_day, moment_us, real

BOUGHT, CARTED, RETURNED, SHOWN = (
    ("purchase",), ("add_to_cart", "add_to_wishlist"), ("refund",), ("view_promotion", "select_promotion")
)  # fmt: skip
KINDS = {"bought": BOUGHT, "carted": CARTED, "returned": RETURNED, "shown": SHOWN}
"""Lines that are counted apart; all others (views, searches, visits) are `looked`."""


def days(as_of: datetime, most: int) -> ir.Table:
    """Return the latest days of every customer before a moment, by customer and day.

    Args:
        as_of: naive UTC; nothing at or after it counts.
        most: days of a customer.

    Returns:
        customer_id, day (number of the shop's wall clock), bought, carted, returned, shown, looked (lines), paid (minor
        units), hour (0 to 23, mean of the lines), before (days from the day's last line to the moment).

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _before(as_of)
    counts = {name: lines.count(where=lines.event.isin(events)).cast("int64") for name, events in KINDS.items()}
    named = tuple(event for events in KINDS.values() for event in events)
    found = lines.group_by("customer_id", "day").aggregate(
        **counts,
        looked=lines.count(where=lines.event.notin(named)).cast("int64"),
        paid=ibis.coalesce(lines.amount.sum(where=lines.event == "purchase"), 0).cast("int64"),
        hour=real(lines.hour.sum()) / real(lines.count()),
        last=lines.time.max(),
    )
    place = ibis.row_number().over(group_by="customer_id", order_by=ibis.desc("day"))
    kept = found.mutate(place=place).filter(lambda table: table.place < most)
    age = real(ibis.literal(moment_us(as_of)) - kept["last"].epoch_seconds() * 1_000_000) / real(86_400_000_000)
    names = ("customer_id", "day", *KINDS, "looked", "paid", "hour")
    return kept.select(*names, before=age).order_by("customer_id", "day")


def things(as_of: datetime, most: int, each: int) -> ir.Table:
    """Return what those days were about, by customer, day and place: what was paid for first, the dearest before all.

    Args:
        as_of: naive UTC; nothing at or after it counts.
        most: days of a customer.
        each: products of a day.

    Returns:
        customer_id, day, product_id, category (null where unknown).

    Raises:
        InputError: the moment has a time zone.
    """
    lines = _before(as_of)
    latest = lines.select("customer_id", "day").distinct()
    latest = latest.mutate(place=ibis.row_number().over(group_by="customer_id", order_by=ibis.desc("day")))
    latest = latest.filter(latest.place < most).select("customer_id", "day")
    return _things(lines.semi_join(latest, ["customer_id", "day"]), each)


def next_things(start: datetime, end: datetime, each: int) -> ir.Table:
    """Return what every customer bought on the first day on which they did, from a moment on: what is to be foretold.

    Args:
        start: naive UTC.
        end: naive UTC; nothing at or after it counts.
        each: products of the day, the dearest first.

    Returns:
        As `things`.
    """
    t = EVENTS_TABLE
    lines = t.filter(t.customer_id.notnull(), t.event == "purchase", t.time >= start, t.time < end)
    lines = lines.mutate(day=local_day(lines))
    first = lines.group_by("customer_id").aggregate(day=lines.day.min())
    return _things(lines.semi_join(first, ["customer_id", "day"]), each)


def _things(lines: ir.Table, each: int) -> ir.Table:
    about = lines.filter(lines.product_id.notnull(), ~lines.event.isin(RETURNED))
    found = about.group_by("customer_id", "day", "product_id").aggregate(
        category=about.category.min(),
        paid=ibis.coalesce(about.amount.sum(where=about.event == "purchase"), -1).cast("int64"),
    )
    order = [ibis.desc("paid"), ibis.asc("product_id")]
    place = ibis.row_number().over(group_by=["customer_id", "day"], order_by=order)
    kept = found.mutate(place=place).filter(lambda table: table.place < each)
    ordered = kept.order_by("customer_id", "day", "place")
    return ordered.select("customer_id", "day", "product_id", "category")


def _before(as_of: datetime) -> ir.Table:
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    t = EVENTS_TABLE
    lines = t.filter(t.customer_id.notnull(), t.time < as_of)
    return lines.mutate(day=local_day(lines), hour=column(lines, "hour"))
