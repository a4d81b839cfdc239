"""How much of everything each customer did: the few sums by which a reseller or a machine is told from a person."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE

VOLUMES = ("buying_days", "bought_lines", "paid", "other_events")
"""What is summed up; all but the last of purchases."""

SALES = ("purchase", "refund")


def volumes(as_of: datetime) -> ir.Table:
    """Return a row per customer who did anything before a moment, sorted by `customer_id`.

    Columns: buying_days (days with a purchase, by the shop's clock), bought_lines, paid (minor units, nothing taken off
    for what was given back: who orders a fortune and returns it is no ordinary customer either) and other_events (all
    that is neither a purchase nor a refund, such as views).

    Args:
        as_of: the moment, naive UTC.

    Raises:
        InputError: the moment has a time zone.
    """
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    events = EVENTS_TABLE
    known = events.filter(events.customer_id.notnull(), events.time < as_of)
    wall = known.time + ibis.interval(minutes=1) * known.utc_offset.fill_null(0).cast("int64")
    rows = known.mutate(day=wall.date(), sale=known.event == "purchase", other=~known.event.isin(SALES))
    return rows.group_by("customer_id").aggregate(
        buying_days=rows.day.nunique(where=rows.sale),
        bought_lines=rows.count(where=rows.sale),
        paid=rows.amount.sum(where=rows.sale).fill_null(0).cast("int64"),
        other_events=rows.count(where=rows.other),
    ).order_by("customer_id")  # fmt: skip
